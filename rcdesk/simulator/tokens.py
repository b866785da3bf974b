"""Codes, sessions and tokens of the simulated platform."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rcdesk.simulator.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rcdesk.simulator.clock import Clock

CODE_LIFETIME_S = 60
WS_TOKEN_LIFETIME_S = 30
UNUSED_RACE_WINDOW_S = 3600
USED_RACE_WINDOW_S = 10
SESSIONS_PER_USER_AND_APP = 5


class OAuthError(Exception):
    """An OAuth endpoint refuses; `error` is RFC 6749's word, `code` RingCentral's."""

    def __init__(self, error: str, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.status = status
        self.error = error
        self.code = code
        self.description = description

    def body(self) -> dict[str, object]:
        """Return what the platform would answer with this refusal."""
        return {
            "error": self.error,
            "error_description": self.description,
            "errors": [{"errorCode": self.code, "message": self.description}],
        }


@dataclass(frozen=True)
class AuthorizationCode:
    """A grant on its way through the browser."""

    redirect_uri: str
    challenge: str
    challenge_method: str
    expires_at: float


@dataclass(frozen=True)
class Lifetimes:
    """What a client asked for, within the platform's bounds; seconds."""

    access_s: int = 3600
    refresh_s: int = 604_800


@dataclass(eq=False)
class TokenPair:
    """One rotation's tokens; moments are of the monotonic clock."""

    access: str
    refresh: str
    access_expires_at: float
    refresh_expires_at: float
    used_at: float | None = None
    replacement: Replacement | None = None


@dataclass(frozen=True)
class Replacement:
    """What a refresh token was exchanged for, and when."""

    pair: TokenPair
    at: float


@dataclass(eq=False)
class Session:
    """One sign-in of the user with one app; ends as a whole."""

    id: str
    owner_id: str
    endpoint_id: str
    lifetimes: Lifetimes
    current: TokenPair
    ends_at: float | None = None
    is_revoked: bool = False
    on_end: list[Callable[[], None]] = field(default_factory=list)


