"""`rcdesk dial`: call a number."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import note, print_json
from rcdesk.core.errors import BadInput, RcdeskError, Refused, SignedOut

if TYPE_CHECKING:
    import asyncio

    from rcdesk.cli.headless import Headless
    from rcdesk.core.ringout import LegStatus, RingOut

_VIAS = ("ringout", "app", "tel")


class NotConnected(RcdeskError):
    """RingCentral took the RingOut, and it led to no conversation."""

    exit_code = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("number", metavar="NUMBER", help="in any spelling, or an extension")
    parser.add_argument(
        "--via",
        choices=_VIAS,
        help="ringout: RingCentral rings your phone, then the number; app: the RingCentral app; "
        "tel: the program for tel: links (default: as set in rcdesk)",
    )
    parser.add_argument("--from", dest="from_number", metavar="N", help="the phone to ring first")
    parser.add_argument("--caller-id", metavar="N", help="the number that the callee sees")
    parser.add_argument(
        "--prompt", action="store_true", help="ask on your phone to press 1 before calling"
    )
    parser.add_argument("--wait", action="store_true", help="follow both phones to the end")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Place the call.

    Raises:
        RcdeskError: it did not work out; with `--wait` also when nobody could be connected.
    """
    from rcdesk.cli.headless import run_headless
    from rcdesk.core.numbers import interpret

    # Before anything that takes time, in case somebody tries it in an emergency. Whether other
    # digits are a number depends on the account's country.
    number = interpret(args.number, "")
    if not args.number.strip():
        raise BadInput("Give a number to call.")
    for option, value in (("--from", args.from_number), ("--caller-id", args.caller_id)):
        if value is not None and not value.strip():
            raise BadInput(f"Give a number after {option}, or leave it out.")
    if number.is_emergency or (number.problem and not any(map(str.isdecimal, args.number))):
        raise BadInput(number.problem)

    async def dial(headless: "Headless") -> int:
        via = args.via or headless.settings.dial_via
        if via == "ringout":
            return await _ring_out(headless, args)
        await _hand_over(headless, args.number, via, as_json=args.json)
        return 0

    return run_headless(args, dial)


async def _hand_over(headless: "Headless", number: str, via: str, *, as_json: bool) -> None:
    from rcdesk.services.dialing import DialVia

    dialing = headless.desk.dialing
    region = ""
    if not number.strip().startswith("+"):
        await headless.sign_in()
        region = (await headless.account()).region
    dialed = dialing.read(number, region)
    await dialing.hand_over(number, region, DialVia(via))
    if as_json:
        print_json({"via": via, "to": dialed.e164})
    else:
        program = "the RingCentral app" if via == "app" else "the program for tel: links"
        print(f"Handed {dialed.display} to {program}.")


async def _ring_out(headless: "Headless", args: argparse.Namespace) -> int:
    import asyncio

    from rcdesk.cli.signals import on_stop_signal

    await headless.sign_in()
    steps = Steps((await headless.account()).region, as_json=args.json)
    headless.desk.dialing.changed.subscribe(steps.tell)
    if not args.wait:
        placed = await _place(headless, args, steps.region)
        if not args.json:
            _tell_how_to_cancel(placed)
        return 0
    stop = asyncio.Event()
    # Before phones ring: a Ctrl+C from then on must not leave them ringing.
    with on_stop_signal(stop.set):
        placed = await _place(headless, args, steps.region)
        was_stopped = await _follow(headless, placed, steps, stop)
    return _ended(headless, steps.latest or placed, was_stopped=was_stopped)


async def _place(headless: "Headless", args: argparse.Namespace, region: str) -> "RingOut":
    settings = headless.settings
    return await headless.desk.dialing.ring_out(
        args.number,
        region,
        from_text=args.from_number or settings.ringout_from,
        caller_id=args.caller_id or settings.caller_id,
        prompt=args.prompt or settings.ringout_prompt,
    )


def _tell_how_to_cancel(placed: "RingOut") -> None:
    from rcdesk.ui import words

    print(f"Cancel it with: rcdesk ringout cancel {words.plain(placed.id, 200)}")


