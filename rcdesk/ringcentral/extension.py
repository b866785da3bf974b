"""The signed-in extension, its numbers and its phones."""

from dataclasses import dataclass

from rcdesk.core.errors import Refused
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.paging import all_records
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_account import (
    Contact,
    ExtensionAnswer,
    ForwardingNumbersAnswer,
    PhoneNumbersAnswer,
)
from rcdesk.ringcentral.wire_settings import CallFlipNumbersAnswer

_EXTENSION = "/restapi/v1.0/account/~/extension/~"
_CALL_FLIP_NUMBERS = "/restapi/v2/accounts/~/extensions/~/call-flip-numbers"


@dataclass(frozen=True, slots=True)
class Extension:
    """The signed-in user.

    Attributes:
        home_country: ISO 3166 alpha-2, empty if the platform does not say.
        disabled_features: names of service features this account has not.
    """

    id: str
    extension_number: str = ""
    name: str = ""
    email: str = ""
    company: str = ""
    home_country: str = ""
    disabled_features: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of the extension or its company; `usage_type` is RingCentral's."""

    number: str
    label: str = ""
    usage_type: str = ""
    is_primary: bool = False
    features: frozenset[str] = frozenset()

    @property
    def can_be_caller_id(self) -> bool:
        """May be shown to the callee of a RingOut."""
        return "CallerId" in self.features


@dataclass(frozen=True, slots=True)
class ForwardingNumber:
    """A phone of the user's that RingOut can ring first; `type` is RingCentral's.

    `flip_number` is what to dial after `*` during a call to move it to this phone.
    """

    id: str
    number: str
    label: str = ""
    type: str = ""
    features: frozenset[str] = frozenset()
    flip_number: str = ""


async def get_extension(http: PlatformHttp, *, user: bool = False) -> Extension:
    """The signed-in extension; raises PlatformError or SignedOut."""
    answer = await http.request(
        "GET", _EXTENSION, into=ExtensionAnswer, group=RateGroup.LIGHT, user=user
    )
    contact = answer.contact or Contact()
    country = answer.regional_settings and answer.regional_settings.home_country
    return Extension(
        id=text(answer.id),
        extension_number=text(answer.extension_number),
        name=text(answer.name) or f"{text(contact.first_name)} {text(contact.last_name)}".strip(),
        email=text(contact.email),
        company=text(contact.company),
        home_country=text(country.iso_code).upper() if country else "",
        disabled_features=frozenset(
            text(feature.feature_name)
            for feature in answer.service_features or ()
            if feature.enabled is False
        ),
    )


async def list_phone_numbers(http: PlatformHttp, *, user: bool = False) -> tuple[PhoneNumber, ...]:
    """All numbers of the extension and its company; raises PlatformError or SignedOut."""
    entries = all_records(
        http,
        f"{_EXTENSION}/phone-number",
        into=PhoneNumbersAnswer,
        group=RateGroup.LIGHT,
        user=user,
    )
    return tuple(
        [
            PhoneNumber(
                number=text(entry.phone_number),
                label=text(entry.label),
                usage_type=text(entry.usage_type),
                is_primary=bool(entry.primary),
                features=frozenset(map(text, entry.features or ())),
            )
            async for entry in entries
            if entry.phone_number
        ]
    )


async def list_forwarding_numbers(
    http: PlatformHttp, *, user: bool = False
) -> tuple[ForwardingNumber, ...]:
    """The user's own phones; empty where the account does not let us see them (403).

    Raises PlatformError or SignedOut.
    """
    try:
        return await _forwarding_numbers(http, user=user)
    except Refused as refusal:
        if refusal.status != 403:
            raise
    # Accounts with NewCallHandlingAndForwarding refuse the list above, some with CMN-468.
    try:
        return await _call_flip_numbers(http, user=user)
    except Refused as refusal:
        if refusal.status in (403, 404):
            return ()
        raise


async def _forwarding_numbers(http: PlatformHttp, *, user: bool) -> tuple[ForwardingNumber, ...]:
    entries = all_records(
        http,
        f"{_EXTENSION}/forwarding-number",
        into=ForwardingNumbersAnswer,
        group=RateGroup.LIGHT,
        user=user,
    )
    return tuple(
        [
            ForwardingNumber(
                id=text(entry.id),
                number=text(entry.phone_number),
                label=text(entry.label),
                type=text(entry.type),
                features=frozenset(map(text, entry.features or ())),
                flip_number=text(entry.flip_number),
            )
            async for entry in entries
            if entry.phone_number
        ]
    )


async def _call_flip_numbers(http: PlatformHttp, *, user: bool) -> tuple[ForwardingNumber, ...]:
    answer = await http.request(
        "GET", _CALL_FLIP_NUMBERS, into=CallFlipNumbersAnswer, group=RateGroup.LIGHT, user=user
    )
    return tuple(
        ForwardingNumber(
            id=text(entry.id),
            number=text(entry.phone_number),
            label=text(entry.label),
            type=text(entry.type),
            features=frozenset({"CallFlip"}),
            flip_number=text(entry.flip_number),
        )
        for entry in answer.records or ()
        if entry.phone_number
    )
