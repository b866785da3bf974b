from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton

from rcdesk.core.past_calls import CallFilter
from rcdesk.ui.history.choices import Person
from rcdesk.ui.history.removal import UNDO_MS
from rcdesk.ui.windows.keeping import KeepingDialog
from tests.e2e.conftest import Office
from tests.until import until

InOffice = Callable[..., None]


def in_tray(office: Office) -> list[str]:
    return [entry.session_id for entry in office.desktop._tray._recent]


async def missed_call(office: Office) -> str:
    """A call at the top of the list that nobody answered."""
    session_id = await office.ring()
    await until(lambda: office.cards)
    await office.move(session_id, "hangup")
    await until(lambda: office.listed[0] == session_id)
    history = office.desktop._window.history
    history.view.choose(history.model.listed()[0].id)
    return session_id


def confirm(office: Office, does: str) -> None:
    question = office.desktop._window.findChild(QMessageBox)
    assert question is not None
    next(b for b in question.findChildren(QPushButton) if b.text() == does).click()


def test_everything_that_ringcentral_has_is_in_the_list(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await office.until_all_listed()
        assert not office.desktop._window.history.sync_line.isVisible()
        await until(lambda: in_tray(office) == office.listed[:5])

    in_office(day)


def test_a_call_deleted_here_is_gone_and_stays_so(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        session_id = await missed_call(office)
        await until(lambda: in_tray(office)[0] == session_id)
        history = office.desktop._window.history
        QTest.keyClick(history.view, Qt.Key.Key_Delete)
        assert history._removal._timer.interval() == UNDO_MS
        history._removal._timer.timeout.emit()
        await until(lambda: session_id not in in_tray(office))
        await until(lambda: history.model.listed()[0].entry.session_id != session_id)
        await office.desk.history.refresh()
        await until(lambda: not history.model.is_busy)
        assert session_id not in office.listed

    in_office(day)


def test_somebody_who_is_forgotten_leaves_no_call(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        session_id = await missed_call(office)
        history = office.desktop._window.history
        (call,) = [it for it in history.model.listed() if it.entry.session_id == session_id]
        archive = office.desk.archiving.archive
        assert archive is not None
        assert call.person is not None
        history.call_actions.ask_forget(Person(call.person, "Ada Lovelace"))
        confirm(office, "Forget")
        await until(lambda: session_id not in office.listed)
        assert await archive.count(CallFilter(text="Lovelace")) == 0

    in_office(day)


def test_a_missed_call_can_be_marked_as_resolved(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await missed_call(office)
        history = office.desktop._window.history
        assert history.model.listed()[0].is_unresolved
        history.call_actions.resolve_requested.emit((history.model.listed()[0].id,))
        await until(lambda: not history.model.listed()[0].is_unresolved)

    in_office(day)


def test_a_blocked_number_is_on_ringcentrals_list(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        window.history.call_actions.ask_block("+14155550123", "Ada Lovelace", "US")
        confirm(office, "Block")
        await until(window._notice.isVisible)
        assert window._notice.text == "Ada Lovelace is blocked on all of your phones."
        requests = office.simulator.world.journal.entries
        (sent,) = [it for it in requests if it["path"].endswith("caller-blocking/phone-numbers")]
        assert sent["body"] == {
            "phoneNumber": "+14155550123", "label": "Ada Lovelace", "status": "Blocked",
        }  # fmt: skip

    in_office(day)


def test_a_number_that_could_not_be_blocked_is_said_to_be_free(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        await office.fault(
            method="POST", status=500, times=9,
            path="/restapi/v1.0/account/~/extension/~/caller-blocking/phone-numbers",
        )  # fmt: skip
        window.history.call_actions.block_requested.emit("+14155550123", "Ada Lovelace")
        await until(window._notice.isVisible)
        assert window._notice.text.startswith("The number was not blocked. ")

    in_office(day)


def test_how_long_calls_are_kept_is_chosen_in_a_dialog(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await office.until_all_listed()
        everything = len(office.listed)
        window = office.desktop._window
        window.keeping_requested.emit()
        await until(lambda: window.findChild(KeepingDialog))
        dialog = window.findChild(KeepingDialog)
        assert dialog is not None
        said = [label.text() for label in dialog.findChildren(QLabel)]
        assert f"{everything} calls since" in said[0]
        dialog._days.setCurrentIndex(dialog._days.findData(7))
        dialog._days.activated.emit(dialog._days.currentIndex())
        assert office.saved == [{"keep_calls_days": 7, "wipe_on_sign_out": False}]
        await until(lambda: len(office.listed) < everything)
        dialog._days.setCurrentIndex(dialog._days.findData(0))
        dialog._days.activated.emit(dialog._days.currentIndex())
        await until(lambda: len(office.listed) == everything)
        dialog._wipes.click()
        assert office.saved[-1] == {"keep_calls_days": 0, "wipe_on_sign_out": True}
        dialog.accept()

    in_office(day)


def test_what_is_being_written_is_kept_when_rcdesk_quits(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await missed_call(office)
        history = office.desktop._window.history
        (call, *_) = history.model.listed()
        history.show_call(call.id)
        await until(lambda: history.details.is_filled)
        editor = history.details.findChild(QPlainTextEdit)
        tag = history.details.findChild(QLineEdit)
        assert editor is not None
        assert tag is not None
        QTest.keyClicks(tag, "vip")
        editor.setPlainText("Wants a quote")
        await office.desktop.close()
        archive = office.desk.archiving.archive
        assert archive is not None
        details = await archive.details(call.id)
        assert details is not None
        assert (details.note, details.call.tags) == ("Wants a quote", ("vip",))

    in_office(day)
