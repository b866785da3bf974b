"""`rcdesk open`: what the desktop calls for tel:, callto:, sms: and rcdesk: links.

Kept light, for the person who clicked is waiting; with an app running most links do not even
come here (`rcdesk.system.quick_handover`).
"""

import os
from typing import TYPE_CHECKING

from rcdesk.system.handover import (
    NotUnderstood,
    Request,
    Verb,
    activation_token,
    send_now,
    socket_file,
)

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: "argparse.ArgumentParser") -> None:
    """Options of the command."""
    parser.add_argument(
        "uri",
        metavar="URI",
        nargs="?",
        default="",
        help="the link, for example tel:+16505550100; without one rcdesk itself is opened",
    )


def run(args: "argparse.Namespace") -> int:
    """Hand the link to the running app, or start it with the link.

    Raises:
        BadInput: it is no link of ours.
    """
    from rcdesk.system.uris import parse_link

    if args.uri:
        # Whoever types a wrong link reads what is wrong with it, rather than seeing a window.
        parse_link(args.uri)
    from rcdesk.app import run as run_app

    return run_app(args.uri, verbose=args.verbose)


def hand_over(uri: str) -> bool:
    """Whether an app runs and has taken the link; `run` is for when not."""
    request = Request(Verb.OPEN_URI, uri, activation_token(os.environ))
    try:
        return send_now(socket_file(os.environ), request)
    except NotUnderstood:
        return False
