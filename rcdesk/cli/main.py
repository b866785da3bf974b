"""Reads the command line and runs one command."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from rcdesk import __version__
from rcdesk.core.errors import RcdeskError

COMMANDS = {
    "demo": "try rcdesk with a RingCentral of its own",
    "simulate": "run a local RingCentral that speaks the real protocol",
    "login": "sign in",
    "logout": "sign out here and at RingCentral",
    "status": "who is signed in, and whether RingCentral answers",
    "watch": "print every change of a call, presence or the connection",
    "calls": "list the call history and the calls going on",
    "dial": "call a number",
    "ringout": "look at or cancel a RingOut",
    "open": "take a tel:, callto:, sms: or rcdesk: link from the desktop",
}
"""Each is a module of this package with `add_arguments(parser)` and `run(args) -> int`."""

USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run what `argv` says; returns the exit code (see README, "Command line")."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser, command = _parser(arguments)
    args = parser.parse_args(arguments)
    if command is None:
        from rcdesk.app import run

        return run(args)
    try:
        return int(import_module(f"rcdesk.cli.{command}").run(args))
    except RcdeskError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a stream (`rcdesk watch | head`) has seen enough.
        sys.stderr.close()
        return 0


def _parser(arguments: Sequence[str]) -> tuple[argparse.ArgumentParser, str | None]:
    """A parser that knows the options of the one command asked for: the rest is not imported."""
    parser = argparse.ArgumentParser(
        prog="rcdesk",
        description="See who is calling, keep your call history, dial anything.",
        epilog="Without a command rcdesk starts in the tray, or raises the one that runs.",
    )
    parser.add_argument("--version", action="version", version=f"rcdesk {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log more")
    command = next((word for word in arguments if not word.startswith("-")), None)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary.capitalize())
        if name == command:
            import_module(f"rcdesk.cli.{name}").add_arguments(subparser)
    return parser, command if command in COMMANDS else None
