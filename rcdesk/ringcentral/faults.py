"""Refusals and broken networks as rcdesk's errors, each with a sentence for a person."""

import re
import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus

import httpx

from rcdesk.core.errors import (
    Conflict,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    ServerTrouble,
    UnexpectedAnswer,
    Unreachable,
)
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.proxies import ProxyTrouble
from rcdesk.ringcentral.tls import certificate_sentence
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_account import ErrorAnswer

_LONGEST_MESSAGE = 200
_LONGEST_WORD = 60
_MOST_CODES = 10
_APP_SCOPE = "CMN-401"
_FEATURE_CODES = frozenset({"CMN-109", "CMN-403"})
_PERMISSION_CODES = _FEATURE_CODES | {_APP_SCOPE, "CMN-402", "CMN-404", "CMN-408", "CMN-419"}
# Where the company lets nobody sign in from may be where the user is, until they go elsewhere.
NOT_FROM_HERE = "OAU-167"
NOT_FROM_HERE_SENTENCE = (
    "Your company does not allow this app to sign in from here: ask your admin."
)
# What talks between us and the platform: captive portals, proxies, company filters.
_NOT_RINGCENTRAL = (
    "Something else answered in RingCentral's place: this network's sign-in page, or a proxy."
)


class ServerBusy(ServerTrouble):
    """503 with a time: RingCentral asks to be left alone for `retry_after_s` seconds."""

    def __init__(
        self,
        sentence: str,
        *,
        retry_after_s: float,
        codes: tuple[str, ...] = (),
        request_id: str = "",
    ) -> None:
        super().__init__(sentence, status=503, codes=codes, request_id=request_id)
        self.retry_after_s = retry_after_s


class Refusal:
    """An error body, REST's or OAuth's, read.

    Attributes:
        codes: RingCentral's codes, most specific first; OAuth's `error` is the last.
        is_json: the body was an object, or empty with a request id: the platform's either way.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.request_id = response.headers.get("RCRequestId", "")
        try:
            answer = decode(response.content, ErrorAnswer)
            self.is_json = True
        except Undecodable:
            answer = ErrorAnswer()
            self.is_json = response.is_error and not response.content and bool(self.request_id)
        details = answer.errors or []
        codes = [*(detail.error_code for detail in details), answer.error_code, answer.error]
        words = dict.fromkeys(text(code)[:_LONGEST_WORD] for code in codes if code)
        self.codes = tuple(words)[:_MOST_CODES]
        messages = [answer.error_description, *(detail.message for detail in details)]
        message = next((text(m) for m in [*messages, answer.message] if m), "")
        parameters = [*(detail.parameter_name for detail in details), answer.parameter_name]
        parameter = next((text(name)[:_LONGEST_WORD] for name in parameters if name), "")
        is_named = parameter.casefold() in message.casefold()
        self.message = plain(message if is_named else f"{message} ({parameter})".lstrip())
        permissions = [*(detail.permission_name for detail in details), answer.permission_name]
        self.permission = next((text(name)[:_LONGEST_WORD] for name in permissions if name), "")

    def error(self, *, retry_after_s: float | None = None) -> PlatformError:
        """The refusal as one of rcdesk's errors; never for 401, which the session settles."""
        status = HTTPStatus(self.status) if self.status in _KNOWN_STATUSES else None
        if self.status >= 500:
            return self._server_error(retry_after_s)
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(
                retry_after_s=60.0 if retry_after_s is None else retry_after_s,
                codes=self.codes,
                request_id=self.request_id,
            )
        if not self.is_json:
            return UnexpectedAnswer(
                _NOT_RINGCENTRAL, status=self.status, request_id=self.request_id
            )
        if status is HTTPStatus.FORBIDDEN and self._is_about_permission:
            return PermissionMissing(
                self._permission_sentence(),
                permission=self.permission,
                codes=self.codes,
                request_id=self.request_id,
            )
        if NOT_FROM_HERE in self.codes:
            return Refused(
                NOT_FROM_HERE_SENTENCE,
                status=self.status,
                codes=self.codes,
                request_id=self.request_id,
            )
        kind: type[Refused] = {404: NotFound, 409: Conflict}.get(self.status, Refused)
        sentence = _SENTENCES.get(self.status, "RingCentral refused this")
        return kind(
            f"{sentence}: {self.message}" if self.message else f"{sentence}.",
            status=self.status,
            codes=self.codes,
            request_id=self.request_id,
        )

    @property
    def _is_about_permission(self) -> bool:
        return bool(self.permission) or not _PERMISSION_CODES.isdisjoint(self.codes)

    def _permission_sentence(self) -> str:
        if _APP_SCOPE in self.codes:
            scope = f"the {self.permission} scope" if self.permission else "a scope it needs here"
            return f"The app registration lacks {scope}: add it in the developer console."
        if self.permission:
            return f"Your RingCentral user lacks the {self.permission} permission: ask your admin."
        said = self.message or "no reason given"
        if not _FEATURE_CODES.isdisjoint(self.codes):
            return f"Your RingCentral account does not have this feature: {said}"
        return f"RingCentral does not allow this for your user: {said}"

    def _server_error(self, retry_after_s: float | None) -> PlatformError:
        sentence = f"RingCentral is in trouble (HTTP {self.status}): try again later."
        if retry_after_s is not None:
            return ServerBusy(
                sentence,
                retry_after_s=retry_after_s,
                codes=self.codes,
                request_id=self.request_id,
            )
        return ServerTrouble(
            sentence, status=self.status, codes=self.codes, request_id=self.request_id
        )


