"""Runs a command that needs the platform, without a window."""

import argparse
import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rcdesk.cli.output import note
from rcdesk.core import waits
from rcdesk.core.errors import BadInput, PlatformError, RateLimited, SignedOut, StorageTrouble
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.services.account import Account
from rcdesk.services.desk import Desk, network, penalties, registration, session_store
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.system.logs import configure_logging
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings, load_settings

_log = logging.getLogger(__name__)

NO_CLIENT_ID = (
    "No client ID is set: give --client-id, set RC_APP_CLIENT_ID, or start rcdesk and enter it "
    "there (the README says how to register an app)."
)
SIGNED_OUT = "You are signed out: run `rcdesk login`."
_BY_JWT = "set RC_USER_JWT, by which each command signs in by itself."


@dataclass(frozen=True, slots=True)
class Headless:
    """What a command works with."""

    desk: Desk
    store: VaultSessionStore
    settings: Settings

    async def sign_in(self) -> None:
        """Take up the stored session, or sign in by `RC_USER_JWT` where that is set.

        Raises:
            SignedOut: there is neither.
            StorageTrouble: nor can it be found out whether there is a stored one.
            SignInFailed, PlatformError: the JWT did not do.
        """
        jwt = self.settings.jwt
        session = self.desk.session
        if await session.resume() and not (jwt and await self._has_ended()):
            return
        if not jwt and self.store.is_unread:
            raise StorageTrouble(
                f"Your sign-in cannot be read: {_inner(unkept(self.store.trouble))}"
            )
        if not jwt:
            raise SignedOut(_signed_out(self.store.trouble))
        try:
            await session.sign_in_with_jwt(jwt)
        except RateLimited:
            # Now the gate knows: it waits, and says for how long.
            await session.sign_in_with_jwt(jwt)

    async def account(self) -> Account:
        """Who is signed in; raises PlatformError or SignedOut."""
        return await self.desk.session.load_account()

    async def _has_ended(self) -> bool:
        try:
            return not await self.desk.platform.session.is_authorized()
        except PlatformError:
            return False


def unkept(trouble: str) -> str:
    """What is wrong with the keyring and what helps a command, as one sentence.

    `trouble` is the store's, whose last advice is for the app, which goes on in memory.
    """
    reason, advice = _reason_and_advice(trouble)
    return f"{reason}; {advice}, or {_BY_JWT}" if advice else f"{reason}; {_BY_JWT}"


def unread(trouble: str) -> str:
    """What is wrong with the keyring and what helps to read it, for the end of a sentence."""
    reason, advice = _reason_and_advice(trouble)
    return _inner(f"{reason}; {advice}." if advice else f"{reason}.")


def _reason_and_advice(trouble: str) -> tuple[str, str]:
    reason, _, advice = trouble.rstrip(".").partition("; ")
    advice = advice.partition("or sign in again")[0].rstrip(", ")
    return reason, "" if advice.startswith("sign-in lasts") else advice


def _inner(sentence: str) -> str:
    return f"{sentence[0].lower()}{sentence[1:]}"


def _signed_out(trouble: str) -> str:
    if not trouble:
        return SIGNED_OUT
    return f"You are signed out: {_inner(unkept(trouble))}"


Work = Callable[[Headless], Awaitable[int]]


def run_signed_in(args: argparse.Namespace, work: Work) -> int:
    """Run `work` as the signed-in user; returns the exit code.

    Raises:
        RcdeskError: it did not work out.
    """

    async def signed_in(headless: Headless) -> int:
        await headless.sign_in()
        return await work(headless)

    return run_headless(args, signed_in)


def run_headless(args: argparse.Namespace, work: Work) -> int:
    """Run `work` whether or not somebody is signed in; returns the exit code.

    Raises:
        RcdeskError: it did not work out.
    """
    paths = Paths.from_environment()
    # The log file is the app's, and several commands may run beside it.
    configure_logging(paths, verbose=args.verbose, to_file=False)
    overrides = {"server_url": args.server, "client_id": args.client_id}
    settings = load_settings(paths, overrides=overrides)
    for warning in settings.warnings:
        note(warning)
    if not settings.client_id:
        raise BadInput(NO_CLIENT_ID)
    return asyncio.run(_run(settings, paths, work))


async def _run(settings: Settings, paths: Paths, work: Work) -> int:
    async with _headless(settings, paths) as headless:
        return await work(headless)


@asynccontextmanager
async def _headless(settings: Settings, paths: Paths) -> AsyncIterator[Headless]:
    # `login` and whoever finds nobody signed in tell what is wrong with the keyring.
    store = session_store(settings, paths, _log.warning)
    app = registration(settings)
    async with Desk(
        app,
        store,
        with_places=False,
        network=network(settings),
        penalties=penalties(settings, paths),
    ) as desk:
        desk.platform.limits.waiting = _tell_wait
        try:
            yield Headless(desk, store, settings)
        finally:
            if store.is_in_memory:
                await desk.platform.session.revoke()


def _tell_wait(_group: RateGroup, wait_s: float) -> None:
    if wait_s > 0:
        note(f"RingCentral asks us to wait {waits.asked(wait_s)}.")
