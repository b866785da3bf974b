"""Everything rcdesk does, without a window: the tray app and `rcdesk watch` both stand on it."""

import hashlib
import os
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Self

from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.gateway_socket import Connector
from rcdesk.ringcentral.platform import Network, Platform
from rcdesk.ringcentral.rate_limits import Penalties
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import SessionStore
from rcdesk.services.absence import AbsenceService
from rcdesk.services.archiving import ArchiveService, Keeping
from rcdesk.services.audio import AudioKeeping, AudioService
from rcdesk.services.calls import CallService
from rcdesk.services.dialing import DialService
from rcdesk.services.history import HistoryService
from rcdesk.services.places import Places
from rcdesk.services.session import SessionService
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.services.tasks import Tasks
from rcdesk.system.paths import Paths
from rcdesk.system.penalties import PenaltyFiles
from rcdesk.system.secrets import KeyringVault
from rcdesk.system.settings import Settings
from rcdesk.system.wakeups import watch_wakeups

KEYRING_SERVICE = "rcdesk"


def registration(settings: Settings) -> AppRegistration:
    """The app registration that the settings name.

    Raises:
        BadInput: there is none, or it cannot be used.
    """
    return AppRegistration(
        server_url=settings.server_url,
        client_id=settings.client_id,
        client_secret=settings.client_secret or None,
        redirect_uri=settings.redirect_uri,
        brand_id=settings.brand_id,
        uses_discovery=settings.discovery,
    )


def network(settings: Settings) -> Network:
    """The way to the platform that the settings describe."""
    return Network(proxy=settings.proxy, ca_file=settings.ca_file)


def keeping(settings: Settings, paths: Paths) -> Keeping:
    """Where and how long the settings want calls to be kept."""
    days = settings.keep_calls_days
    return Keeping(
        paths.data_dir,
        longest=timedelta(days=days) if days else None,
        wipes=settings.wipe_on_sign_out,
    )


def audio_keeping(settings: Settings, paths: Paths) -> AudioKeeping:
    """Where and how long the settings want recordings to be kept that were listened to."""
    return AudioKeeping(
        paths.cache_dir / "audio",
        longest=timedelta(days=settings.keep_audio_days),
        wipes=settings.wipe_on_sign_out,
    )


def session_store(
    settings: Settings,
    paths: Paths,
    notice: Callable[[str], None],
    *,
    vault: type[KeyringVault] = KeyringVault,
) -> VaultSessionStore:
    """The keyring entry of this app registration and profile, by any kind of `vault`."""
    profile = hashlib.sha256(os.fsencode(paths.config_dir)).hexdigest()[:8]
    account = f"{settings.client_id} at {settings.server_url} ({profile})"
    return VaultSessionStore(vault(KEYRING_SERVICE, account, paths), notice)


def penalties(settings: Settings, paths: Paths) -> PenaltyFiles:
    """What processes of this app registration and profile tell each other of rate limits."""
    registration = f"{settings.client_id} at {settings.server_url}"
    return PenaltyFiles(paths.state_dir, registration, instant_now)


class Desk:
    """The services of one app registration; an async context manager that ends them all.

    Without `keeping` no call is kept; without `audio_keeping` none can be listened to; without
    `penalties` other processes are not told of a rate limit.
    """

    def __init__(
        self,
        app: AppRegistration,
        store: SessionStore,
        *,
        with_places: bool = True,
        keeping: Keeping | None = None,
        audio_keeping: AudioKeeping | None = None,
        network: Network | None = None,
        connector: Connector | None = None,
        penalties: Penalties | None = None,
        clock: Clock = instant_now,
        watch_wakeups: Callable[[Callable[[str], None]], Coroutine[None, None, None]] = (
            watch_wakeups
        ),
    ) -> None:
        self.platform = Platform(
            app, store, network=network, connector=connector, penalties=penalties, clock=clock
        )
        self.tasks = Tasks()
        self.session = SessionService(self.platform, clock=clock)
        self.places = Places(self.tasks) if with_places else None
        self.calls = CallService(
            self.platform,
            self.tasks,
            places=self.places,
            region=lambda: self.region,
            clock=clock,
            watch_wakeups=watch_wakeups,
        )
        self.history = HistoryService(self.platform, self.calls, self.tasks, clock=clock)
        self.archiving = ArchiveService(
            self.session, self.calls, self.history, self.tasks, keeping=keeping, clock=clock
        )
        self.audio = AudioService(self.session, self.tasks, keeping=audio_keeping, clock=clock)
        self.absence = AbsenceService(self.calls, self.history, self.tasks, clock=clock)
        self.dialing = DialService(self.platform, self.calls, self.tasks)

    @property
    def region(self) -> str:
        """The account's home country; numbers are read as dialed there."""
        account = self.session.account
        return account.region if account else "US"

    def let_calls_go(self) -> None:
        """Follow no call any more; what was listed stays."""
        self.calls.forget()
        self.absence.forget()

    def forget(self) -> None:
        """Drop what belongs to the user who signed out."""
        self.calls.forget()
        self.history.forget()
        self.absence.forget()
        self.dialing.from_numbers = ()

    async def __aenter__(self) -> Self:
        self.audio.begin()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.archiving.aclose()
        await self.audio.aclose()
        await self.tasks.cancel()
        await self.platform.aclose()
