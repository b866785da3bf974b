"""What the windows offer of what the session may do, and a word on what it may not."""

import asyncio
import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rcdesk.core.abilities import NEEDS, Ability, lost, mend
from rcdesk.services.desk import Desk
from rcdesk.ui.notice_card import Notice, Notices

if TYPE_CHECKING:
    from rcdesk.ui.windows.main import MainWindow

_SUBJECT = "abilities"


def features_missing(lacking: tuple[Ability, ...]) -> Notice:
    """The app registration has too few scopes for some features (at least one)."""
    sentence = f"Your app registration lacks the scope for {lost(lacking)}. {mend(lacking)}"
    return Notice("Some features are off", (sentence,), "OK", "info", "warning")


class Offers(QObject):
    """Takes away what the platform would refuse, and says so once after each sign-in.

    `memory` keeps over a restart what has been said; nothing in it tells of the session.
    """

    def __init__(self, desk: Desk, notices: Notices, memory: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._notices = notices
        self._memory = memory
        self._window: MainWindow | None = None
        self._session_key = ("", "")
        self._abilities = desk.platform.http.abilities
        self._abilities.changed = self._offer

    def attach(self, window: "MainWindow") -> None:
        """Serve the main window, too."""
        self._window = window
        self._offer()

    def signed_in(self) -> None:
        """Somebody is signed in, perhaps still the same as before."""
        key = self._desk.platform.session.key
        if key == self._session_key:
            return
        self._session_key = key
        self._notices.take_away(_SUBJECT)
        self._offer()
        lacking = tuple(each for each in self._abilities.lacking() if NEEDS[each].is_shown)
        if lacking:
            self._desk.tasks.start(self._tell_once(lacking), "missing scopes")

    def signed_out(self) -> None:
        """Nobody is signed in: what was missing may not be at the next sign-in."""
        self._session_key = ("", "")
        self._notices.take_away(_SUBJECT)

    def _offer(self) -> None:
        if self._window is not None:
            may, history = self._may, self._window.history
            self._window.offer_ringout(may(Ability.RINGOUT))
            history.offer_blocking(may(Ability.BLOCKING))
            history.offer_messages(may(Ability.SMS))
            history.offer_contacts(may(Ability.CONTACTS))

    def _may(self, ability: Ability) -> bool:
        return not self._abilities.why_not(ability)

    async def _tell_once(self, lacking: tuple[Ability, ...]) -> None:
        mark = hashlib.sha256(repr((self._session_key, lacking)).encode()).hexdigest()
        if not await asyncio.to_thread(self._is_told, mark):
            self._notices.show_notice(_SUBJECT, features_missing(lacking), lambda: None)
            await asyncio.to_thread(self._remember, mark)

    def _is_told(self, mark: str) -> bool:
        try:
            return self._memory.read_text(encoding="ascii") == mark
        except (OSError, UnicodeDecodeError):
            return False

    def _remember(self, mark: str) -> None:
        # Without a place to write it is said again at the next start.
        with suppress(OSError):
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            self._memory.write_text(mark, encoding="ascii")
