"""POST number-parser/parse, version 2: texts as the account's dial plan reads them."""

from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_state import AccountState
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import invalid_parameter

_Json = dict[str, Any]

_MOST = 64
_HOME = "US"
_LONGEST_EXTENSION = 6


def routes(state: AccountState) -> list[Route]:
    """Return the route of the parser."""
    company = state.company

    async def parse(request: Request) -> Response:
        body = await json_object(request)
        texts = body.get("originalStrings")
        if not isinstance(texts, list) or not 1 <= len(texts) <= _MOST:
            raise invalid_parameter("originalStrings")
        if body.get("contextSource", "Default") not in ("Default", "Account"):
            raise invalid_parameter("contextSource")
        extensions = {person.extension_number for person in company.people}
        extensions |= {queue.extension_number for queue in company.queues}
        results = [_parsed(text, extensions) for text in texts if isinstance(text, str) and text]
        context = {
            "vanityPhoneNumbersAllowed": False,
            "maxExtensionNumberLength": _LONGEST_EXTENSION,
            "shortCodesAllowed": False,
            "maskedPhoneNumbersAllowed": False,
            "conflictHandling": "Default",
        }
        return JSONResponse({"context": context, "results": results})

    return [Route("/restapi/v2/number-parser/parse", parse, methods=["POST"])]


def _parsed(text: str, extensions: set[str]) -> _Json:
    if text in extensions:
        formats = {"category": "Extension", "dialable": text}
        return _result(text, "Extension", {"extensionNumber": text}, formats)
    try:
        number = phonenumbers.parse(text, _HOME)
    except phonenumbers.NumberParseException:
        return {"originalString": text, "category": "Unknown"}
    region = phonenumbers.region_code_for_number(number) or _HOME
    toll_free = phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
    category = "TollFree" if toll_free else "Regular"
    possible = "Possible" if phonenumbers.is_possible_number(number) else "Invalid"
    details = {
        "country": {"isoCode": region, "callingCode": str(number.country_code)},
        "status": "Valid" if phonenumbers.is_valid_number(number) else possible,
    }
    formats = {
        "category": category,
        "e164": phonenumbers.format_number(number, PhoneNumberFormat.E164),
        "national": phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        "international": phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        "dialable": phonenumbers.format_number(number, PhoneNumberFormat.E164),
    }
    return _result(text, category, details, formats)


def _result(text: str, category: str, details: _Json, formats: _Json) -> _Json:
    return {
        "originalString": text,
        "category": category,
        "numberDetails": details,
        "formats": [formats],
    }
