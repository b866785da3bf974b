"""`rcdesk status`: who is signed in, and for how long."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import note, print_json
from rcdesk.core.errors import PlatformError, SignedOut

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless
    from rcdesk.services.account import Account


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--check", action="store_true", help="fail unless RingCentral accepts the session now"
    )
    parser.add_argument("--refresh", action="store_true", help="get a new access token before that")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Tell; 3 when signed out.

    Raises:
        PlatformError: `--check` or `--refresh` could not find out.
    """
    from rcdesk.cli.headless import run_headless

    async def tell(headless: "Headless") -> int:
        try:
            await headless.sign_in()
            if args.refresh:
                await headless.desk.platform.session.refresh()
            account = await _account(headless, must=args.check or args.refresh)
        except SignedOut as error:
            _print_signed_out(headless, as_json=args.json)
            raise SignedOut(str(error)) from None
        status = await _status(headless, account)
        if args.json:
            print_json(status)
        else:
            _print_status(status, account)
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
    try:
        return await headless.account()
    except PlatformError as error:
        if must:
            raise
        note(str(error))
        return None


async def _status(headless: "Headless", account: "Account | None") -> dict[str, object]:
    from rcdesk.cli.call_lines import iso

    session = headless.desk.platform.session
    stored = await headless.store.load()
    expires_at = None
    if stored is not None:
        expires_at = iso(datetime.fromtimestamp(stored.access_expires_at, UTC))
    return {
        "signed_in": True,
        "account": account_object(account),
        "server": headless.settings.server_url,
        "client_id": headless.settings.client_id,
        "token_valid": session.is_token_valid,
        "expires_at": expires_at,
        "scopes": sorted(session.granted_scopes),
    }


def _print_signed_out(headless: "Headless", *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "signed_in": False,
                "account": None,
                "server": headless.settings.server_url,
                "client_id": headless.settings.client_id,
                "token_valid": False,
                "expires_at": None,
                "scopes": [],
            }
        )


def _print_status(status: dict[str, object], account: "Account | None") -> None:
    from rcdesk.ui.words import plain

    who = "somebody: RingCentral could not be asked who"
    if account is not None:
        who = f"{plain(account.name)}, extension {plain(account.extension_number)}"
    print(f"Signed in as {who}.")
    print(f"Server: {status['server']}")
    if status["token_valid"] and isinstance(status["expires_at"], str):
        until = datetime.fromisoformat(status["expires_at"]).astimezone()
        print(f"The access token is good until {until:%Y-%m-%d %H:%M:%S}.")
    else:
        print("The access token has expired; the next command gets a new one.")
