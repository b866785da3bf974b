"""`rcdesk calls`: the call history, and the calls going on."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection, count, shown, since, until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from rcdesk.cli.headless import Headless
    from rcdesk.core.call import Call
    from rcdesk.core.call_record import CallRecord
    from rcdesk.ringcentral.call_log import CallLogQuery

_DIRECTIONS = ("Inbound", "Outbound")
_TYPES = ("Voice", "Fax")
_KEPT = timedelta(days=90)
# Looking for a result takes many records, and RingCentral allows ten such requests a minute.
_SEARCH_PAGE = 250
_LARGEST_PAGE = 1000
_FIRST_FEW = 50
# RingCentral knows none of them, or only in part.
_ONLY_KEPT = ("search", "line", "queue", "tag", "recorded", "unresolved")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--active", action="store_true", help="the calls going on, not the history")
    parser.add_argument(
        "--offline", action="store_true", help="as kept on this computer; asks RingCentral nothing"
    )
    parser.add_argument(
        "--from", dest="since", type=since, metavar="WHEN", help="a date or time (90 days ago)"
    )
    parser.add_argument(
        "--to", dest="until", type=until, metavar="WHEN", help="a date, inclusive, or a time (now)"
    )
    parser.add_argument("--number", metavar="NUMBER", help="calls with that number or extension")
    parser.add_argument("--direction", type=str.capitalize, choices=_DIRECTIONS)
    parser.add_argument("--type", type=str.capitalize, choices=_TYPES)
    parser.add_argument(
        "--result",
        type=_result,
        metavar="RESULT",
        help='as printed (missed, answered, …) or as "Hang Up"',
    )
    many = parser.add_mutually_exclusive_group()
    many.add_argument(
        "--limit", type=count, default=_FIRST_FEW, metavar="N", help="at most so many (%(default)s)"
    )
    many.add_argument(
        "--all", dest="limit", action="store_const", const=None, help="however many there are"
    )
    parser.add_argument("--csv", action="store_true", help="print CSV")
    add_connection(parser)
    _add_kept(parser.add_argument_group("only with --offline"))


def _add_kept(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--search", metavar="TEXT", help="as in the app: a name, place, note, …")
    group.add_argument("--line", metavar="NUMBER", help="calls on that number of your own")
    group.add_argument("--queue", metavar="NAME", help="calls through that queue")
    group.add_argument("--tag", metavar="NAME", help="calls with that tag")
    group.add_argument("--recorded", action="store_true", help="calls with a recording")
    group.add_argument(
        "--unresolved", action="store_true", help="missed ones, and nobody has called back since"
    )


def run(args: argparse.Namespace) -> int:
    """List calls, newest first.

    Raises:
        RcdeskError: it did not work out.
    """
    from rcdesk.cli.headless import run_headless, run_signed_in

    _check(args)

    async def list_them(headless: "Headless") -> int:
        is_table = not (args.json or args.csv)
        region = (await headless.account()).region if is_table else ""
        await _print((_active if args.active else _history)(headless, args), args, region)
        return 0

    async def list_kept(headless: "Headless") -> int:
        from rcdesk.cli.kept_calls import kept_calls

        async with kept_calls(headless, args) as (batches, region):
            await _print(batches, args, region)
        return 0

    return run_headless(args, list_kept) if args.offline else run_signed_in(args, list_them)


def _check(args: argparse.Namespace) -> None:
    """Raise BadInput for options that contradict each other."""
    from rcdesk.core.errors import BadInput

    if args.csv and args.json:
        raise BadInput("Give --csv or --json, not both.")
    if args.active and args.result is not None:
        raise BadInput("A call going on has no result yet: leave out --active or --result.")
    if args.active and args.offline:
        raise BadInput("Only RingCentral knows which calls go on: leave out --active or --offline.")
    if args.since and args.since >= (args.until or datetime.now(UTC)):
        raise BadInput("--from must be before --to." if args.until else "--from is yet to come.")
    for name in _ONLY_KEPT:
        if not args.offline and getattr(args, name):
            raise BadInput(
                f"Only the calls kept on this computer can be filtered by --{name}: add --offline."
            )


async def _print(
    batches: "AsyncGenerator[list[CallRecord], None]", args: argparse.Namespace, region: str
) -> None:
    from contextlib import aclosing

    from rcdesk.cli.call_listing import listing_of

    listing = listing_of(region, as_csv=args.csv, as_json=args.json)
    left = float("inf") if args.limit is None else args.limit
    async with aclosing(batches):
        async for records in batches:
            listing.add(records[: int(min(left, len(records)))])
            left -= len(records)
            if left <= 0:
                break
    listing.end()


async def _active(
    headless: "Headless", args: argparse.Namespace
) -> "AsyncGenerator[list[CallRecord], None]":
    from rcdesk.core.call_record import of_call
    from rcdesk.ringcentral.clock import elapsed_s

    number = await _number(headless, args.number) if args.number is not None else ""
    calls = await _calls_going_on(headless)
    records = [of_call(call, elapsed_s()) for call in calls]
    yield [record for record in records if _fits(record, args, number)]


def _fits(record: "CallRecord", args: argparse.Namespace, number: str) -> bool:
    """Whether a call going on is asked for, as the platform decides it for the history."""
    from rcdesk.core.twins import same_number

    # One whose start nobody knows has begun before now, and may have at any time.
    began = record.started_at
    ends = (record.caller.number, record.callee.number)
    return (
        (args.direction in (None, record.direction.value))
        and (args.type in (None, record.type))
        and (began is None or args.since is None or began >= args.since)
        and (began is None or args.until is None or began <= args.until)
        and (not number or any(same_number(number, end) for end in ends))
    )


async def _calls_going_on(headless: "Headless") -> "list[Call]":
    """Presence tells what goes on, active-calls adds names and places."""
    from rcdesk.core.abilities import Ability
    from rcdesk.core.calls import CallTracker
    from rcdesk.ringcentral.call_log import list_active_calls
    from rcdesk.ringcentral.clock import instant_now
    from rcdesk.ringcentral.presence import get_presence

    http = headless.desk.platform.http
    tracker = CallTracker()
    tracker.apply(await get_presence(http, asked_at=instant_now(), user=True), instant_now())
    if http.abilities.has(Ability.CALL_LOG):
        tracker.apply(await list_active_calls(http, user=True), instant_now())
    return tracker.calls


async def _history(
    headless: "Headless", args: argparse.Namespace
) -> "AsyncGenerator[list[CallRecord], None]":
    from rcdesk.cli.call_records import Collection
    from rcdesk.ringcentral.call_log import list_calls

    query = await _query(headless, args)
    collection = Collection(args.result)
    page, before = 1, None
    while True:
        answer = await list_calls(headless.desk.platform.http, query, page, user=True)
        yield collection.add(answer.records)
        # A server that answers with the same page for ever has no other, either.
        is_last = not answer.has_next or not answer.records or answer == before
        # One more than asked for: the last call may still lack its other leg.
        if is_last or (args.limit is not None and collection.found > args.limit):
            yield collection.rest()
            return
        page, before = page + 1, answer


async def _query(headless: "Headless", args: argparse.Namespace) -> "CallLogQuery":
    from rcdesk.core.call import Direction
    from rcdesk.ringcentral.call_log import CallLogQuery

    date_to = args.until or datetime.now(UTC)
    date_from = args.since or date_to - _KEPT
    number = await _number(headless, args.number) if args.number is not None else ""
    most = _LARGEST_PAGE if args.limit is None else args.limit + 1
    per_page = _SEARCH_PAGE if args.result else min(most, _LARGEST_PAGE)
    return CallLogQuery(
        date_from=date_from,
        date_to=date_to,
        direction=Direction(args.direction) if args.direction else None,
        type=(args.type,) if args.type else (),
        phone_number=number if number.startswith("+") else "",
        extension_number="" if number.startswith("+") else number,
        is_detailed=True,
        per_page=per_page,
    )


def _result(text: str) -> str:
    """One of rcdesk's results or of RingCentral's, in any spelling.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    from rcdesk.cli.call_records import folded
    from rcdesk.core.call import Outcome
    from rcdesk.ringcentral.outcomes import RESULTS

    own = [outcome.value for outcome in Outcome]
    if folded(text) not in map(folded, (*own, *RESULTS)):
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is no result: use {', '.join(own)}, "
            f"or one of RingCentral's: {', '.join(RESULTS)}"
        )
    return text


async def _number(headless: "Headless", text: str) -> str:
    """E.164 or an extension; calls with an emergency number may be looked for, too."""
    return dialed(text, (await headless.account()).region)


def dialed(text: str, region: str) -> str:
    """E.164 or an extension, as dialed in `region`; raises BadInput."""
    from rcdesk.core.errors import BadInput
    from rcdesk.core.numbers import interpret

    number = interpret(text, region)
    if number.is_emergency:
        return number.display
    if not number.e164:
        raise BadInput(number.problem or "Give a number after --number.")
    return number.e164
