"""Reads the command line and runs one command."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from rcdesk.core.errors import RcdeskError

if TYPE_CHECKING:
    import argparse
    from types import ModuleType

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
    "sms": "send a text message",
    "pager": "send a message to extensions of your company",
    "presence": "show or set what others see of you and whether calls reach you",
    "doctor": "check what rcdesk needs and say how to mend what is wrong",
    "open": "take a tel:, callto:, sms: or rcdesk: link from the desktop",
}
"""Each is a module of this package with `add_arguments(parser)` and `run(args) -> int`."""

FAILED = 1
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run what `argv` says; returns the exit code (see README, "Command line")."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["open"] and len(arguments) == 2 and _handed_over(arguments[1]):
        return 0
    _prepare_streams()
    try:
        return _run(arguments)
    except RcdeskError as error:
        from rcdesk.cli.output import note

        note(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        from rcdesk.cli.output import discard

        # The reader (`rcdesk calls | head`) has seen enough.
        discard(sys.stdout)
        return 0
    except Exception as error:  # noqa: BLE001 - nobody shall read a traceback on the terminal
        from rcdesk.cli.unexpected import report

        report(error)
        return FAILED
    finally:
        _settle_stderr()


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed (`>&-`): else the next socket would take its place, and be written to.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8", closefd=False))
        else:
            # A name that the terminal's encoding lacks must not cost the line.
            stream.reconfigure(errors="replace")


def _settle_stderr() -> None:
    """What nobody took of it (`2>/dev/full`) must not fail again at exit, with a code of 120."""
    try:
        sys.stderr.flush()
    except OSError:
        from rcdesk.cli.output import discard

        discard(sys.stderr)


def _run(arguments: list[str]) -> int:
    module = _module(arguments)
    try:
        args = _parser(module).parse_args(_separated(arguments, module))
    finally:
        # The help may have been printed, for somebody who reads no more.
        sys.stdout.flush()
    if module is None:
        from rcdesk.app import run

        return run(verbose=args.verbose)
    code = int(module.run(args))
    sys.stdout.flush()
    return code


def _handed_over(uri: str) -> bool:
    """The short way for a link that `quick_handover` left: argparse takes a while."""
    from rcdesk.cli.open import hand_over

    return not uri.startswith("-") and hand_over(uri)


def _module(arguments: Sequence[str]) -> "ModuleType | None":
    """The module of the command asked for: no other is imported."""
    command = next((word for word in arguments if not word.startswith("-")), None)
    return import_module(f"rcdesk.cli.{command}") if command in COMMANDS else None


def _separated(arguments: Sequence[str], module: "ModuleType | None") -> list[str]:
    """`arguments`, after what the command's module does to them, if anything."""
    separate = getattr(module, "separate", list)
    return list(separate(arguments))


def _parser(module: "ModuleType | None") -> "argparse.ArgumentParser":
    from rcdesk import __version__
    from rcdesk.cli.parser import Parser

    parser = Parser(
        prog="rcdesk",
        description="See who is calling, keep your call history, dial anything.",
        epilog="Without a command rcdesk starts in the tray, or raises the one that runs.",
    )
    parser.add_argument("--version", action="version", version=f"rcdesk {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        sentence = f"{summary[0].upper()}{summary[1:]}."
        subparser = subparsers.add_parser(name, help=summary, description=sentence)
        if module is not None and module.__name__.endswith(f".{name}"):
            module.add_arguments(subparser)
    return parser
