"""`rcdesk status`: who is signed in, and for how long."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import note, print_json
from rcdesk.core.errors import PlatformError, SignedOut, StorageTrouble

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless
    from rcdesk.ringcentral.tokens import SessionEnd
    from rcdesk.services.account import Account

_NAME_TIMEOUT_S = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--check", action="store_true", help="fail unless RingCentral accepts the session now"
    )
    parser.add_argument("--refresh", action="store_true", help="get a new access token before that")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Tell.

    Raises:
        SignedOut: nobody is signed in.
        StorageTrouble: it cannot be found out.
        PlatformError: `--check` or `--refresh` could not find out.
    """
    from rcdesk.cli.headless import run_headless

    async def tell(headless: "Headless") -> int:
        is_asked = args.check or args.refresh
        try:
            await headless.sign_in()
            if args.refresh:
                await headless.desk.platform.session.refresh()
            account = await _account(headless, must=is_asked)
        except (SignedOut, StorageTrouble) as error:
            if args.json:
                is_known = isinstance(error, SignedOut)
                print_json(await _signed_out(headless, is_signed_in=False if is_known else None))
            raise
        status = await _status(headless, account, is_authorized=True if is_asked else None)
        if args.json:
            print_json(status)
        else:
            _print_status(status, account, headless.desk.platform.session.known_end)
        return 0

    return run_headless(args, tell)


def account_object(account: "Account | None") -> dict[str, object] | None:
    """The account as JSON."""
    if account is None:
        return None
    return {
        "name": account.name,
        "extension": account.extension_number,
        "extension_id": account.extension_id,
    }


async def _account(headless: "Headless", *, must: bool) -> "Account | None":
    """Who it is; without `must`, what this computer knows has to do when nobody answers."""
    import asyncio

    try:
        async with asyncio.timeout(None if must else _NAME_TIMEOUT_S):
            return await headless.account()
    except PlatformError as error:
        if must:
            raise
        note(str(error))
    except TimeoutError:
        note("RingCentral takes long to say who is signed in.")
    return None


async def _status(
    headless: "Headless", account: "Account | None", *, is_authorized: bool | None
) -> dict[str, object]:
    from rcdesk.services.session_end import notice_of

    session = headless.desk.platform.session
    stored = await headless.store.load()
    end = session.known_end
    return {
        "signed_in": True,
        "account": account_object(account),
        "server": headless.settings.server_url,
        "client_id": headless.settings.client_id,
        "token_valid": session.is_token_valid,
        "authorized": is_authorized,
        "expires_at": _moment(stored.access_expires_at if stored else 0),
        "refresh_expires_at": _moment(stored.refresh_expires_at if stored else 0),
        "session_ends_at": _moment(end.at.timestamp() if end else 0),
        "notice": notice_of(end, datetime.now(UTC)) or None,
        "scopes": sorted(session.granted_scopes),
        "keyring": await _keyring(headless),
    }


async def _signed_out(headless: "Headless", *, is_signed_in: bool | None) -> dict[str, object]:
    return {
        "signed_in": is_signed_in,
        "account": None,
        "server": headless.settings.server_url,
        "client_id": headless.settings.client_id,
        "token_valid": False,
        "authorized": False,
        "expires_at": None,
        "refresh_expires_at": None,
        "session_ends_at": None,
        "notice": None,
        "scopes": [],
        "keyring": await _keyring(headless),
    }


async def _keyring(headless: "Headless") -> dict[str, object]:
    """Whether the session outlives this command, and what is wrong where it does not."""
    trouble = headless.store.trouble
    return {
        "usable": not trouble,
        "kept": not headless.store.is_in_memory and await headless.store.load() is not None,
        "trouble": trouble or None,
    }


def _moment(utc_s: float) -> str | None:
    """ISO 8601; None for 0, which says that there is none, and for what no calendar holds."""
    from rcdesk.core.call_lines import iso

    try:
        return iso(datetime.fromtimestamp(utc_s, UTC)) if utc_s else None
    except (OverflowError, ValueError, OSError):
        return None


def _print_status(
    status: dict[str, object], account: "Account | None", end: "SessionEnd | None"
) -> None:
    from rcdesk.ui.words import plain

    who = "somebody: RingCentral could not be asked who"
    if account is not None:
        who = f"{plain(account.name)}, extension {plain(account.extension_number)}"
    print(f"Signed in as {who}.")
    print(f"Server: {status['server']}")
    if status["token_valid"] and isinstance(status["expires_at"], str):
        print(f"The access token is good until {_local(status['expires_at'])}.")
    else:
        print("The access token has expired; the next command gets a new one.")
    if isinstance(status["session_ends_at"], str):
        until = _local(status["session_ends_at"])
        why = "Your administrator's timeout ends the sign-in"
        if end is not None and end.is_by_registration:
            why = "This app registration issues no refresh tokens: the sign-in ends"
        print(f"{why} at {until}.")
    if status["notice"]:
        note(str(status["notice"]))


def _local(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M:%S}"