async def _follow(
    headless: "Headless", placed: "RingOut", steps: "Steps", stop: "asyncio.Event"
) -> bool:
    """Until it has ended, or `stop` has cancelled it: then True."""
    import asyncio

    dialing = headless.desk.dialing
    stopped = asyncio.ensure_future(stop.wait())
    followed = asyncio.ensure_future(dialing.followed(placed))
    try:
        await asyncio.wait({stopped, followed}, return_when=asyncio.FIRST_COMPLETED)
        if followed.done():
            return False
        note("Cancelling the RingOut.")
        try:
            await dialing.cancel(steps.latest or placed)
        except Refused as refusal:
            said = str(refusal).rstrip(".")
            raise NotConnected(f"{said}: hang up your phone to end the call.") from None
        return True
    finally:
        stopped.cancel()
        followed.cancel()


def _ended(headless: "Headless", ring_out: "RingOut", *, was_stopped: bool) -> int:
    from rcdesk.cli.main import INTERRUPTED
    from rcdesk.core.ringout import RingOutState

    if was_stopped:
        return INTERRUPTED
    if ring_out.state is RingOutState.CONNECTED:
        return 0
    if not headless.desk.session.is_signed_in:
        raise SignedOut("RingCentral has ended the session; the call may go on.")
    raise NotConnected(sentence(ring_out))


class Steps:
    """Prints each step of one RingOut."""

    def __init__(self, region: str, *, as_json: bool) -> None:
        self.latest: RingOut | None = None
        self.region = region
        self._as_json = as_json

    def tell(self, ring_out: "RingOut") -> None:
        """One line."""
        self.latest = ring_out
        # A reader that has gone does not end the call.
        _unless_nobody_reads(lambda: self._print(ring_out))

    def _print(self, ring_out: "RingOut") -> None:
        if self._as_json:
            print_json(step(ring_out))
        else:
            print(sentence(ring_out, self.region), flush=True)


def step(ring_out: "RingOut") -> dict[str, object]:
    """A RingOut as JSON."""
    return {
        "id": ring_out.id,
        "state": ring_out.state.value,
        "caller": ring_out.caller.value,
        "callee": ring_out.callee.value,
        "call": ring_out.call.value,
        "from": ring_out.from_number or None,
        "to": ring_out.to_number or None,
    }


def sentence(ring_out: "RingOut", region: str = "US") -> str:
    """How it stands, for people."""
    from rcdesk.core.numbers import national
    from rcdesk.core.ringout import LegStatus, RingOutState

    caller = national(ring_out.from_number, region) or "your phone"
    callee = national(ring_out.to_number, region) or "the number"
    if ring_out.state is RingOutState.FAILED:
        first = ring_out.caller not in (LegStatus.SUCCESS, LegStatus.FINISHED)
        status = ring_out.caller if first else ring_out.callee
        return f"Not connected: {_leg_word(status)} at {caller if first else callee}."
    return {
        RingOutState.RINGING_CALLER: f"Ringing {caller}: pick up to call {callee}.",
        RingOutState.RINGING_CALLEE: f"You are on the line; ringing {callee}.",
        RingOutState.CONNECTED: f"Connected with {callee}.",
        RingOutState.CANCELLED: "The RingOut was cancelled.",
        RingOutState.GONE: "RingCentral closed this RingOut without saying how it ended.",
    }[ring_out.state]


def _leg_word(status: "LegStatus") -> str:
    from rcdesk.core.ringout import LegStatus

    return {
        LegStatus.BUSY: "busy",
        LegStatus.NO_ANSWER: "no answer",
        LegStatus.REJECTED: "declined",
        LegStatus.CANNOT_REACH: "cannot be reached",
        LegStatus.INVALID: "not a number RingCentral can call",
        LegStatus.INTERNATIONAL_DISABLED: "international calls are disabled",
        LegStatus.DESTINATION_BLOCKED: "your company blocks this destination",
        LegStatus.NOT_ENOUGH_FUNDS: "not enough calling credit",
        LegStatus.NO_SUCH_USER: "no such user",
    }.get(status, "the call failed")


def _unless_nobody_reads(tell: Callable[[], None]) -> None:
    try:
        tell()
    except OSError:
        from rcdesk.cli.output import discard

        discard(sys.stdout)
