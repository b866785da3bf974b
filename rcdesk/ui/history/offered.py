"""What the session may do, as far as the call history offers it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offered:
    """Everything, until the platform or the app registration says otherwise."""

    blocking: bool = True
    messages: bool = True
    contacts: bool = True
