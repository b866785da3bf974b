"""Window, tray and popups of one app registration, wired to its services."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Signal

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.services.absence import Digest
from rcdesk.services.desk import Desk
from rcdesk.services.session import SessionState, SessionStatus
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings
from rcdesk.ui import words
from rcdesk.ui.bridge import Bridge
from rcdesk.ui.contacts import ContactsControl
from rcdesk.ui.dialing import DialingControl
from rcdesk.ui.kept_calls import KeptCallsControl
from rcdesk.ui.live_calls import LiveCallsControl
from rcdesk.ui.notice_card import Notice, Notices, missed_meanwhile, session_over
from rcdesk.ui.offers import Offers
from rcdesk.ui.own_presence import NOT_CHANGED, OwnPresenceControl
from rcdesk.ui.signing_in import SignInControl
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.texting import TextingControl
from rcdesk.ui.tray import Tray

if TYPE_CHECKING:
    import asyncio

    from rcdesk.ui.audio.listening import Listening
    from rcdesk.ui.windows.main import MainWindow

_RESUMING = "Looking for your sign-in in the keyring."


class Desktop(QObject):
    """Everything the user sees once an app registration is known."""

    quit_requested = Signal()
    geometry_changed = Signal(bytes)
    """What `restore_geometry` takes to bring the window back where it was closed."""

    def __init__(
        self,
        desk: Desk,
        store: VaultSessionStore,
        theme: Theme,
        tray: Tray,
        *,
        settings: Settings,
        save: Callable[[Mapping[str, object]], None],
    ) -> None:
        super().__init__()
        self._desk = desk
        self._store = store
        self._theme = theme
        self._settings = settings
        self._save = save
        self._bridge = Bridge(desk, self)
        self._tray = tray
        memory = Paths.from_environment().state_dir / "before-dnd"
        self._own = OwnPresenceControl(desk, self._bridge, tray, memory, self._tell_refusal)
        self._calls = LiveCallsControl(desk, self._bridge, theme, tray, self._own)
        self._notices = Notices(theme)
        self._kept = KeptCallsControl(desk, self._bridge, tray, save)
        self._dialing = DialingControl(desk, self._bridge, settings, save)
        self._texting = TextingControl(desk, self._bridge, theme)
        self._contacts = ContactsControl(desk, self._bridge, theme)
        self._offers = Offers(desk, self._notices, memory.with_name("scopes-told"), self)
        self._built_window: MainWindow | None = None
        self._listening: Listening | None = None
        self._geometry = b""
        self._notice = ""
        self._connection_told_s = self._wait_over_s = 0.0
        self._status = SessionStatus(SessionState.SIGNING_IN, reason=_RESUMING)
        self._sign_in = SignInControl(desk, store, settings, self.raise_window, self)
        self._sign_in.keyring_mended.connect(self._take_notice_away)
        self._sign_in.keyring_tried.connect(self._show_out)
        self._owner_id = ""
        self._session_work: asyncio.Task[None] | None = None
        self._connect_services()
        self._connect_tray_and_calls()

    async def start(self) -> None:
        """Take up the stored session, or ask to sign in."""
        await self._calls.open()
        if not self._tray.is_available:
            self.raise_window()
        self._desk.tasks.start(self._store.mend(), "keyring")
        if not await self._sign_in.resume():
            self._show_session(self._desk.session.status)
            if self._settings.jwt:
                self._sign_in.with_jwt(self._settings.jwt)
            self.raise_window()

    async def close(self) -> None:
        """Take everything off the screen."""
        self._bridge.close()
        self._kept.close()
        await self._calls.close()
        self._notices.close()
        if self._listening is not None:
            self._listening.playback.close()
        if self._built_window is not None:
            await self._built_window.history.details.finish()
            self._built_window.close_for_good()

    def restore_geometry(self, geometry: bytes) -> None:
        """Where the window was, for when it opens; bytes that say nothing change nothing."""
        self._geometry = geometry

    def raise_window(self, activation_token: str = "") -> None:
        """Show the main window in front."""
        self._window.bring_to_front(activation_token)

    def fill_dialer(self, number: str) -> None:
        """Put a number into the dialer; dialing it is the user's click."""
        self._window.set_number(number)

    def show_notice(self, sentence: str) -> None:
        """Show a sentence that asks for no answer, now or when the window opens."""
        self._notice = sentence
        if self._built_window is not None:
            self._built_window.show_notice(sentence)

    def _take_notice_away(self, sentence: str) -> None:
        if self._notice == sentence:
            self.show_notice("")

    def show_keyring_trouble(self, sentence: str) -> None:
        """The keyring failed; where the way to sign in is shown, it is said there."""
        if self._store.is_unread and self._status.state is not SessionState.SIGNED_IN:
            self._show_out()
        else:
            self.show_notice(sentence)

    def warn_of_settings(self, warnings: Sequence[str], act: Callable[[], None]) -> None:
        """Say on a card, whose button does `act`, which settings were passed over, if any were."""
        if warnings:
            said = ("Some settings were ignored", (" ".join(warnings),), "Show the folder")
            self._notices.show_notice("settings", Notice(*said, "settings", "warning"), act)

    @property
    def _window(self) -> "MainWindow":
        """The main window, built when it is first wanted.

        Who has rcdesk start with the computer may not open it all day, and it takes 10 MB.
        """
        if self._built_window is None:
            from rcdesk.ui.windows.main import MainWindow  # noqa: PLC0415 - as said

            self._built_window = MainWindow(self._theme, self._bridge.spawn)
            self._fill_window(self._built_window)
            self._connect_window(self._built_window)
        return self._built_window

    def _fill_window(self, window: "MainWindow") -> None:
        """Show what has been told before there was a window."""
        window.set_tray_available(self._tray.is_available)
        self._show_status(window, self._status)
        self._dialing.attach(window)
        self._calls.attach(window)
        self._own.attach(window)
        self._offers.attach(window)
        self._kept.attach(window.history, window.statistics)
        self._offer_audio(window)
        if self._status.state is SessionState.SIGNED_IN:
            window.show_connection(self._connection_now())
            window.show_waiting(max(0.0, self._wait_over_s - elapsed_s()))
        if self._notice:
            window.show_notice(self._notice)
        if self._geometry:
            window.restoreGeometry(QByteArray(self._geometry))

    def _offer_audio(self, window: "MainWindow") -> None:
        from rcdesk.ui.audio.listening import Listening  # noqa: PLC0415 - comes with the window

        memory = Paths.from_environment().state_dir / "download-folder"
        listening = self._listening = Listening(self._desk.audio, self._bridge.spawn, memory, self)
        self._bridge.call_changed.connect(listening.heed_call)
        self._bridge.waiting.connect(listening.heed_wait)
        # Closed, it may be minimised only, where there is no tray.
        window.geometry_changed.connect(listening.playback.pause)
        window.history.details.set_listening(listening)

    def _connection_now(self) -> Connection:
        """The connection with what is left of its wait."""
        connection = self._desk.calls.connection
        if connection.retry_in_s is None:
            return connection
        passed_s = elapsed_s() - self._connection_told_s
        return replace(connection, retry_in_s=max(0.0, connection.retry_in_s - passed_s))

    def _connect_services(self) -> None:
        bridge = self._bridge
        bridge.connection_changed.connect(self._show_connection)
        bridge.session_changed.connect(self._show_session)
        bridge.notice.connect(self.show_notice)
        bridge.absence_ended.connect(self._show_digest)
        bridge.session_ends.connect(self._warn_of_session)
        bridge.waiting.connect(self._keep_wait)

    def _connect_window(self, window: "MainWindow") -> None:
        self._bridge.waiting.connect(window.show_waiting)
        self._tray.availability_changed.connect(window.set_tray_available)
        window.refresh_requested.connect(self._kept.refresh)
        window.sign_in_requested.connect(self._sign_in.with_window)
        window.browser_sign_in_requested.connect(self._sign_in.with_browser)
        window.keyring_requested.connect(self._sign_in.by_keyring)
        window.sign_in_cancelled.connect(self._sign_in.cancel)
        window.sign_out_requested.connect(self._sign_out)
        window.quit_requested.connect(self.quit_requested)
        window.theme_requested.connect(self._choose_theme)
        window.keeping_requested.connect(lambda: self._kept.ask_how_long(window))
        window.geometry_changed.connect(lambda it: self.geometry_changed.emit(bytes(it.data())))
        window.history.message_requested.connect(
            lambda number, name: self._texting.write_to(window, number, name)
        )
        window.history.contact_requested.connect(
            lambda entry: self._contacts.open_card(window, entry)
        )
        window.missed_seen.connect(self._desk.history.see_missed)

    def _connect_tray_and_calls(self) -> None:
        tray, calls = self._tray, self._calls
        tray.dial_requested.connect(self._pick)
        tray.sign_in_requested.connect(self._sign_in.with_window)
        tray.sign_out_requested.connect(self._sign_out)
        tray.missed_seen.connect(self._desk.history.see_missed)
        calls.call_back_requested.connect(self._call_back)
        calls.window_wanted.connect(self.raise_window)
        self._contacts.call_requested.connect(self._call_back)

    def _show_digest(self, digest: Digest) -> None:
        self._notices.show_notice(
            "missed", missed_meanwhile(digest.missed, self._desk.region), self.raise_window
        )

    def _warn_of_session(self, sentence: str) -> None:
        self._notices.show_notice("session", session_over(sentence), self._sign_in.with_window)

    def _tell_refusal(self, sentence: str) -> None:
        """The presence is as it was; who chose it in the tray's menu has no window before them."""
        if self._built_window is not None and self._built_window.isVisible():
            self.show_notice(f"{NOT_CHANGED}. {sentence}")
        else:
            said = (NOT_CHANGED, (sentence,), "Open rcdesk", "warning", "warning")
            self._notices.show_notice("presence", Notice(*said), self.raise_window)

    def _show_connection(self, connection: Connection) -> None:
        if self._status.state is SessionState.SIGNED_OUT:
            # What ends with the session says less than the session's own end.
            return
        self._connection_told_s = elapsed_s()
        if connection.state is ConnectionState.OFFLINE and connection.reason:
            self._calls.let_go()
        self._tray.show_connection(connection)
        self._calls.show_online(connection.state is ConnectionState.ONLINE)
        if self._built_window is not None:
            self._built_window.show_connection(connection)
        if connection.state is ConnectionState.ONLINE:
            self._bridge.spawn(self._load(), "account and history")

    def _keep_wait(self, seconds: float) -> None:
        self._wait_over_s = elapsed_s() + seconds

    def _show_session(self, status: SessionStatus) -> None:
        self._status = status
        if status.state is SessionState.SIGNED_OUT:
            self._offers.signed_out()
            self._stop_following()
            if not status.was_ended:
                self._forget()
        if self._built_window is not None:
            self._show_status(self._built_window, status)
        if status.state is SessionState.SIGNED_IN:
            self._take_up(status)
        elif status.state is SessionState.SIGNED_OUT:
            if status.was_ended:
                self._warn_of_session(status.reason)
            self._tray.show_account(None)
            self._tray.show_connection(Connection(ConnectionState.SIGNED_OUT, status.reason))
            self._tray.show_unread(self._store.is_unread)

    def _show_out(self) -> None:
        """Nobody is signed in; whether somebody could be without asking them may have changed."""
        if self._status.state is SessionState.SIGNED_OUT:
            self._tray.show_unread(self._store.is_unread)
            if self._built_window is not None:
                self._show_status(self._built_window, self._status)

    def _show_status(self, window: "MainWindow", status: SessionStatus) -> None:
        if status.state is SessionState.SIGNED_IN:
            window.show_signed_in()
        elif status.state is SessionState.SIGNING_IN:
            window.show_signing_in(status.reason)
        elif self._sign_in.is_trying_keyring:
            window.show_signing_in(_RESUMING)
        elif status.was_ended:
            window.show_ended(status.reason)
        else:
            unread = self._store.trouble if self._store.is_unread else ""
            window.show_signed_out(status.reason, words.unread(unread))
        if status.account is not None:
            window.show_account(status.account.name, status.account.extension_number)
            window.set_region(status.account.region)

    def _take_up(self, status: SessionStatus) -> None:
        account = status.account
        self._offers.signed_in()
        self._tray.show_account(account.name if account else "")
        owner_id = self._desk.platform.session.owner_id
        if owner_id != self._owner_id:
            self._owner_id = owner_id
            self._stop_following()
            self._forget()
        # Where live events were forbidden, following has ended, and may be allowed now.
        if self._session_work is None or self._session_work.done():
            self._notices.take_away("session")
            self._session_work = self._desk.tasks.start(self._desk.calls.run(), "gateway")
            if self._store.is_in_memory and not self._settings.jwt:
                self.show_notice(self._store.trouble)
            self._bridge.spawn(self._load(), "account and history")

    def _forget(self) -> None:
        self._desk.forget()
        self._own.forget()
        self._texting.forget()
        self._contacts.forget()

    def _stop_following(self) -> None:
        """Without a session nobody tells how the calls go on; what was loaded stays."""
        if self._session_work is None:
            return
        self._session_work.cancel()
        self._session_work = None
        self._calls.let_go()
        self._dialing.let_go()

    async def _load(self) -> None:
        """What is asked once, and again when the connection comes back without it."""
        desk = self._desk
        if desk.session.account is None:
            await desk.session.load_account()
        await self._dialing.load_from_numbers()
        if not desk.history.is_loaded:
            await desk.history.refresh()

    def _pick(self, number: str) -> None:
        """A number of the tray's menu: one slip of the pointer must not call it."""
        self.raise_window()
        if number:
            self.fill_dialer(number)

    def _call_back(self, number: str) -> None:
        """“Call back” was pressed, which is the user's click; the window shows the rest."""
        self.raise_window()
        self._window.call_back(number)

    def _sign_out(self) -> None:
        # The socket goes first: a revoked token would only make it reconnect in vain.
        self._stop_following()
        self._bridge.spawn(self._desk.session.sign_out(), "signing out")

    def _choose_theme(self, preference: str) -> None:
        self._theme.set_preference(preference)
        self._save({"theme": preference})
