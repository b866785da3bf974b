"""Signing in, staying signed in, signing out."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from rcdesk.core.errors import RcdeskError, SignInAbandoned, SignInFailed
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.extension import get_extension
from rcdesk.ringcentral.oauth import SignInRequest
from rcdesk.ringcentral.platform import Platform
from rcdesk.services.account import Account
from rcdesk.services.listeners import Listeners
from rcdesk.services.session_end import EndNotice
from rcdesk.signin.messages import AnswerKind, SignInAnswer
from rcdesk.signin.process import run_signin_window

_log = logging.getLogger(__name__)

SIGN_IN_TIMEOUT_S = 600.0
CLOSED = "The sign-in window was closed before you signed in."

Window = Callable[[str, str], Awaitable[SignInAnswer]]


class SessionState(StrEnum):
    """Whether somebody is signed in."""

    SIGNED_OUT = "signed_out"
    SIGNING_IN = "signing_in"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """State, who is signed in, and a sentence on what goes on or went wrong.

    `account` may be None while signed in: the platform could not be asked yet.
    `was_ended`: not the user but the platform has ended the session, and nobody has signed in
    since; what was loaded is still the user's.
    """

    state: SessionState
    account: Account | None = None
    reason: str = ""
    was_ended: bool = False


class SessionService:
    """The user's session with RingCentral.

    Attributes:
        notice: a sentence, once, in time before the session ends for good, as far as that
            is known: see `services.session_end`.
    """

    def __init__(self, platform: Platform, *, clock: Clock = instant_now) -> None:
        self.status = SessionStatus(SessionState.SIGNED_OUT)
        self.changed: Listeners[SessionStatus] = Listeners()
        self.notice: Listeners[str] = Listeners()
        self._platform = platform
        session = platform.session
        self._end_notice = EndNotice(lambda: session.known_end, self.notice.tell, clock)
        session.ended = self._ended
        session.renewed = self._end_notice.watch

    @property
    def is_signed_in(self) -> bool:
        """Somebody is signed in, whether or not the platform can be reached now."""
        return self.status.state is SessionState.SIGNED_IN

    @property
    def platform(self) -> Platform:
        """Where the session is."""
        return self._platform

    @property
    def account(self) -> Account | None:
        """Who is signed in, as far as known."""
        return self.status.account

    async def resume(self) -> bool:
        """Take up the stored session without asking the user; False if there is none."""
        if not await self._platform.session.resume():
            return False
        self._set(SessionState.SIGNED_IN)
        return True

    async def load_account(self) -> Account:
        """Ask who is signed in, if that is not known yet.

        Raises:
            PlatformError, SignedOut: it could not be found out; the session stays as it is.
        """
        account = self.status.account
        while account is None:
            asked_for = self._platform.session.key
            found = Account.of(await get_extension(self._platform.http, user=True))
            # Another user may have signed in meanwhile.
            if self._platform.session.key == asked_for:
                account = found
                if self.is_signed_in:
                    self._set(SessionState.SIGNED_IN, account)
        return account

    async def sign_in_with_window(self, window: Window = run_signin_window) -> None:
        """Sign in through the embedded window, or the browser if the user prefers that there.

        Raises:
            SignInFailed: it did not work out; the sentence says why.
            PlatformError: RingCentral could not be asked.
        """
        with self._signing_in("Finish signing in in the window that opened."):
            request = await self._platform.session.start_sign_in()
            answer = await window(request.url, request.redirect_uri)
            if answer.kind is AnswerKind.CLOSED:
                raise SignInAbandoned(CLOSED)
            if answer.kind is AnswerKind.REFUSED:
                raise SignInFailed(answer.sentence)
            if answer.kind is AnswerKind.FAILED:
                raise SignInAbandoned(answer.sentence)
            if answer.kind is AnswerKind.REDIRECT:
                await self._finish(request, answer.query)
                return
        await self.sign_in_with_browser()

    async def sign_in_with_browser(self) -> None:
        """Sign in through the user's own browser and a redirect to this computer.

        Raises:
            SignInFailed, PlatformError: see `sign_in_with_window`.
        """
        from rcdesk.system.loopback import (  # noqa: PLC0415 - brings http and webbrowser
            LoopbackRedirect,
            open_browser,
        )

        with self._signing_in("Finish signing in in your browser."):
            request = await self._platform.session.start_sign_in()
            async with LoopbackRedirect(request.redirect_uri, state=request.state) as redirect:
                await open_browser(request.url)
                query = await redirect.wait(SIGN_IN_TIMEOUT_S)
            await self._finish(request, query)

    async def sign_in_with_jwt(self, jwt: str) -> None:
        """Sign in as the user who made the JWT credential.

        Raises:
            SignInFailed, PlatformError: see `sign_in_with_window`.
        """
        with self._signing_in("Signing in."):
            await self._platform.session.sign_in_with_jwt(jwt)
            self._set(SessionState.SIGNED_IN)

    async def sign_in_with_password(self, username: str, extension: str, password: str) -> None:
        """Sign in the old way, which RingCentral refuses to most apps today.

        Raises:
            SignInFailed, PlatformError: see `sign_in_with_window`.
        """
        with self._signing_in("Signing in."):
            await self._platform.session.sign_in_with_password(username, extension, password)
            self._set(SessionState.SIGNED_IN)

    async def sign_out(self) -> None:
        """End the session here and, as far as it can be reached, at RingCentral."""
        await self._platform.session.sign_out()
        self._end_notice.stop()
        self._set(SessionState.SIGNED_OUT)

    async def _finish(self, request: SignInRequest, query: str) -> None:
        await self._platform.session.sign_in_with_redirect(request, query)
        self._set(SessionState.SIGNED_IN)

    @contextmanager
    def _signing_in(self, doing: str) -> Iterator[None]:
        """Show that it goes on, and what went wrong when it did; a cancelled one needs no words."""
        before = self.status
        self._set(SessionState.SIGNING_IN, reason=doing)
        try:
            yield
        except BaseException as error:
            reason = str(error) if isinstance(error, RcdeskError) else ""
            if before.state is SessionState.SIGNED_IN and self._platform.session.is_signed_in:
                # It was to replace a session that is about to end, and has not ended yet.
                self._set(SessionState.SIGNED_IN, before.account)
            else:
                self._set(SessionState.SIGNED_OUT, before.account, reason, before.was_ended)
            raise

    def _ended(self, reason: str) -> None:
        _log.warning("RingCentral ended the session: %s", reason)
        self._end_notice.stop()
        self._set(SessionState.SIGNED_OUT, self.status.account, reason, was_ended=True)

    def _set(
        self,
        state: SessionState,
        account: Account | None = None,
        reason: str = "",
        was_ended: bool = False,
    ) -> None:
        self.status = SessionStatus(state, account, reason, was_ended)
        self.changed.tell(self.status)
