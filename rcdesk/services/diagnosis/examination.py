"""Runs the checks: side by side, each with its own time, none able to stop another."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from rcdesk.core.errors import RcdeskError
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.desktop_checks import check_links, check_notifications, check_tray
from rcdesk.services.diagnosis.findings import Finding, Status, told, unknown
from rcdesk.services.diagnosis.live_events import check_events
from rcdesk.services.diagnosis.network_checks import (
    check_clock,
    check_connection,
    check_dns,
    check_server,
    check_tls,
)
from rcdesk.services.diagnosis.scopes import check_scopes
from rcdesk.services.diagnosis.session_checks import check_keyring, check_session
from rcdesk.services.diagnosis.settings_checks import (
    check_environment,
    check_files,
    check_registration,
    check_settings,
    check_versions,
)

_log = logging.getLogger(__name__)
_BLOCKED = "Not checked, because of"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report.

    Attributes:
        timeout_s: for its own work, without the wait for others.
        needs: without them this one makes no sense.
        after: they are waited for, however they end.
    """

    name: str
    work: Callable[[Case], Awaitable[Finding]]
    timeout_s: float = 1.0
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


# The longest way, settings to events, takes less than 20 s when every step uses up its time.
CHECKS = (
    Check("versions", check_versions),
    Check("settings", check_settings),
    Check("registration", check_registration, 3, needs=("settings",)),
    Check("environment", check_environment),
    Check("files", check_files),
    Check("dns", check_dns, 3.5, needs=("settings",)),
    Check("connection", check_connection, 5, needs=("dns",)),
    Check("tls", check_tls, needs=("connection",)),
    Check("server", check_server, needs=("tls",)),
    Check("clock", check_clock, needs=("server",)),
    Check("keyring", check_keyring, 6),
    Check("session", check_session, 4, needs=("registration",), after=("server", "keyring")),
    Check("scopes", check_scopes, needs=("session",)),
    Check("events", check_events, 3.5, needs=("session",)),
    Check("tray", check_tray, 4),
    Check("notifications", check_notifications, 4),
    Check("links", check_links, 4),
)


async def examine(
    case: Case, checks: Sequence[Check] = CHECKS
) -> AsyncGenerator[tuple[str, Finding], None]:
    """Each check's name and finding, in their order, as soon as it and those before it ended.

    Closes the case; ending the iteration early ends the checks.
    """
    tasks: dict[str, asyncio.Task[Finding]] = {}
    for check in checks:
        # Only what stands before it can be waited for, so there are no circles.
        known = {name: tasks[name] for name in (*check.needs, *check.after)}
        tasks[check.name] = asyncio.create_task(_run(check, case, known), name=check.name)
    try:
        for name, task in tasks.items():
            yield name, await task
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        with suppress(RcdeskError):
            await case.stack.aclose()


async def _run(check: Check, case: Case, known: dict[str, asyncio.Task[Finding]]) -> Finding:
    # asyncio.wait: a check that is cancelled does not cancel what it waits for.
    if known:
        await asyncio.wait(known.values())
    for name in check.needs:
        found = known[name].result()
        if found.detail.startswith(_BLOCKED):
            return found
        if found.status in (Status.WRONG, Status.UNKNOWN):
            return replace(unknown(f"{_BLOCKED} {name}."), took_ms=0)
    started_s = time.monotonic()
    finding = await _finding(check, case)
    if finding.took_ms is None:
        finding = replace(finding, took_ms=round(1000 * (time.monotonic() - started_s)))
    return finding


async def _finding(check: Check, case: Case) -> Finding:
    try:
        async with asyncio.timeout(check.timeout_s):
            return await check.work(case)
    except TimeoutError:
        return Finding(
            Status.WRONG, f"No answer within {check.timeout_s:g} s.", "Try again in a minute."
        )
    except RcdeskError as error:
        return told(str(error))
    except Exception as error:  # noqa: BLE001 - one check must not end the others
        _log.exception("The check %s failed", check.name)
        kind = type(error).__name__
        return unknown(f"The check itself failed ({kind}).", "Please report this.")
