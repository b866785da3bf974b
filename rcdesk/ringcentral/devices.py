"""The user's phones and apps."""

from dataclasses import dataclass

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.paging import all_records
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_settings import DevicesAnswer

_PATH = "/restapi/v1.0/account/~/extension/~/device"
# Web phones and mobile apps are refused.
_CONTROLLABLE = frozenset({"HardPhone", "SoftPhone"})


@dataclass(frozen=True, slots=True)
class Device:
    """A phone, an app or a room; `type` is RingCentral's, `numbers` those of its lines."""

    id: str
    name: str = ""
    type: str = ""
    is_online: bool = False
    numbers: tuple[str, ...] = ()

    @property
    def can_take_calls(self) -> bool:
        """May be named when a call is placed (call-out), answered or picked up."""
        return self.is_online and self.type in _CONTROLLABLE


async def list_devices(http: PlatformHttp, *, user: bool = False) -> tuple[Device, ...]:
    """All devices of the extension; raises PlatformError or SignedOut."""
    entries = all_records(http, _PATH, into=DevicesAnswer, group=RateGroup.LIGHT, user=user)
    return tuple(
        [
            Device(
                id=text(entry.id),
                name=text(entry.name),
                type=text(entry.type),
                is_online=text(entry.status) == "Online",
                numbers=tuple(
                    text(line.phone_info.phone_number)
                    for line in entry.phone_lines or ()
                    if line.phone_info and line.phone_info.phone_number
                ),
            )
            async for entry in entries
            if text(entry.id)
        ]
    )
