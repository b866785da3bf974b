"""`rcdesk login`: sign in and keep the session in the keyring."""

import argparse
import getpass
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection, seconds
from rcdesk.cli.output import note, print_json
from rcdesk.cli.standard_input import piped_text
from rcdesk.core.errors import (
    BadInput,
    PlatformError,
    RcdeskError,
    SignInAbandoned,
    StorageTrouble,
)

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless
    from rcdesk.services.session import SessionStatus
    from rcdesk.signin.messages import SignInAnswer

_BROWSER_PATIENCE_S = 300.0
_MOST_BYTES = 10_000
_WAITING = (
    "rcdesk waits {span} for your browser to come back; Ctrl+C gives up. If the page there refuses "
    "the redirect URI (OAU-109), add {redirect_uri} to the app's settings at RingCentral."
)
_NOT_BACK = (
    "Your browser did not come back within {span}: try again, and if its page refused the "
    "redirect URI, add {redirect_uri} to the app's settings at RingCentral."
)
_NO_SCREEN = "There is no screen for the sign-in window, so your browser is used."
_NOT_KEPT = (
    "RingCentral accepts the JWT, but there is no keyring to keep the session in: "
    "leave RC_USER_JWT set, and each command signs in by itself."
)


@dataclass(frozen=True, slots=True)
class Password:
    """What the password grant asks for."""

    number: str
    extension: str
    password: str

    def __repr__(self) -> str:
        return "Password()"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--browser", action="store_true", help="in your browser, not in a window")
    ways.add_argument(
        "--jwt", action="store_true", help="by the JWT in RC_USER_JWT, or else on standard input"
    )
    ways.add_argument(
        "--password",
        action="store_true",
        help="by number, extension and password, which RingCentral refuses to most apps today "
        "(three lines if standard input is no terminal)",
    )
    parser.add_argument(
        "--timeout",
        dest="timeout_s",
        type=seconds,
        default=_BROWSER_PATIENCE_S,
        metavar="SECONDS",
        help="how long to wait for your browser (default: %(default).0f)",
    )
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Sign in.

    Raises:
        RcdeskError: it did not work out.
    """
    from rcdesk.cli.headless import run_headless

    async def sign_in(headless: "Headless") -> int:
        session = headless.desk.session
        if args.jwt:
            # Where there is no keyring, nothing has to be locked, which a home that is read-only
            # would not allow.
            await headless.store.check()
            await session.sign_in_with_jwt(headless.settings.jwt or _read_secret("JWT"))
        else:
            await _check_keyring(headless)
            if args.password:
                given = _read_password()
                await session.sign_in_with_password(given.number, given.extension, given.password)
            else:
                await _sign_in_on_page(headless, args.timeout_s, in_browser=args.browser)
        await _tell(headless, as_json=args.json)
        return 0

    return run_headless(args, sign_in)


async def _sign_in_on_page(headless: "Headless", timeout_s: float, *, in_browser: bool) -> None:
    import asyncio

    session, settings = headless.desk.session, headless.settings
    words = {"span": _span(timeout_s), "redirect_uri": settings.redirect_uri}
    session.changed.subscribe(_tell_progress)
    if not in_browser and not _has_screen():
        note(_NO_SCREEN)
        in_browser = True

    def turn_to_browser() -> None:
        note(_WAITING.format(**words))
        patience.reschedule(asyncio.get_running_loop().time() + timeout_s)

    async def window(url: str, redirect_uri: str) -> "SignInAnswer":
        from rcdesk.services.desk import network
        from rcdesk.signin.messages import AnswerKind
        from rcdesk.signin.process import run_signin_window

        way = network(settings)
        answer = await run_signin_window(url, redirect_uri, settings.theme, network=way)
        if answer.kind is AnswerKind.USE_BROWSER:
            turn_to_browser()
        return answer

    try:
        async with asyncio.timeout(None) as patience:
            if in_browser:
                turn_to_browser()
                await session.sign_in_with_browser()
            else:
                await session.sign_in_with_window(window)
    except TimeoutError:
        raise SignInAbandoned(_NOT_BACK.format(**words)) from None


def _span(span_s: float) -> str:
    return f"{span_s / 60:.3g} minutes" if span_s >= 2 * 60 else f"{span_s:.3g} s"


async def _check_keyring(headless: "Headless") -> None:
    """Before anybody types a password for a session that would end with this command."""
    trouble = await headless.store.check()
    if trouble:
        from rcdesk.cli.headless import unkept

        raise StorageTrouble(unkept(trouble))


async def _tell(headless: "Headless", *, as_json: bool) -> None:
    try:
        account = await headless.account()
    except PlatformError as error:
        note(f"Signed in, but RingCentral does not say as whom: {error}")
        account = None
    if headless.store.is_in_memory:
        note(_NOT_KEPT)
    if as_json:
        from rcdesk.cli.status import account_object

        print_json(
            {
                "signed_in": True,
                "account": account_object(account),
                "server": headless.settings.server_url,
                "kept": not headless.store.is_in_memory,
            }
        )
    elif account is not None:
        from rcdesk.ui.words import plain

        print(f"Signed in as {plain(account.name)}, extension {plain(account.extension_number)}.")
    else:
        print("Signed in.")


def _tell_progress(status: "SessionStatus") -> None:
    from rcdesk.services.session import SessionState

    if status.state is SessionState.SIGNING_IN:
        note(status.reason)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    # QT_QPA_PLATFORM=offscreen and the like bring a screen of their own.
    return any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")))


def _read_password() -> Password:
    if sys.stdin.isatty():
        number = _prompt("Phone number: ")
        extension = _prompt("Extension (empty for a direct number): ")
        return Password(number, extension, getpass.getpass("Password: "))
    lines = piped_text(_MOST_BYTES, "a sign-in").splitlines()
    if len(lines) < 3:
        raise BadInput(
            "Give number, extension (may be empty) and password on three lines of standard input."
        )
    return Password(*lines[:3])


def _read_secret(name: str) -> str:
    secret = (
        getpass.getpass(f"{name}: ") if sys.stdin.isatty() else piped_text(_MOST_BYTES, f"a {name}")
    )
    if not secret.strip():
        raise BadInput(f"There is no {name}: set RC_USER_JWT or give it on standard input.")
    return secret.strip()


def _prompt(question: str) -> str:
    # Not input(question), which would write it to standard output.
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise RcdeskError("You are not signed in.")
    return line.rstrip("\n")
