from collections.abc import Callable

from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from rcdesk.core.call import Endpoint
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.windows.compose import LONGEST, ComposeDialog
from tests.e2e.conftest import Office
from tests.until import until

InOffice = Callable[..., None]
TO = ("+14155550123", "Ada Lovelace")
PATH = "/restapi/v1.0/account/~/extension/~/sms"


def opened(office: Office) -> ComposeDialog:
    found = office.desktop._window.findChildren(ComposeDialog)
    return next(dialog for dialog in found if dialog.isVisible())


def write(dialog: ComposeDialog, text: str) -> None:
    edit = dialog.findChild(QPlainTextEdit)
    assert edit is not None
    edit.setPlainText(text)


def send(dialog: ComposeDialog) -> None:
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Send").click()


def sent(office: Office) -> list[object]:
    entries = office.simulator.world.journal.entries
    return [it["body"]["text"] for it in entries if it["path"] == PATH]


def test_a_message_is_sent_and_its_dialog_closes(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        window.history.message_requested.emit(*TO)
        dialog = opened(office)
        write(dialog, "On my way")
        send(dialog)
        await until(window._notice.isVisible)
        assert window._notice.text == "The message was sent."
        assert sent(office) == ["On my way"]
        await until(lambda: not window.findChildren(ComposeDialog))

    in_office(day)


def test_what_was_not_sent_stays_written(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        await office.fault(method="POST", path=PATH, status=500, times=9)
        window.history.message_requested.emit(*TO)
        dialog = opened(office)
        write(dialog, "On my way")
        send(dialog)
        await until(dialog._trouble.isVisible)
        assert dialog.text == "On my way"
        dialog.reject()
        window.history.message_requested.emit("+442079460958", "")
        assert opened(office).text == ""
        opened(office).reject()
        window.history.message_requested.emit(*TO)
        assert opened(office).text == "On my way"
        await office.heal()
        send(opened(office))
        await until(lambda: len(sent(office)) > 1)
        await until(lambda: not window.findChildren(ComposeDialog))
        window.history.message_requested.emit(*TO)
        assert opened(office).text == ""
        opened(office).reject()

    in_office(day)


def test_signing_out_closes_what_was_being_written(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        window.history.message_requested.emit(*TO)
        write(opened(office), "Confidential")
        window.sign_out_requested.emit()
        await until(lambda: not office.desk.session.is_signed_in)
        assert not any(it.isVisible() for it in window.findChildren(ComposeDialog))
        assert office.desktop._texting._drafts == {}

    in_office(day)


def test_the_length_is_counted_as_ringcentral_does(theme: Theme) -> None:
    dialog = ComposeDialog(theme, None, Endpoint(*TO), "US")
    button = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Send")
    for text, left, can_send in (
        ("", "1,000 left", False),
        ("  ", "998 left", False),
        ("😀" * (LONGEST // 2), "0 left", True),
        ("😀" * (LONGEST // 2) + "a", "1 too many", False),
    ):
        write(dialog, text)
        assert dialog._left.text() == left
        assert button.isEnabled() is can_send
    dialog.deleteLater()
