"""Sending SMS, MMS and company pager messages.

Acceptance is not delivery: the message comes back as Queued, and message-store events tell when
its status changes. Nothing here is repeated by itself: after Unreachable it may have been sent.
"""

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath

import msgspec

from rcdesk.core.errors import BadInput, Refused, UnexpectedAnswer
from rcdesk.ringcentral.faults import not_ringcentral
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.message_records import Message, message
from rcdesk.ringcentral.paging import all_records
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_messages import MessageEntry, SendersAnswer

_EXTENSION = "/restapi/v1.0/account/~/extension/~"

LONGEST_SMS = 1000
"""UTF-16 units, as RingCentral counts: most emoji are two."""
LONGEST_PAGER = 1024
"""UTF-16 units."""
MOST_FILES = 10
LARGEST_MMS = 1_500_000
"""Bytes, of all files of one MMS together."""


class NotSent(Refused):
    """The platform took no message, for a reason that is about texting."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A number of the user's own that may send SMS."""

    number: str
    label: str = ""
    is_direct: bool = False
    can_send_mms: bool = False
    can_send_abroad: bool = False


@dataclass(frozen=True, slots=True)
class MmsFile:
    """A picture, sound or film to send; `content_type` empty for what the name suggests."""

    name: str
    content: bytes
    content_type: str = ""


async def list_senders(
    http: PlatformHttp, extension_id: str, *, user: bool = True
) -> tuple[Sender, ...]:
    """The numbers that extension `extension_id`, the user's, may send SMS from.

    Direct numbers come first. The feature alone does not do: a number can be listed that is
    another extension's. Raises PlatformError or SignedOut.
    """
    entries = all_records(
        http,
        f"{_EXTENSION}/phone-number",
        into=SendersAnswer,
        group=RateGroup.LIGHT,
        user=user,
    )
    found = []
    async for entry in entries:
        features = frozenset(map(text, entry.features or ()))
        owner = text(entry.extension.id) if entry.extension else ""
        if "SmsSender" not in features or owner not in ("", extension_id):
            continue
        if number := text(entry.phone_number):
            found.append(
                Sender(
                    number=number,
                    label=text(entry.label),
                    is_direct=entry.usage_type == "DirectNumber",
                    can_send_mms="MmsSender" in features,
                    can_send_abroad="InternationalSmsSender" in features,
                )
            )
    return tuple(sorted(found, key=lambda sender: not sender.is_direct))


async def send_sms(
    http: PlatformHttp, from_number: str, to_numbers: Sequence[str], message_text: str
) -> Message:
    """Send a text to one number (E.164), or to several as one group conversation.

    Raises:
        BadInput: there is no text, too much of it, or nobody to send it to.
        NotSent: the platform says why it cannot be sent.
        PlatformError, SignedOut: anything else.
    """
    body = _sms(from_number, to_numbers) | {"text": checked_text(message_text, LONGEST_SMS)}
    with _said_plainly():
        entry = await http.request(
            "POST",
            f"{_EXTENSION}/sms",
            into=MessageEntry,
            group=RateGroup.MEDIUM,
            user=True,
            json=body,
        )
    return _accepted(entry)


async def send_mms(
    http: PlatformHttp,
    from_number: str,
    to_numbers: Sequence[str],
    files: Sequence[MmsFile],
    message_text: str = "",
) -> Message:
    """Send files, with or without a text; otherwise as send_sms.

    Raises:
        BadInput: also for no file, more than 10, or more than 1,500,000 bytes of them.
        NotSent, PlatformError, SignedOut: as send_sms.
    """
    _check_files(files)
    body = _sms(from_number, to_numbers)
    if message_text.strip():
        body["text"] = checked_text(message_text, LONGEST_SMS)
    # The envelope comes first, under whatever name.
    envelope = ("json", ("request.json", msgspec.json.encode(body), "application/json"))
    attachments = [("attachment", _part(file)) for file in files]
    with _said_plainly():
        response = await http.exchange(
            "POST",
            f"{_EXTENSION}/mms",
            group=RateGroup.MEDIUM,
            user=True,
            files=[envelope, *attachments],
        )
    try:
        return _accepted(decode(response.content, MessageEntry))
    except Undecodable:
        raise not_ringcentral(response) from None


