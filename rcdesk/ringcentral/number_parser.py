"""The platform's own reading of phone numbers, which knows the account's dial plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_settings import (
    NumberDetails,
    NumberFormat,
    NumberParserAnswer,
    ParsedNumberEntry,
)

_PATH = "/restapi/v2/number-parser/parse"
_MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """What the platform takes a text for.

    Attributes:
        category: Extension, Regular, TollFree, ShortCode, SpecialService, Ambiguous, Unknown...
        e164: empty for what has none, extensions for example.
        dialable: what to dial from a phone of the account.
        country: ISO 3166 alpha-2.
        status: Valid, Possible or Invalid; empty where that does not apply.
    """

    original: str
    category: str = ""
    e164: str = ""
    national: str = ""
    international: str = ""
    dialable: str = ""
    extension_number: str = ""
    country: str = ""
    status: str = ""


async def parse_numbers(
    http: PlatformHttp, texts: Sequence[str], *, user: bool = True
) -> tuple[ParsedNumber, ...]:
    """Each of `texts` as the account's dial plan reads it, in their order.

    Raises PlatformError or SignedOut.
    """
    distinct = [each for each in dict.fromkeys(texts) if each]
    parsed: dict[str, ParsedNumber] = {}
    for start in range(0, len(distinct), _MOST_AT_ONCE):
        parsed |= await _parse(http, distinct[start : start + _MOST_AT_ONCE], user=user)
    return tuple(parsed.get(each, ParsedNumber(each)) for each in texts)


async def _parse(
    http: PlatformHttp, texts: Sequence[str], *, user: bool
) -> dict[str, ParsedNumber]:
    answer = await http.request(
        "POST",
        _PATH,
        into=NumberParserAnswer,
        group=RateGroup.LIGHT,
        user=user,
        json={"originalStrings": list(texts), "contextSource": "Account"},
    )
    # Told apart by their text: nothing says that every one is answered, or in which order.
    return {
        original: _parsed(original, entry)
        for entry in answer.results or ()
        if (original := text(entry.original_string))
    }


def _parsed(original: str, entry: ParsedNumberEntry) -> ParsedNumber:
    details = entry.number_details or NumberDetails()
    spelled = (entry.formats or [NumberFormat()])[0]
    return ParsedNumber(
        original=original,
        category=text(entry.category) or text(spelled.category),
        e164=text(spelled.e164),
        national=text(spelled.national),
        international=text(spelled.international),
        dialable=text(spelled.dialable),
        extension_number=text(details.extension_number),
        country=text(details.country.iso_code).upper() if details.country else "",
        status=text(details.status),
    )
