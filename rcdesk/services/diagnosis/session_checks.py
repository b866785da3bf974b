"""The keyring and the sign-in."""

import asyncio
import logging
from datetime import UTC, datetime

from rcdesk.core.errors import PlatformError, RcdeskError, StorageTrouble
from rcdesk.ringcentral.extension import get_extension
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.tokens import MemorySessionStore, SessionStore
from rcdesk.services.desk import (
    KEYRING_SERVICE,
    network,
    penalties,
    registration,
    session_store,
)
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding, Status, ok, told, unknown, warning
from rcdesk.system.secrets import LOCKED, KeyringVault, NoKeyring
from rcdesk.system.workthread import WorkThread

_log = logging.getLogger(__name__)

_KEYRING_TIMEOUT_S = 4.0
_SIGN_IN = "Start rcdesk and sign in, or run `rcdesk login`."
_TICK = "Tick “Issue refresh tokens” in the app's settings in the developer console."
_LATER = "Try again later: signing in would not help."


async def check_keyring(case: Case) -> Finding:
    """Whether a secret can be written, read and deleted; asks for no password first."""
    backend = await asyncio.wrap_future(WorkThread("keyring name").submit(_backend_name))
    vault = KeyringVault(KEYRING_SERVICE, "doctor", case.paths, timeout_s=_KEYRING_TIMEOUT_S)
    try:
        if await vault.is_open() is False:
            return told(LOCKED, status=Status.WARNING)
        await vault.self_test()
    except NoKeyring as trouble:
        case.is_keyring_missing = True
        return told(str(trouble), status=Status.WARNING)
    except StorageTrouble as trouble:
        return told(str(trouble), status=Status.WARNING)
    case.is_keyring_usable = True
    return ok(f"{backend} keeps what it is given")


def _backend_name() -> str:
    # See rcdesk.system.secrets: importing it takes a tenth of a second.
    import keyring  # noqa: PLC0415

    return str(keyring.get_keyring().name)


async def check_session(case: Case) -> Finding:
    """Who is signed in, by the extension number alone, and for how long."""
    settings = case.known_settings
    store: SessionStore = MemorySessionStore()
    if case.is_keyring_usable:
        store = session_store(settings, case.paths, _log.warning)
    try:
        platform = await _platform(case, store)
        if await platform.session.resume() and not (settings.jwt and await _has_ended(platform)):
            return await _signed_in(case, platform, store)
        if not settings.jwt:
            return _nobody(case)
        if not case.is_reachable:
            return unknown("Not checked: RingCentral cannot be asked.")
        # In memory: what is in the keyring is not the doctor's to replace.
        store = MemorySessionStore()
        platform = await _platform(case, store)
        case.stack.push_async_callback(platform.session.revoke)
        await platform.session.sign_in_with_jwt(settings.jwt)
        return await _signed_in(case, platform, store)
    except PlatformError as error:
        # One more sign-in would have a rate limit's penalty begin anew.
        return told(str(error), _LATER)
    except RcdeskError as error:
        return told(str(error), _SIGN_IN)


def _nobody(case: Case) -> Finding:
    if case.is_keyring_usable or case.is_keyring_missing:
        return warning("Nobody is signed in.", _SIGN_IN)
    return unknown("Not known: the keyring cannot be read.")


async def _platform(case: Case, store: SessionStore) -> Platform:
    settings = case.known_settings
    platform = Platform(
        registration(settings),
        store,
        network=network(settings),
        penalties=penalties(settings, case.paths),
    )
    return await case.stack.enter_async_context(platform)


async def _has_ended(platform: Platform) -> bool:
    try:
        return not await platform.session.is_authorized()
    except PlatformError:
        return False


async def _signed_in(case: Case, platform: Platform, store: SessionStore) -> Finding:
    who = "Signed in; RingCentral was not asked"
    if case.is_reachable:
        extension = await get_extension(platform.http, user=True)
        case.people |= {extension.name, extension.company}
        case.private.add(extension.email)
        who = f"Signed in as extension {extension.extension_number or 'without a number'}"
    parts = [who]
    stored = await store.load()
    if stored is not None:
        case.private |= {stored.access_token, stored.refresh_token, stored.session_id}
        ends = {
            "access token until": stored.access_expires_at,
            "refresh token until": stored.refresh_expires_at,
            "your administrator's timeout ends it at": stored.session_ends_at,
        }
        parts += [f"{what} {_moment(utc_s)}" for what, utc_s in ends.items() if utc_s]
    case.platform = platform
    if stored is not None and not stored.refresh_token:
        parts.append("then signed out, since this app registration issues no refresh tokens")
        return warning(", ".join(parts), _TICK)
    return ok(", ".join(parts))


def _moment(utc_s: float) -> str:
    try:
        return f"{datetime.fromtimestamp(utc_s, UTC).astimezone():%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):
        return "a time that no calendar holds"