async def send_pager(
    http: PlatformHttp,
    to_extensions: Sequence[str],
    message_text: str,
    *,
    reply_on: str = "",
) -> Message:
    """Send a company pager message to extension numbers of the same account.

    With `reply_on`, the id of a pager message, it answers that one's conversation and
    `to_extensions` may be empty. The platform sends to nobody if it does not know one of them.

    Raises:
        BadInput, NotSent, PlatformError, SignedOut: as send_sms.
    """
    if not to_extensions and not reply_on:
        raise BadInput("Say to which extension the message goes.")
    body: dict[str, object] = {"text": checked_text(message_text, LONGEST_PAGER)}
    if to_extensions:
        body["to"] = [{"extensionNumber": number} for number in dict.fromkeys(to_extensions)]
    if reply_on:
        if not (reply_on.isascii() and reply_on.isdigit()):
            raise BadInput("The message to reply to is not one of the company's own.")
        body["replyOn"] = int(reply_on)
    with _said_plainly(_PAGER_REASONS):
        entry = await http.request(
            "POST",
            f"{_EXTENSION}/company-pager",
            into=MessageEntry,
            group=RateGroup.MEDIUM,
            user=True,
            json=body,
        )
    return _accepted(entry)


def checked_text(message_text: str, longest: int) -> str:
    """`message_text`, if it can be sent.

    Raises:
        BadInput: it is empty, longer than `longest` UTF-16 units, or no Unicode.
    """
    if not message_text.strip():
        raise BadInput("The message is empty: give it a text.")
    try:
        units = len(message_text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise BadInput("The message holds bytes that are not text: send it as UTF-8.") from None
    if units > longest:
        raise BadInput(f"The message has {units:,} of at most {longest:,} characters: shorten it.")
    return message_text


def _sms(from_number: str, to_numbers: Sequence[str]) -> dict[str, object]:
    if not to_numbers:
        raise BadInput("Say to which number the message goes.")
    return {
        "from": {"phoneNumber": from_number},
        "to": [{"phoneNumber": number} for number in dict.fromkeys(to_numbers)],
    }


def _check_files(files: Sequence[MmsFile]) -> None:
    if not files:
        raise BadInput("An MMS needs a file: choose one, or send the text alone.")
    if len(files) > MOST_FILES:
        raise BadInput(f"An MMS holds at most {MOST_FILES} files; these are {len(files)}.")
    if (size := sum(len(file.content) for file in files)) > LARGEST_MMS:
        raise BadInput(
            f"The files have {size:,} bytes; an MMS holds at most {LARGEST_MMS:,}: "
            "send fewer or smaller ones."
        )


def _part(file: MmsFile) -> tuple[str, bytes, str]:
    guessed = mimetypes.guess_type(file.name)[0]
    # Where the file lies on this computer is nobody's business.
    name = PurePath(file.name).name or "attachment"
    return name, file.content, file.content_type or guessed or "application/octet-stream"


def _accepted(entry: MessageEntry) -> Message:
    sent = message(entry)
    if sent is None:
        raise UnexpectedAnswer("RingCentral took the message but did not say which it is.")
    return sent


@contextmanager
def _said_plainly(reasons: Mapping[str, str] | None = None) -> Iterator[None]:
    """What RingCentral says about texting, in sentences that say what to do."""
    try:
        yield
    except Refused as refusal:
        known = _REASONS if reasons is None else reasons
        sentence = next((known[code] for code in refusal.codes if code in known), "")
        if not sentence:
            raise
        raise NotSent(
            sentence,
            status=refusal.status,
            codes=refusal.codes,
            request_id=refusal.request_id,
        ) from None


_NOT_OURS = "That number is not yours to send from: choose one of your own."
_CANNOT_SEND = "That number cannot send text messages: choose another one of yours."
_REASONS = {
    "MSG-240": "Your account does not send text messages abroad: ask your admin.",
    "MSG-241": _CANNOT_SEND,
    "MSG-242": _CANNOT_SEND,
    "MSG-243": "RingCentral blocks text messages to this number.",
    "MSG-245": _NOT_OURS,
    "MSG-304": _NOT_OURS,
    "MSG-246": "Text messages do not go to or from extensions: send a pager message instead.",
    "MSG-247": "Text messages do not go to short numbers: give the whole number.",
}
_PAGER_REASONS = {
    "CMN-102": "Your company has no such extension, so the message went to nobody.",
}
