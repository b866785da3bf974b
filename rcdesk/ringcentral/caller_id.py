"""Which number a callee sees."""

from dataclasses import dataclass

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_settings import (
    CallerIdAnswer,
    CallerIdValue,
    DeviceRef,
    PhoneInfo,
)

_PATH = "/restapi/v1.0/account/~/extension/~/caller-id"


@dataclass(frozen=True, slots=True)
class CallerId:
    """A number to show.

    Attributes:
        type: PhoneNumber, Blocked (the callee sees none) or CurrentLocation; empty if unsaid.
        number: E.164, with type PhoneNumber only.
        number_id: the platform's id of `number`.
    """

    type: str = ""
    number: str = ""
    number_id: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCallerId:
    """What calls from a device show."""

    device_id: str
    device_name: str
    shows: CallerId


@dataclass(frozen=True, slots=True)
class FeatureCallerId:
    """What calls made by a feature show; `feature` is RingCentral's (RingOut, CallFlip, ...)."""

    feature: str
    shows: CallerId


@dataclass(frozen=True, slots=True)
class CallerIdSettings:
    """All of an extension's; None where the platform does not say.

    Attributes:
        shows_name: outbound calls show the user's name.
        shows_extension: internal calls show the extension number.
    """

    by_device: tuple[DeviceCallerId, ...] = ()
    by_feature: tuple[FeatureCallerId, ...] = ()
    shows_name: bool | None = None
    shows_extension: bool | None = None

    def of_feature(self, feature: str) -> CallerId | None:
        """What calls made by `feature` show; None if the platform does not list it."""
        return next((each.shows for each in self.by_feature if each.feature == feature), None)


async def get_caller_id(http: PlatformHttp, *, user: bool = False) -> CallerIdSettings:
    """The settings; raises PlatformError or SignedOut."""
    answer = await http.request("GET", _PATH, into=CallerIdAnswer, group=RateGroup.LIGHT, user=user)
    return _settings(answer)


async def set_caller_id(
    http: PlatformHttp, settings: CallerIdSettings, *, user: bool = True
) -> CallerIdSettings:
    """Change what `settings` lists, leaving the rest; returns what the platform made of it.

    Raises PlatformError or SignedOut.
    """
    answer = await http.request(
        "PUT",
        _PATH,
        into=CallerIdAnswer,
        group=RateGroup.MEDIUM,
        user=user,
        json=_body(settings),
    )
    return _settings(answer)


def _settings(answer: CallerIdAnswer) -> CallerIdSettings:
    devices = [(each.device or DeviceRef(), each.caller_id) for each in answer.by_device or ()]
    return CallerIdSettings(
        by_device=tuple(
            DeviceCallerId(text(device.id), text(device.name), _caller_id(shows))
            for device, shows in devices
            if text(device.id)
        ),
        by_feature=tuple(
            FeatureCallerId(text(each.feature), _caller_id(each.caller_id))
            for each in answer.by_feature or ()
            if text(each.feature)
        ),
        shows_name=answer.extension_name_for_outbound_calls,
        shows_extension=answer.extension_number_for_internal_calls,
    )


def _caller_id(value: CallerIdValue | None) -> CallerId:
    if value is None:
        return CallerId()
    phone = value.phone_info or PhoneInfo()
    return CallerId(text(value.type), text(phone.phone_number), text(phone.id))


def _body(settings: CallerIdSettings) -> dict[str, object]:
    body: dict[str, object] = {}
    if settings.by_device:
        body["byDevice"] = [
            {"device": {"id": each.device_id}, "callerId": _value(each.shows)}
            for each in settings.by_device
            if each.shows.type
        ]
    if settings.by_feature:
        body["byFeature"] = [
            {"feature": each.feature, "callerId": _value(each.shows)}
            for each in settings.by_feature
            if each.shows.type
        ]
    if settings.shows_name is not None:
        body["extensionNameForOutboundCalls"] = settings.shows_name
    if settings.shows_extension is not None:
        body["extensionNumberForInternalCalls"] = settings.shows_extension
    return body


def _value(shows: CallerId) -> dict[str, object]:
    phone = {"id": shows.number_id, "phoneNumber": shows.number}
    given = {name: value for name, value in phone.items() if value}
    return {"type": shows.type, "phoneInfo": given} if given else {"type": shows.type}
