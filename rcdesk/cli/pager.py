"""`rcdesk pager`: send a message to extensions of the company."""

import argparse
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.sms import add_text, given_text, tell
from rcdesk.core.errors import BadInput

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--to", required=True, action="append", metavar="EXT", help="an extension; may be repeated"
    )
    add_text(parser)
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Send the message.

    Raises:
        RcdeskError: it did not work out.
    """
    from rcdesk.cli.headless import run_signed_in
    from rcdesk.ringcentral.sending import LONGEST_PAGER, checked_text, send_pager

    extensions = [_extension(each) for each in args.to]
    message_text = checked_text(given_text(args.text), LONGEST_PAGER)

    async def send(headless: "Headless") -> int:
        sent = await send_pager(headless.desk.platform.http, extensions, message_text)
        region = "" if args.json else (await headless.account()).region
        tell(sent, region, as_json=args.json)
        return 0

    return run_signed_in(args, send)


def _extension(text: str) -> str:
    from rcdesk.core.numbers import is_extension

    # Not read as a number to dial: 999 may well be somebody's extension.
    number = text.strip().removeprefix("ext.").strip()
    if not (number.isascii() and is_extension(number)):
        raise BadInput(f"“{text.strip()[:32]}” is not an extension: pager messages stay inside.")
    return number
