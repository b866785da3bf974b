"""The account, devices and call settings as the platform spells them."""

from rcdesk.ringcentral.wire import Navigation, Text, Whole, Wire
from rcdesk.ringcentral.wire_account import RegionalSettings


class Brand(Wire):
    """RingCentral itself or a partner."""

    id: Text = None
    name: Text = None


class ServiceInfo(Wire):
    """What the account subscribes to."""

    brand: Brand | None = None


class AccountLimits(Wire):
    """Bounds of the account."""

    max_extension_number_length: Whole | None = None


class AccountAnswer(Wire):
    """GET account."""

    id: Text = None
    main_number: Text = None
    status: Text = None
    service_info: ServiceInfo | None = None
    regional_settings: RegionalSettings | None = None
    limits: AccountLimits | None = None
    federated: bool | None = None


class PhoneInfo(Wire):
    """The number of a phone line or a caller ID."""

    id: Text = None
    phone_number: Text = None


class PhoneLine(Wire):
    """One line of a device."""

    phone_info: PhoneInfo | None = None


class DeviceEntry(Wire):
    """One phone, app or room."""

    id: Text = None
    name: Text = None
    type: Text = None
    status: Text = None
    phone_lines: list[PhoneLine] | None = None


class DevicesAnswer(Wire):
    """One page of devices."""

    records: list[DeviceEntry] | None = None
    navigation: Navigation | None = None


class CallFlipNumberEntry(Wire):
    """A phone of the user's on an account with the new call handling."""

    id: Text = None
    phone_number: Text = None
    label: Text = None
    type: Text = None
    flip_number: Text = None


class CallFlipNumbersAnswer(Wire):
    """GET call-flip-numbers; at most ten, on one page."""

    records: list[CallFlipNumberEntry] | None = None


class CallerIdValue(Wire):
    """What a callee sees."""

    type: Text = None
    phone_info: PhoneInfo | None = None


class DeviceRef(Wire):
    """A reference to a device."""

    id: Text = None
    name: Text = None


class DeviceCallerId(Wire):
    """Caller ID of calls from a device."""

    device: DeviceRef | None = None
    caller_id: CallerIdValue | None = None


class FeatureCallerId(Wire):
    """Caller ID of calls that a feature makes: RingOut, CallFlip, ..."""

    feature: Text = None
    caller_id: CallerIdValue | None = None


class CallerIdAnswer(Wire):
    """GET and PUT caller-id."""

    by_device: list[DeviceCallerId] | None = None
    by_feature: list[FeatureCallerId] | None = None
    extension_name_for_outbound_calls: bool | None = None
    extension_number_for_internal_calls: bool | None = None


class CallerBlockingAnswer(Wire):
    """GET and PUT caller-blocking."""

    mode: Text = None
    no_caller_id: Text = None
    pay_phones: Text = None


class BlockedNumberEntry(Wire):
    """One number of the block or the allow list."""

    id: Text = None
    phone_number: Text = None
    label: Text = None
    status: Text = None


class BlockedNumbersAnswer(Wire):
    """One page of both lists together."""

    records: list[BlockedNumberEntry] | None = None
    navigation: Navigation | None = None


class ParsedCountry(Wire):
    """The country of a number."""

    iso_code: Text = None


class NumberDetails(Wire):
    """A number taken apart."""

    country: ParsedCountry | None = None
    extension_number: Text = None
    status: Text = None


class NumberFormat(Wire):
    """One way to read the text, in its spellings."""

    category: Text = None
    e164: Text = None
    national: Text = None
    international: Text = None
    dialable: Text = None


class ParsedNumberEntry(Wire):
    """One text and what it was read as; several formats where it is ambiguous."""

    original_string: Text = None
    category: Text = None
    number_details: NumberDetails | None = None
    formats: list[NumberFormat] | None = None


class NumberParserAnswer(Wire):
    """POST number-parser/parse, version 2."""

    results: list[ParsedNumberEntry] | None = None
