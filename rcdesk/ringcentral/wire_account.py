"""The account's side of the wire: tokens, errors, the extension and its numbers."""

import msgspec

from rcdesk.ringcentral.wire import Navigation, Text, Wire


class TokenAnswer(msgspec.Struct, kw_only=True):
    """Answer of the token endpoint, in snake_case as OAuth has it; `repr` hides the tokens."""

    access_token: str | None = None
    expires_in: float | None = None
    refresh_token: str | None = None
    refresh_token_expires_in: float | None = None
    scope: str | None = None
    owner_id: Text = None
    endpoint_id: Text = None
    session_id: Text = None
    session_expires_in: float | None = None
    session_expiration_time: Text = None

    def __repr__(self) -> str:
        return f"TokenAnswer(owner_id={self.owner_id!r})"


class ErrorDetail(Wire):
    """One entry of an error body's `errors`."""

    error_code: Text = None
    message: Text = None
    permission_name: Text = None
    parameter_name: Text = None


class ErrorAnswer(Wire):
    """Either error body: REST's (`errors` or the top level or both) and OAuth's."""

    error_code: Text = None
    message: Text = None
    permission_name: Text = None
    parameter_name: Text = None
    errors: list[ErrorDetail] | None = None
    error: Text = None
    error_description: Text = msgspec.field(default=None, name="error_description")


class Country(Wire):
    """A country by its ISO 3166 alpha-2 code."""

    iso_code: Text = None


class RegionalSettings(Wire):
    """What the account's numbers and times are to be read by."""

    home_country: Country | None = None


class ServiceFeature(Wire):
    """Whether the account has a feature."""

    feature_name: Text = None
    enabled: bool | None = None


class Contact(Wire):
    """Who an extension belongs to."""

    first_name: Text = None
    last_name: Text = None
    email: Text = None
    company: Text = None


class ExtensionAnswer(Wire):
    """GET extension."""

    id: Text = None
    extension_number: Text = None
    name: Text = None
    type: Text = None
    contact: Contact | None = None
    regional_settings: RegionalSettings | None = None
    service_features: list[ServiceFeature] | None = None


class PhoneNumberEntry(Wire):
    """One number of the extension or its company."""

    phone_number: Text = None
    label: Text = None
    usage_type: Text = None
    primary: bool | None = None
    features: list[Text] | None = None


class PhoneNumbersAnswer(Wire):
    """One page of phone numbers."""

    records: list[PhoneNumberEntry] | None = None
    navigation: Navigation | None = None


class ForwardingNumberEntry(Wire):
    """One phone that the extension's calls can be forwarded or flipped to."""

    id: Text = None
    phone_number: Text = None
    label: Text = None
    type: Text = None
    features: list[Text] | None = None
    flip_number: Text = None


class ForwardingNumbersAnswer(Wire):
    """One page of forwarding numbers."""

    records: list[ForwardingNumberEntry] | None = None
    navigation: Navigation | None = None
