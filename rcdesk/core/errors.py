"""What can go wrong, named by the fact; `str()` of each is one sentence for a person."""

from rcdesk.core import waits


class RcdeskError(Exception):
    """Base of everything rcdesk raises on purpose.

    `exit_code` is what the command line ends with when nothing handles the error.
    """

    exit_code = 1


class BadInput(RcdeskError):
    """What the user gave cannot be used: a number that is none, a file that does not parse."""

    exit_code = 2


class SignInFailed(RcdeskError):
    """The platform answered, and no session came of it: wrong password, denied consent."""

    exit_code = 4


class SignInAbandoned(SignInFailed):
    """Nobody answered: the window was closed, the browser did not come back."""

    exit_code = 3


class SignedOut(RcdeskError):
    """There is no session, or RingCentral has ended it: only signing in again helps."""

    exit_code = 3


class PlatformError(RcdeskError):
    """The platform did not do what was asked.

    Attributes:
        status: HTTP status, 0 where there was no answer.
        codes: RingCentral's error codes, most specific first (`CMN-401`, `OAU-210`).
        request_id: the `RCRequestId` header, which RingCentral's support asks for.
    """

    exit_code = 4

    def __init__(
        self, sentence: str, *, status: int = 0, codes: tuple[str, ...] = (), request_id: str = ""
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.codes = codes
        self.request_id = request_id


class Refused(PlatformError):
    """The platform understood and said no (4xx)."""


class PermissionMissing(Refused):
    """The app or the user lacks a permission; `permission` is its RingCentral name or empty."""

    def __init__(
        self,
        sentence: str,
        *,
        permission: str = "",
        status: int = 403,
        codes: tuple[str, ...] = (),
        request_id: str = "",
    ) -> None:
        super().__init__(sentence, status=status, codes=codes, request_id=request_id)
        self.permission = permission


class NotFound(Refused):
    """The thing asked about does not exist (any more)."""


class Conflict(Refused):
    """The call has moved on meanwhile (409)."""


class RateLimited(Refused):
    """RingCentral asks us to wait `retry_after_s` seconds before the next request of the group."""

    def __init__(
        self, *, retry_after_s: float, codes: tuple[str, ...] = (), request_id: str = ""
    ) -> None:
        sentence = f"RingCentral asks us to wait {waits.asked(retry_after_s)}."
        super().__init__(sentence, status=429, codes=codes, request_id=request_id)
        self.retry_after_s = retry_after_s


class Unreachable(PlatformError):
    """No answer: no network, no such host, a broken certificate, a timeout."""

    exit_code = 5


class ServerTrouble(Unreachable):
    """The platform answered that it is in trouble (5xx); trying again later may help."""


class UnexpectedAnswer(Unreachable):
    """The answer was not RingCentral's: an HTML page, a captive portal, broken JSON."""


class StorageTrouble(RcdeskError):
    """Something on this computer could not be read or written: keyring, settings file, disk."""
