"""`rcdesk simulate`: a RingCentral of one's own on this machine."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util

from rcdesk.cli.options import shown
from rcdesk.cli.output import note

_EPILOG = (
    "Its control surface, below the printed control URL, makes calls ring (POST /calls), moves "
    "them on (POST /calls/ID/answer, hangup, ...) and makes things fail (POST /faults). A call "
    "that it made ring rings until it is moved on. The last "
    "digits of a RingOut's number choose how it ends: 9901 busy, 9902 no answer, 9903 rejected, "
    "9904 to 9909 other failures."
)
_NEEDED = ("starlette", "uvicorn", "python_multipart")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "--host", type=_host, default="127.0.0.1", help="address to listen on (%(default)s)"
    )
    parser.add_argument(
        "--port", type=_port, default=0, help="port to listen on; 0 takes a free one"
    )
    parser.add_argument(
        "--seed", type=_seed, default=1, help="which company and history to make up"
    )
    parser.add_argument(
        "--calls", type=_count, default=500, help="calls in the history (%(default)s)"
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, help="how much faster the platform's delays pass"
    )
    parser.add_argument(
        "--redirect-uri",
        action="append",
        default=[],
        metavar="URI",
        help="one more redirect URI for the app; may be repeated",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        note("The simulator needs packages that are not installed: pip install 'rcdesk[demo]'")
        return 2
    from rcdesk.simulator.server import simulate
    from rcdesk.simulator.world import Options

    options = Options(args.seed, args.calls, args.speed, tuple(args.redirect_uri))
    try:
        asyncio.run(simulate(args.host, args.port, options))
    except OSError as error:
        # asyncio repeats the address behind the reason.
        reason = (error.strerror or str(error)).partition(" (while")[0]
        note(f"Cannot listen on {args.host} port {args.port}: {reason}.")
        return 1
    return 0


def main() -> int:
    """Run the command by itself."""
    parser = argparse.ArgumentParser(prog="python -m rcdesk.simulator")
    add_arguments(parser)
    return run(parser.parse_args())


def _host(text: str) -> str:
    if not text.strip():
        # For asyncio that is every address of this computer.
        raise argparse.ArgumentTypeError("give an address to listen on, such as 127.0.0.1")
    return text


def _port(text: str) -> int:
    return _whole_number(text, "a port", 65_535)


def _count(text: str) -> int:
    return _whole_number(text, "a number of calls", 1_000_000)


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a whole number") from None


def _whole_number(text: str, what: str, most: int) -> int:
    if not text.isdecimal() or len(text) > len(str(most)) or int(text) > most:
        raise argparse.ArgumentTypeError(f"{shown(text)} is not {what} from 0 to {most}")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a speed above 0")
    return speed