def not_ringcentral(response: httpx.Response) -> UnexpectedAnswer:
    """An answer that says 2xx or redirects, but is not the platform's."""
    return UnexpectedAnswer(
        _NOT_RINGCENTRAL,
        status=response.status_code,
        request_id=response.headers.get("RCRequestId", ""),
    )


def unreachable(fault: Exception, host: str) -> Unreachable:
    """Why there was no answer from `host`, in a sentence."""
    for cause in _causes(fault):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(certificate_sentence(cause, host))
        if isinstance(cause, ProxyTrouble):
            return Unreachable(str(cause))
        for kinds, sentence in _FAULTS:
            if isinstance(cause, kinds):
                return Unreachable(sentence.format(host=host))
    return Unreachable(f"{host} cannot be reached: check the network connection.")


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        if isinstance(fault, BaseExceptionGroup):
            yield from fault.exceptions
        fault = fault.__cause__ or fault.__context__


def plain(message: str) -> str:
    """What the platform says, on one short line and without its ids, which tell nobody anything."""
    folded = _OWN_ID.sub(lambda found: f"the {found[1].lower()}", " ".join(message.split()))
    return folded if len(folded) <= _LONGEST_MESSAGE else f"{folded[:_LONGEST_MESSAGE]}…"


# Nine digits or more: an extension's number, which people know, has at most eight.
_ID = r"(?: id)?[ :=#/(\[]{1,3}[0-9]{9,}[)\]]?"
_OWN_ID = re.compile(
    rf"\b(?:the )?(?:account{_ID}[ ,/]{{1,2}})?\b(account|extension|user|mailbox){_ID}",
    re.IGNORECASE,
)
_FAULTS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((socket.gaierror,), "{host} cannot be found: check the network connection."),
    ((TimeoutError, httpx.TimeoutException), "{host} did not answer in time."),
    ((ssl.SSLError,), "No secure connection to {host} could be made."),
    ((ConnectionRefusedError,), "{host} refused the connection."),
)
_KNOWN_STATUSES = frozenset(int(status) for status in HTTPStatus)
_SENTENCES = {
    404: "RingCentral does not know this (any more)",
    405: "RingCentral does not offer this here",
    409: "The call has moved on meanwhile",
    410: "RingCentral has removed this",
    415: "RingCentral does not take this kind of content",
}
