"""`rcdesk sms`: send a text message."""

import argparse
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import print_json
from rcdesk.cli.standard_input import piped_text
from rcdesk.core.errors import BadInput

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless
    from rcdesk.ringcentral.message_records import Correspondent, Message

STANDARD_INPUT = "-"
_MOST_BYTES = 65_536


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--to", required=True, action="append", metavar="N", help="the number, in any spelling"
    )
    parser.add_argument(
        "--from", dest="from_number", metavar="N", help="which of your numbers (else your first)"
    )
    add_text(parser)
    add_connection(parser)


def add_text(parser: argparse.ArgumentParser) -> None:
    """The message itself."""
    parser.add_argument("text", metavar="TEXT", help="the message; - reads it from standard input")


def run(args: argparse.Namespace) -> int:
    """Send the message.

    Raises:
        RcdeskError: it did not work out.
    """
    from rcdesk.cli.headless import run_signed_in
    from rcdesk.core.numbers import interpret
    from rcdesk.ringcentral.sending import LONGEST_SMS, checked_text
    from rcdesk.services.texting import TextService

    # Whatever needs no network is said before there is one.
    if len(args.to) > 1:
        raise BadInput("rcdesk sms sends to one number: run it once for each.")
    for given in (*args.to, args.from_number):
        if given and not any(map(str.isdecimal, given)):
            raise BadInput(interpret(given, "").problem or "Say to which number the message goes.")
    message_text = checked_text(given_text(args.text), LONGEST_SMS)

    async def send(headless: "Headless") -> int:
        texting = TextService(headless.desk.platform, headless.desk.session)
        sent = await texting.send(args.to[0], message_text, from_text=args.from_number or "")
        tell(sent, headless.desk.region, as_json=args.json)
        return 0

    return run_signed_in(args, send)


def given_text(argument: str) -> str:
    """The message that `argument` is or, as `-`, asks to be read from standard input.

    The last line's end is not part of it.

    Raises:
        BadInput: standard input is no text, or endless.
    """
    if argument != STANDARD_INPUT:
        return argument
    return piped_text(_MOST_BYTES, "a message").removesuffix("\n").removesuffix("\r")


def tell(sent: "Message", region: str, *, as_json: bool) -> None:
    """Print what RingCentral took."""
    from rcdesk.ringcentral.message_records import status_words

    if as_json:
        print_json(as_object(sent))
        return
    from rcdesk.ui import words

    sender, recipients = (
        ", ".join(words.plain(_shown(end, region), 100) for end in ends)
        for ends in ([sent.sender], sent.recipients)
    )
    print(f"Message from {sender} to {recipients}: {status_words(sent) or 'taken'}.")


def as_object(sent: "Message") -> dict[str, object]:
    """A message as JSON."""
    return {
        "id": sent.id,
        "type": sent.type,
        "status": sent.status or None,
        "from": _address(sent.sender) or None,
        "to": [_address(each) for each in sent.recipients],
        "text": sent.text,
        "conversation_id": sent.conversation_id or None,
        "time": _time(sent),
    }


def _time(sent: "Message") -> str | None:
    from rcdesk.core.call_lines import iso

    try:
        return iso(sent.created_at) if sent.created_at else None
    except OverflowError:
        # The first or last day there is, elsewhere: no reason to hide that the message is sent.
        return None


def _address(end: "Correspondent") -> str:
    return end.number or end.extension_number


def _shown(end: "Correspondent", region: str) -> str:
    from rcdesk.core.numbers import national

    number = national(end.number, region) if end.number else f"ext. {end.extension_number}"
    return f"{end.name} {number}" if end.name else number
