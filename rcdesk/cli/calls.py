"""`rcdesk calls`: the call history, and the calls going on."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection, count, shown, since, until
from rcdesk.cli.output import print_csv, print_json, print_table

if TYPE_CHECKING:
    from rcdesk.cli.call_records import Record
    from rcdesk.cli.headless import Headless
    from rcdesk.core.call import Call
    from rcdesk.ringcentral.call_log import CallLogQuery

_DIRECTIONS = ("Inbound", "Outbound")
_TYPES = ("Voice", "Fax")
_KEPT = timedelta(days=90)
# Looking for a result takes many records, and RingCentral allows ten such requests a minute.
_SEARCH_PAGE = 250
_LARGEST_PAGE = 1000


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
    parser.add_argument(
        "--limit", type=count, default=50, metavar="N", help="at most so many (%(default)s)"
    )
    parser.add_argument("--csv", action="store_true", help="print CSV")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """List calls, newest first.

    Raises:
        RcdeskError: it did not work out.
    """
    from rcdesk.cli.headless import run_headless, run_signed_in
    from rcdesk.core.errors import BadInput

    if args.csv and args.json:
        raise BadInput("Give --csv or --json, not both.")
    if args.active and args.result is not None:
        raise BadInput("A call going on has no result yet: leave out --active or --result.")
    if args.active and args.offline:
        raise BadInput("Only RingCentral knows which calls go on: leave out --active or --offline.")
    if args.since and args.since >= (args.until or datetime.now(UTC)):
        raise BadInput("--from must be before --to." if args.until else "--from is yet to come.")

    async def list_them(headless: "Headless") -> int:
        records = await (_active if args.active else _history)(headless, args)
        is_table = not (args.json or args.csv)
        _print(records, args, (await headless.account()).region if is_table else "")
        return 0

    async def list_kept(headless: "Headless") -> int:
        from rcdesk.cli.kept_calls import kept_calls

        records, region = await kept_calls(headless, args)
        _print(records, args, region)
        return 0

    return run_headless(args, list_kept) if args.offline else run_signed_in(args, list_them)


def _print(records: "list[Record]", args: argparse.Namespace, region: str) -> None:
    if args.json:
        print_json([record.line() for record in records])
    elif args.csv:
        _print_csv(records)
    else:
        _print_table(records, region)


async def _active(headless: "Headless", args: argparse.Namespace) -> "list[Record]":
    from rcdesk.cli.call_records import of_call

    number = await _number(headless, args.number) if args.number is not None else ""
    now = datetime.now(UTC)
    records = [of_call(call, now) for call in await _calls_going_on(headless)]
    return [record for record in records if _fits(record, args, number)][: args.limit]


def _fits(record: "Record", args: argparse.Namespace, number: str) -> bool:
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


async def _history(headless: "Headless", args: argparse.Namespace) -> "list[Record]":
    from rcdesk.cli.call_records import Collection
    from rcdesk.ringcentral.call_log import list_calls

    query = await _query(headless, args)
    collection = Collection(args.result)
    page, before = 1, None
    while True:
        answer = await list_calls(headless.desk.platform.http, query, page, user=True)
        collection.add(answer.records)
        # A server that answers with the same page for ever has no other, either.
        is_last = not answer.has_next or not answer.records or answer == before
        # One more than asked for: the last call may still lack its other leg.
        if len(collection.records) > args.limit or is_last:
            return collection.records[: args.limit]
        page, before = page + 1, answer


async def _query(headless: "Headless", args: argparse.Namespace) -> "CallLogQuery":
    from rcdesk.core.call import Direction
    from rcdesk.ringcentral.call_log import CallLogQuery

    date_to = args.until or datetime.now(UTC)
    date_from = args.since or date_to - _KEPT
    number = await _number(headless, args.number) if args.number is not None else ""
    per_page = _SEARCH_PAGE if args.result else min(args.limit + 1, _LARGEST_PAGE)
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


def _print_csv(records: "list[Record]") -> None:
    from rcdesk.cli.call_lines import flat, flat_names
    from rcdesk.cli.call_records import EMPTY

    print_csv([flat_names(EMPTY.line()), *(flat(record.line()) for record in records)])


def _print_table(records: "list[Record]", region: str) -> None:
    if not records:
        print("No calls.")
        return
    heads = ("WHEN", "", "WHO", "NUMBER", "RESULT", "TIME")
    print_table([heads, *(record.cells(region) for record in records)], right=frozenset({5}))
