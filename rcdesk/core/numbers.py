"""Phone numbers: what the user typed, what the platform sent, how to show either."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult, shortnumberinfo

LONGEST_INPUT = 250
"""What phonenumbers itself looks at; a pasted page of text is no phone number."""

_EXTENSION = re.compile(r"\d{1,6}")
_SERVICE_CODE = re.compile(r"[*#][\d*#]*")
_SEPARATORS = re.compile(r"[\s\-.()/\u00a0\u2010-\u2015\u2060\u200b\u200e\u200f\u202a-\u202e]+")
# Whoever dials one of these means it, wherever the account is at home: no extension can have
# them. 933 tells what address an emergency call would give, which a RingOut cannot find out.
_EMERGENCY_EVERYWHERE = frozenset({"000", "112", "911", "933", "999"})

_PROBLEMS = {
    ValidationResult.TOO_SHORT: "“{text}” is too short for a phone number.",
    ValidationResult.TOO_LONG: "“{text}” is too long for a phone number.",
    ValidationResult.INVALID_COUNTRY_CODE: "“{text}” has a country code that does not exist.",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "“{text}” lacks its area code.",
}


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How rcdesk reads what was typed.

    `e164` is what to send to the platform: E.164, or an extension or service code as typed;
    empty when `problem` (a sentence) says why it cannot be dialed.
    """

    e164: str = ""
    display: str = ""
    problem: str = ""
    is_emergency: bool = False


def interpret(text: str, region: str) -> Interpretation:
    """Read `text` as a number dialed in `region` (ISO 3166 alpha-2)."""
    text = text.strip()
    if not text:
        return Interpretation()
    if len(text) > LONGEST_INPUT:
        return Interpretation(problem="That is too long for a phone number.")
    compact = _SEPARATORS.sub("", text).removeprefix("tel:")
    if compact.isdecimal():
        compact = str(int(compact)).zfill(len(compact))
    if is_emergency(compact, region):
        return Interpretation(
            display=compact,
            problem=f"rcdesk cannot place emergency calls: dial {compact} on a phone.",
            is_emergency=True,
        )
    if _EXTENSION.fullmatch(compact):
        return Interpretation(e164=compact, display=f"Ext. {compact}")
    if _SERVICE_CODE.fullmatch(compact) and len(compact) > 1:
        return Interpretation(e164=compact, display=compact)
    return _interpret_full(text, region)


def _interpret_full(text: str, region: str) -> Interpretation:
    shown = text if len(text) <= 32 else text[:31] + "…"
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException as problem:
        if problem.error_type == problem.INVALID_COUNTRY_CODE and not text.startswith("+"):
            return Interpretation(problem=f"“{shown}” needs its country code: begin with +.")
        return Interpretation(problem=f"“{shown}” is not a phone number.")
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        sentence = _PROBLEMS.get(reason, "“{text}” is not a phone number.")
        return Interpretation(problem=sentence.format(text=shown))
    return Interpretation(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        display=_format(number, region),
    )


def is_emergency(number: str, region: str) -> bool:
    """Whether dialing `number` in `region` would reach an emergency service."""
    digits = number.lstrip("+")
    if digits in _EMERGENCY_EVERYWHERE:
        return True
    return bool(region) and shortnumberinfo.is_emergency_number(number, region)


@lru_cache(maxsize=4096)
def national(number: str, region: str) -> str:
    """`number` as people in `region` write it; masked, short and foreign forms are kept."""
    parsed = parse_platform(number, region)
    return number if parsed is None else _format(parsed, region)


def international(number: str, region: str) -> str:
    """`number` with its country's code, as it is understood everywhere; as `national` otherwise."""
    parsed = parse_platform(number, region)
    if parsed is None:
        return number
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL))


@lru_cache(maxsize=4096)
def e164(number: str, region: str) -> str:
    """E.164 of a number the platform sent; the number itself where it has none."""
    parsed = parse_platform(number, region)
    if parsed is None:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def is_extension(number: str) -> bool:
    """A short number of the company rather than a public one."""
    return bool(_EXTENSION.fullmatch(number))


def is_public(number: str) -> bool:
    """Somebody outside can be reached by it: no extension, and none of its digits is masked."""
    digits = number.removeprefix("+")
    return digits.isascii() and digits.isdecimal() and not is_extension(number)


def can_be_dialed(number: str) -> bool:
    """It is an extension, a service code, or a public number none of whose digits is masked."""
    return is_public(number) or is_extension(number) or bool(_SERVICE_CODE.fullmatch(number))


def can_be_looked_up(number: str) -> bool:
    """It is an extension, or a public number none of whose digits is masked."""
    return is_public(number) or is_extension(number)


def is_mobile(number: str, region: str) -> bool:
    """A mobile phone's, or one of a country whose numbers do not tell."""
    parsed = parse_platform(number, region)
    return parsed is not None and phonenumbers.number_type(parsed) in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def parse_platform(number: str, region: str) -> phonenumbers.PhoneNumber | None:
    """Parse what the platform sent, which may lack the `+` of E.164 (reference section 3)."""
    if not number or is_extension(number) or number[0] not in "+0123456789(":
        return None
    if any(character.isalpha() for character in number):
        return None
    attempts = [(number, region or None)]
    if not number.startswith("+"):
        attempts.append(("+" + number, None))
    for text, dialed_in in attempts:
        try:
            parsed = phonenumbers.parse(text, dialed_in)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            return parsed
    return None


def _format(number: phonenumbers.PhoneNumber, region: str) -> str:
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))
