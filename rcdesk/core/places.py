"""Where a number is from, for calls whose report carries no location.

The geocoder's tables take half a second and 30 MB: `python -m rcdesk.core.places` looks
numbers up in a process of its own, which the tray app starts when it first needs one.
"""

import sys

import phonenumbers
from phonenumbers import geocoder

from rcdesk.core.numbers import parse_platform


def place_of(number: str, region: str) -> str:
    """The place in English ("Palo Alto, CA"), the country for foreign numbers, or empty."""
    parsed = parse_platform(number, region)
    if parsed is None:
        return ""
    abroad = parsed.country_code != phonenumbers.country_code_for_region(region)
    lookup = geocoder.country_name_for_number if abroad else geocoder.description_for_number
    return str(lookup(parsed, "en"))


def main() -> None:
    """Answer lines of `number<TAB>region` with a line each until standard input ends."""
    for line in sys.stdin:
        number, _, region = line.rstrip("\n").partition("\t")
        sys.stdout.write(place_of(number, region) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