class Tokens:
    """Issues, checks, rotates and ends; one app, one user.

    Attributes:
        absolute_timeout_s: how long a session may last altogether, as an administrator sets
            it; counts for the sign-ins that follow. None for no such limit.
        are_refresh_tokens_issued: what the app registration says of them.
    """

    absolute_timeout_s: float | None = None
    are_refresh_tokens_issued: bool = True

    def __init__(self, clock: Clock, owner_id: str) -> None:
        self._clock = clock
        self._owner_id = owner_id
        self._codes: dict[str, AuthorizationCode] = {}
        self._sessions: list[Session] = []
        self._by_access: dict[str, tuple[Session, TokenPair]] = {}
        self._by_refresh: dict[str, tuple[Session, TokenPair]] = {}
        self._ws_tokens: dict[str, tuple[Session, float]] = {}

    @property
    def sessions(self) -> list[Session]:
        """Sessions that have not ended, oldest first."""
        return list(self._sessions)

    @property
    def unredeemed(self) -> int:
        """How many codes and tokens for a socket are remembered without having been used."""
        return len(self._codes) + len(self._ws_tokens)

    def issue_code(self, redirect_uri: str, challenge: str, challenge_method: str) -> str:
        """Return a code that lives 60 s and works once."""
        code = secrets.token_urlsafe(32)
        now = self._clock.monotonic_s()
        # An expired code is still told from an unknown one for as long again.
        self._codes = {
            each: grant
            for each, grant in self._codes.items()
            if now < grant.expires_at + CODE_LIFETIME_S
        }
        expires_at = now + CODE_LIFETIME_S
        self._codes[code] = AuthorizationCode(redirect_uri, challenge, challenge_method, expires_at)
        return code

    def redeem_code(self, code: str, redirect_uri: str, verifier: str) -> None:
        """Use `code` up.

        Raises:
            OAuthError: it is unknown, used, expired, or does not fit the URI or the verifier.
        """
        grant = self._codes.pop(code, None)
        if grant is None:
            raise OAuthError("invalid_grant", "OAU-106", "Authorization code is invalid")
        if self._clock.monotonic_s() >= grant.expires_at:
            raise OAuthError("invalid_grant", "OAU-108", "Authorization code is expired")
        if redirect_uri != grant.redirect_uri:
            raise OAuthError("invalid_grant", "OAU-109", "Redirect URIs do not match")
        if grant.challenge and not hmac.compare_digest(
            challenge_of(verifier, grant.challenge_method).encode(), grant.challenge.encode()
        ):
            raise OAuthError("invalid_grant", "OAU-106", "Authorization code verifier is invalid")

    def sign_in(self, lifetimes: Lifetimes, endpoint_id: str = "") -> Session:
        """Start a session; beyond five, the oldest ends."""
        session = Session(
            id=secrets.token_hex(16),
            owner_id=self._owner_id,
            endpoint_id=endpoint_id or secrets.token_urlsafe(16),
            lifetimes=lifetimes,
            current=self._issue(lifetimes),
        )
        if self.absolute_timeout_s is not None:
            session.ends_at = self._clock.monotonic_s() + self.absolute_timeout_s
        self._register(session)
        self._sessions.append(session)
        while len(self._sessions) > SESSIONS_PER_USER_AND_APP:
            self.end(self._sessions[0])
        return session

    def refresh(self, refresh_token: str, lifetimes: Lifetimes | None) -> Session:
        """Rotate, or repeat the last rotation while the documented race window is open.

        Raises:
            OAuthError: the token is unknown, used, expired, or its session has ended.
        """
        session, pair = self._by_refresh.get(refresh_token, (None, None))
        if session is None or pair is None:
            raise OAuthError("invalid_grant", "OAU-213", "Token not found")
        self._end_if_due(session)
        if session.is_revoked:
            raise OAuthError("invalid_grant", "OAU-211", "Token revoked")
        if self._clock.monotonic_s() >= pair.refresh_expires_at:
            raise OAuthError("invalid_grant", "OAU-210", "Token expired")
        if pair.replacement is None:
            session.lifetimes = lifetimes or session.lifetimes
            session.current = self._issue(session.lifetimes)
            pair.replacement = Replacement(session.current, self._clock.monotonic_s())
            self._register(session)
        elif pair.replacement.pair is not session.current or not self._is_open(pair.replacement):
            raise OAuthError("invalid_grant", "OAU-213", "Token not found")
        return session

    def authenticate(self, access_token: str) -> Session:
        """Return the session of a valid access token and mark the token as used.

        Raises:
            ApiError: 401 when it is unknown, replaced, expired or revoked.
        """
        session, pair = self._by_access.get(access_token, (None, None))
        if session is not None:
            self._end_if_due(session)
        if session is None or pair is None or session.is_revoked or pair is not session.current:
            raise ApiError(401, "OAU-149", "OAuth token is invalid")
        if self._clock.monotonic_s() >= pair.access_expires_at:
            raise ApiError(401, "OAU-128", "Access token is expired")
        if pair.used_at is None:
            pair.used_at = self._clock.monotonic_s()
        return session

    def issue_ws_token(self, session: Session) -> str:
        """Return a token for one WebSocket connection within 30 s."""
        token = secrets.token_urlsafe(32)
        now = self._clock.monotonic_s()
        self._ws_tokens = {key: each for key, each in self._ws_tokens.items() if now < each[1]}
        self._ws_tokens[token] = (session, now + WS_TOKEN_LIFETIME_S)
        return token

    def redeem_ws_token(self, token: str) -> Session | None:
        """Use `token` up and return its session; None when it is not good (any more)."""
        session, expires_at = self._ws_tokens.pop(token, (None, 0.0))
        if session is None or session.is_revoked or self._clock.monotonic_s() >= expires_at:
            return None
        return session

    def revoke(self, token: str) -> bool:
        """End the session of an access or refresh token; False when it is unknown."""
        session, _ = self._by_access.get(token) or self._by_refresh.get(token) or (None, None)
        if session is not None:
            self.end(session)
        return session is not None

    def end(self, session: Session) -> None:
        """End `session` with all its tokens, once."""
        if session in self._sessions:
            self._sessions.remove(session)
            session.is_revoked = True
            for callback in session.on_end:
                callback()

    def end_all(self) -> None:
        """End every session, as an administrator does."""
        for session in self.sessions:
            self.end(session)

    def expire_access_tokens(self) -> None:
        """Let every access token expire now; refreshing still works."""
        for session in self._sessions:
            session.current.access_expires_at = self._clock.monotonic_s()

    def access_expires_in_s(self, session: Session) -> int:
        """Return how long the current access token lives."""
        return max(0, round(session.current.access_expires_at - self._clock.monotonic_s()))

    def refresh_expires_in_s(self, session: Session) -> int:
        """Return how long the current refresh token lives."""
        return max(0, round(session.current.refresh_expires_at - self._clock.monotonic_s()))

    def expires_in_s(self, session: Session) -> int | None:
        """Return how long the session may still last; None without an absolute timeout."""
        if session.ends_at is None:
            return None
        return max(0, round(session.ends_at - self._clock.monotonic_s()))

    def _end_if_due(self, session: Session) -> None:
        if session.ends_at is not None and self._clock.monotonic_s() >= session.ends_at:
            self.end(session)

    def _is_open(self, replacement: Replacement) -> bool:
        """Tell whether the race window still repeats this replacement."""
        now = self._clock.monotonic_s()
        if replacement.pair.used_at is not None:
            return now < replacement.pair.used_at + USED_RACE_WINDOW_S
        return now < replacement.at + UNUSED_RACE_WINDOW_S

    def _issue(self, lifetimes: Lifetimes) -> TokenPair:
        now = self._clock.monotonic_s()
        return TokenPair(
            access=secrets.token_urlsafe(48),
            refresh=secrets.token_urlsafe(48),
            access_expires_at=now + lifetimes.access_s,
            refresh_expires_at=now + lifetimes.refresh_s,
        )

    def _register(self, session: Session) -> None:
        pair = session.current
        self._by_access[pair.access] = (session, pair)
        self._by_refresh[pair.refresh] = (session, pair)


def challenge_of(verifier: str, method: str) -> str:
    """Return the PKCE challenge of `verifier` (RFC 7636, section 4.2)."""
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
