"""Writing text messages, between the service and the dialog."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rcdesk.core.call import Endpoint
from rcdesk.core.errors import RcdeskError
from rcdesk.services.desk import Desk
from rcdesk.ui.bridge import Bridge
from rcdesk.ui.style.theme import Theme

if TYPE_CHECKING:
    from rcdesk.services.texting import TextService
    from rcdesk.ui.windows.compose import ComposeDialog


class TextingControl(QObject):
    """One dialog for each number; what was not sent is there again the next time."""

    def __init__(self, desk: Desk, bridge: Bridge, theme: Theme) -> None:
        super().__init__(bridge)
        self._desk = desk
        self._bridge = bridge
        self._theme = theme
        self._dialogs: dict[str, ComposeDialog] = {}
        self._drafts: dict[str, str] = {}

    def write_to(self, parent: QWidget, number: str, name: str) -> None:
        """Let the user write to `number` (E.164)."""
        from rcdesk.ui.windows.compose import ComposeDialog  # noqa: PLC0415 - seldom opened

        if (opened := self._dialogs.get(number)) is not None:
            opened.raise_()
            opened.activateWindow()
            return
        draft = self._drafts.pop(number, "")
        to = Endpoint(number, name)
        dialog = ComposeDialog(self._theme, parent, to, self._desk.region, draft)
        self._dialogs[number] = dialog
        dialog.send_requested.connect(
            lambda text, sender: self._bridge.spawn(
                self._send(dialog, number, text, sender), "sending a message"
            )
        )
        dialog.finished.connect(lambda _result: self._put_away(number))
        dialog.open()
        self._bridge.spawn(self._offer_senders(dialog, number), "numbers to send from")

    def forget(self) -> None:
        """Somebody else may sign in."""
        for dialog in list(self._dialogs.values()):
            dialog.reject()
        self._drafts.clear()

    def _texting(self) -> "TextService":
        from rcdesk.services.texting import TextService  # noqa: PLC0415 - as the dialog

        return TextService(self._desk.platform, self._desk.session)

    async def _offer_senders(self, dialog: "ComposeDialog", number: str) -> None:
        try:
            senders = await self._texting().senders()
        except RcdeskError:
            # Sending asks again, and says what is wrong.
            return
        if self._dialogs.get(number) is dialog:
            dialog.offer_senders(senders)

    async def _send(self, dialog: "ComposeDialog", number: str, text: str, sender: str) -> None:
        try:
            await self._texting().send(number, text, from_text=sender)
        except RcdeskError as error:
            if self._dialogs.get(number) is dialog:
                dialog.show_failure(str(error))
            else:
                self._drafts.setdefault(number, text)
                self._bridge.notice.emit(f"The message was not sent. {error}")
            return
        self._drafts.pop(number, None)
        if self._dialogs.get(number) is dialog:
            dialog.accept()
        self._bridge.notice.emit("The message was sent.")

    def _put_away(self, number: str) -> None:
        dialog = self._dialogs.pop(number)
        if dialog.result() != dialog.DialogCode.Accepted and dialog.text.strip():
            self._drafts[number] = dialog.text
