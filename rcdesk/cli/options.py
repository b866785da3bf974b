"""Options that several commands share, and what they accept."""

import argparse
from datetime import date, datetime, timedelta

_LONGEST_SHOWN = 40
# Within them no time zone and no span leads out of what Python and the system can count.
_FIRST_YEAR, _LAST_YEAR = 2000, 2999


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Which RingCentral to ask, and in which form to answer.

    Secrets have no options: arguments show in every process list.
    """
    parser.add_argument(
        "--server", metavar="URL", help="RingCentral's address (else RC_SERVER_URL, settings)"
    )
    parser.add_argument(
        "--client-id", metavar="ID", help="the app registration (else RC_APP_CLIENT_ID, settings)"
    )
    add_json(parser)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Answer for scripts."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def seconds(text: str) -> float:
    """A time span above 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        span_s = float(text)
    except ValueError:
        span_s = 0.0
    if not 0 < span_s < float("inf"):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a number of seconds above 0")
    return span_s


def count(text: str) -> int:
    """A whole number from 1 to 100,000.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= 100_000):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a number from 1 to 100000")
    return int(text)


def since(text: str) -> datetime:
    """An ISO date (its first moment) or time, aware; without an offset it is local time.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    return _moment(text, timedelta(0))


def until(text: str) -> datetime:
    """As `since`, but a date means its last moment.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    return _moment(text, timedelta(days=1))


def shown(text: str) -> str:
    """`text` as an error message quotes it."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


def _moment(text: str, beyond_date: timedelta) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is no date: write 2026-11-23 or 2026-11-23T09:30"
        ) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is not between the years {_FIRST_YEAR} and {_LAST_YEAR}"
        )
    if _is_date(text):
        moment += beyond_date
    return moment.astimezone()


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
