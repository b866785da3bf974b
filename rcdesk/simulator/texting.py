"""POST sms, mms and company-pager."""

from __future__ import annotations

import email.parser
import email.policy
import json
import re
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_records import phone_numbers
from rcdesk.simulator.account_state import EXTENSION, Links, own_extension_asked
from rcdesk.simulator.contents import Blob
from rcdesk.simulator.errors import ApiError, invalid_parameter
from rcdesk.simulator.past_messages import pager_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from rcdesk.simulator.company import Person, Queue
    from rcdesk.simulator.world import World

_Json = dict[str, Any]

_LONGEST_SMS = 1000
_LONGEST_PAGER = 1024
_MOST_FILES = 10
_LARGEST_MMS = 1_500_000
_EXTENSION_NUMBER = re.compile(r"\d{1,6}")
_NUMBER = re.compile(r"\+?\d{7,15}")


def routes(world: World) -> list[Route]:
    """Return the routes of everything that sends a message."""
    texting = _Texting(world)
    return [
        Route(EXTENSION + "/sms", texting.sms, methods=["POST"]),
        Route(EXTENSION + "/mms", texting.mms, methods=["POST"]),
        Route(EXTENSION + "/company-pager", texting.pager, methods=["POST"]),
    ]


class _Texting:
    def __init__(self, world: World) -> None:
        self._world = world

    async def sms(self, request: Request) -> Response:
        order, files = await _order(request)
        return self._texted(request, order, files)

    async def mms(self, request: Request) -> Response:
        order, files = await _order(request)
        if not files:
            raise invalid_parameter("attachments")
        return self._texted(request, order, files)

    def _texted(self, request: Request, order: _Json, files: Sequence[Blob]) -> Response:
        owner_uri = self._owner_uri(request)
        text = order.get("text", "" if files else None)
        _check_text(text, _LONGEST_SMS, may_be_empty=bool(files))
        if len(files) > _MOST_FILES or sum(file.size for file in files) > _LARGEST_MMS:
            raise invalid_parameter("attachments")
        sender = _number(order.get("from"), "from.phoneNumber")
        to = order.get("to")
        if not isinstance(to, list) or not to:
            raise invalid_parameter("to")
        recipients = [_number(each, "to.phoneNumber") for each in to]
        self._check_sender(request, sender)
        message = self._world.mailbox.send_sms(sender, recipients, str(text), files)
        return JSONResponse(message.wire(owner_uri))

    def _check_sender(self, request: Request, sender: str) -> None:
        company = self._world.company
        own = phone_numbers(company.user, company, Links(request, company))
        entry = next((each for each in own if each["phoneNumber"] == sender), None)
        if entry is None:
            raise ApiError(403, "MSG-304", "Phone number doesn't belong to extension", "from")
        if "SmsSender" not in entry["features"]:
            raise ApiError(403, "MSG-242", "The requested feature is not available", "from")

    async def pager(self, request: Request) -> Response:
        owner_uri = self._owner_uri(request)
        order, _ = await _order(request)
        _check_text(order.get("text"), _LONGEST_PAGER, may_be_empty=False)
        recipients = self._recipients(order)
        queues = {queue.extension_number for queue in self._world.company.queues}
        to_department = any(end["extensionNumber"] in queues for end in recipients)
        message = self._world.mailbox.send_pager(
            recipients, order["text"], to_department=to_department
        )
        return JSONResponse(message.wire(owner_uri))

    def _recipients(self, order: _Json) -> list[_Json]:
        to = order.get("to")
        if to is None and "replyOn" in order:
            replied = self._world.mailbox.store.get(str(order["replyOn"]))
            if replied is None or replied.type != "Pager":
                raise invalid_parameter("replyOn")
            inbound = replied.record["direction"] == "Inbound"
            ends: list[_Json] = [replied.record["from"]] if inbound else replied.record["to"]
            return ends
        if not isinstance(to, list) or not to:
            raise invalid_parameter("to")
        return [self._pager_end(each) for each in to]

    def _pager_end(self, end: object) -> _Json:
        company = self._world.company
        extensions: list[Person | Queue] = [*company.people, *company.queues]
        known = {
            key: extension.extension_number
            for extension in extensions
            for key in (extension.extension_number, f"id {extension.extension_id}")
        }
        named = end if isinstance(end, dict) else {}
        number = known.get(str(named.get("extensionNumber")))
        number = number or known.get(f"id {named.get('extensionId')}")
        if number is None:
            message = "Resource for parameter [to] is not found"
            raise ApiError(400, "CMN-102", message, parameter="to")
        return pager_end(company, number)

    def _owner_uri(self, request: Request) -> str:
        owner = own_extension_asked(request, self._world.company)
        return Links(request, self._world.company).extension(owner.extension_id)


async def _order(request: Request) -> tuple[_Json, list[Blob]]:
    """Return the JSON and the files of a request, multipart or not.

    Raises:
        ApiError: 400, there is no JSON object.
    """
    content_type = request.headers.get("Content-Type", "")
    raw = await request.body()
    files = []
    if content_type.startswith("multipart/"):
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        parser = email.parser.BytesParser(EmailMessage, policy=email.policy.HTTP)
        parts = [
            Blob(part.get_content_type(), payload)
            for part in parser.parsebytes(head + raw).iter_parts()
            if isinstance(payload := part.get_payload(decode=True), bytes)
        ]
        raw, files = (parts[0].data if parts else b""), parts[1:]
    try:
        order = json.loads(raw)
    except (ValueError, RecursionError):
        order = None
    if not isinstance(order, dict):
        raise ApiError(400, "CMN-103", "JSON can't be parsed")
    return order, files


def _check_text(text: object, longest: int, *, may_be_empty: bool) -> None:
    if not isinstance(text, str) or not (text or may_be_empty):
        raise invalid_parameter("text")
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > longest:
        raise invalid_parameter("text")


def _number(end: object, parameter: str) -> str:
    number = end.get("phoneNumber") if isinstance(end, dict) else None
    if not isinstance(number, str) or not number:
        raise invalid_parameter(parameter)
    digits = re.sub(r"[\s().-]", "", number)
    if _EXTENSION_NUMBER.fullmatch(digits):
        message = "Sending SMS from/to extension numbers is not available"
        raise ApiError(400, "MSG-246", message)
    if not _NUMBER.fullmatch(digits):
        raise invalid_parameter(parameter)
    return digits if digits.startswith("+") else f"+{digits}"
