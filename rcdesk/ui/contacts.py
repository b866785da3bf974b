"""Looking up whose a call was, between the service and the card."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import PermissionMissing, RcdeskError, SignedOut
from rcdesk.core.history import HistoryEntry
from rcdesk.core.numbers import is_public
from rcdesk.services.desk import Desk
from rcdesk.ui import words
from rcdesk.ui.bridge import Bridge
from rcdesk.ui.style.theme import Theme

if TYPE_CHECKING:
    from rcdesk.services.contacts import ContactService, NewContact
    from rcdesk.ui.windows.contact import ContactDialog


class ContactsControl(QObject):
    """One card for each number."""

    call_requested = Signal(str)
    """A number whose Call button the user pressed."""

    def __init__(self, desk: Desk, bridge: Bridge, theme: Theme) -> None:
        super().__init__(bridge)
        self._desk = desk
        self._bridge = bridge
        self._theme = theme
        self._dialogs: dict[str, ContactDialog] = {}
        self._looking: set[str] = set()
        self._service: ContactService | None = None
        bridge.waiting.connect(self._show_waiting)

    def open_card(self, parent: QWidget, entry: HistoryEntry) -> None:
        """Show whose the number at the other end of a call is."""
        from rcdesk.ui.windows.contact import ContactDialog  # noqa: PLC0415 - seldom opened

        number = entry.other.number
        if (opened := self._dialogs.get(number)) is not None:
            opened.raise_()
            opened.activateWindow()
            return
        is_fax = entry.type == "Fax"
        dialog = ContactDialog(self._theme, parent, entry.other, self._desk.region, is_fax=is_fax)
        self._dialogs[number] = dialog
        dialog.retry_requested.connect(lambda: self._begin(dialog, number))
        dialog.add_requested.connect(
            lambda new: self._bridge.spawn(self._add(dialog, number, new), "adding a contact")
        )
        dialog.call_requested.connect(lambda to: self._call(dialog, to))
        dialog.finished.connect(lambda _result: self._dialogs.pop(number))
        dialog.open()
        self._begin(dialog, number)

    def forget(self) -> None:
        """Somebody else may sign in."""
        for dialog in list(self._dialogs.values()):
            dialog.reject()
        self._service = None

    @property
    def _contacts(self) -> "ContactService":
        from rcdesk.services.contacts import ContactService  # noqa: PLC0415 - as the dialog

        if self._service is None:
            self._service = ContactService(self._desk.platform, self._desk.session)
        return self._service

    def _begin(self, dialog: "ContactDialog", number: str) -> None:
        dialog.show_looking(self._contacts.wait_s)
        self._looking.add(number)
        task = self._bridge.spawn(self._look_up(dialog, number), "looking up a contact")
        # Nobody waits for the answer any more, and others may.
        dialog.finished.connect(lambda _result: task.cancel())

    async def _look_up(self, dialog: "ContactDialog", number: str) -> None:
        try:
            card = await self._contacts.look_up(number)
        except RcdeskError as error:
            if self._dialogs.get(number) is dialog:
                may_help = not isinstance(error, PermissionMissing | SignedOut)
                dialog.show_failure(str(error), can_retry=may_help)
            return
        finally:
            self._looking.discard(number)
        if self._dialogs.get(number) is not dialog:
            return
        if card is None:
            may_add = not self._desk.platform.http.abilities.why_not(Ability.EDIT_CONTACTS)
            dialog.show_not_found(can_add=may_add and is_public(number))
        else:
            dialog.show_card(card)

    async def _add(self, dialog: "ContactDialog", number: str, new: "NewContact") -> None:
        name = words.plain(f"{new.first_name} {new.last_name}") or words.plain(new.company)
        try:
            card = await self._contacts.add(new)
        except RcdeskError as error:
            if self._dialogs.get(number) is dialog:
                dialog.show_not_added(str(error))
            else:
                self._bridge.notice.emit(f"{name} was not added to your contacts. {error}")
            return
        if self._dialogs.get(number) is dialog:
            dialog.show_card(card)
        else:
            self._bridge.notice.emit(f"{name} is in your contacts now.")

    def _call(self, dialog: "ContactDialog", number: str) -> None:
        dialog.accept()
        self.call_requested.emit(number)

    def _show_waiting(self, _seconds: float) -> None:
        for number in self._looking & self._dialogs.keys():
            self._dialogs[number].show_looking(self._contacts.wait_s)
