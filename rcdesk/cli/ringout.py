"""`rcdesk ringout`: look at or cancel a RingOut that `rcdesk dial` placed."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import print_json

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless
    from rcdesk.core.ringout import RingOut

_ACTIONS = ("status", "cancel")
_LONGEST_ID = 1000
_OPTIONS = frozenset({"--server", "--client-id", "--json", "-h", "--help", "--"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("action", choices=_ACTIONS)
    parser.add_argument("id", metavar="ID", help="as `rcdesk dial` printed it")
    add_connection(parser)


def separate(arguments: Sequence[str]) -> list[str]:
    """`arguments`, with an id that begins with a dash kept from being read as an option.

    Ids are opaque; in base64url one of 64 begins so.
    """
    for at, word in enumerate(arguments[:-1]):
        following = arguments[at + 1]
        option = following.partition("=")[0]
        if word in _ACTIONS and option.startswith("-") and option not in _OPTIONS:
            rest = [*arguments[:at], *arguments[at + 2 :]]
            return [*rest, word, "--", following]
    return list(arguments)


def run(args: argparse.Namespace) -> int:
    """Ask or cancel.

    Raises:
        BadInput: that cannot be an ID.
        NotFound: RingCentral does not know it (any more).
        Refused: it is past cancelling.
    """
    from rcdesk.cli.headless import run_signed_in
    from rcdesk.core.errors import BadInput

    # As a part of a path some mean another thing, and the last thing to cancel is that.
    is_word = args.id.isprintable() and bool(args.id.strip())
    if not is_word or args.id in (".", "..") or len(args.id) > _LONGEST_ID:
        raise BadInput("Give the RingOut's ID as `rcdesk dial` printed it.")

    async def act(headless: "Headless") -> int:
        ring_out = await _act(headless, args.action, args.id)
        region = (await headless.account()).region if not args.json else ""
        _tell(ring_out, region, as_json=args.json)
        return 0

    return run_signed_in(args, act)


async def _act(headless: "Headless", action: str, ring_out_id: str) -> "RingOut":
    from rcdesk.core.errors import NotFound
    from rcdesk.core.ringout import RingOut

    dialing = headless.desk.dialing
    if action == "cancel":
        ring_out = await dialing.cancel(RingOut(ring_out_id, "", ""))
    else:
        ring_out = await dialing.status(ring_out_id)
    if ring_out.is_gone:
        raise NotFound("RingCentral does not know this RingOut (any more).", status=404)
    return ring_out


def _tell(ring_out: "RingOut", region: str, *, as_json: bool) -> None:
    from rcdesk.cli.dial import sentence, step

    if as_json:
        print_json(step(ring_out))
    else:
        print(sentence(ring_out, region))
