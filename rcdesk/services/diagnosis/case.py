"""What the checks look at, and what they leave for each other."""

import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from rcdesk.core.errors import RcdeskError
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.proxies import Proxies
from rcdesk.services.diagnosis.probe import Probe
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings, load_settings

T = TypeVar("T")


def _no_tray() -> bool:
    return False


@dataclass(kw_only=True)
class Case:
    """One examination.

    Attributes:
        settings: None where they cannot be read at all.
        settings_trouble: why they cannot.
        utc_now: this computer's time of day.
        has_xembed_tray: asks the X server for the older kind of tray; may block.
        probe: set by the check `connection`.
        is_reachable: set by `server`: RingCentral itself answers.
        is_keyring_usable: set by `keyring`.
        is_keyring_missing: set by `keyring` too; else one that is not usable may hold a session.
        platform: set by `session` where somebody is signed in.
        private: tokens and the like, which must not get into a bundle.
        people: names that must not either.
    """

    paths: Paths
    settings: Settings | None
    settings_trouble: str = ""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    utc_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    has_xembed_tray: Callable[[], bool] = _no_tray
    probe: Probe | None = None
    is_reachable: bool = False
    is_keyring_usable: bool = False
    is_keyring_missing: bool = False
    platform: Platform | None = None
    private: set[str] = field(default_factory=set, repr=False)
    people: set[str] = field(default_factory=set, repr=False)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def known_settings(self) -> Settings:
        """The settings, for checks that need the check `settings`."""
        return present(self.settings)

    @property
    def proxies(self) -> Proxies:
        """The way to the server."""
        return Proxies(self.known_settings.proxy)


def open_case(
    paths: Paths,
    *,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    has_xembed_tray: Callable[[], bool] = _no_tray,
) -> Case:
    """The case of this profile; settings that cannot be read are part of it."""
    environ = os.environ if environ is None else environ
    settings, trouble = None, ""
    try:
        settings = load_settings(paths, environ, overrides)
    except RcdeskError as error:
        trouble = str(error)
    return Case(
        paths=paths,
        settings=settings,
        settings_trouble=trouble,
        environ=environ,
        has_xembed_tray=has_xembed_tray,
    )


def present(value: T | None) -> T:
    """What an earlier check has left; the table of checks sees to the order."""
    if value is None:
        raise LookupError("a check ran before what it needs")
    return value
