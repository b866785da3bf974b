from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from rcdesk.core.call import Endpoint
from rcdesk.services.contacts import CardNumber, ContactCard, Origin
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.windows.contact import ContactDialog
from rcdesk.ui.windows.contact_words import kind_text, note_text, position_text
from tests.ui.on_screen import buttons, lines

ADA = Endpoint("+14155550123", "Ada Lovelace")
NOBODY_KNOWN = ContactCard(Origin.CONTACTS)
LONG = ContactCard(
    Origin.CONTACTS,
    name="Featherstonehaugh " * 40,
    company="Company " * 90,
    job_title="<script>" * 99,
    numbers=tuple(CardNumber(f"+1415555{n:04}", "mobile_phone") for n in range(30)),
    emails=("a" * 300,),
    notes="x" * 9_000,
)
HEBREW = ContactCard(Origin.CONTACTS, "עדה לאבלייס", "חברת המנועים", notes="להתקשר לפני הצהריים")
ODD = ContactCard(
    Origin.CONTACTS,
    name="\u202eEvil\x00 <b>name</b>",
    numbers=(CardNumber("call <i>me</i>", "callback_phone"), CardNumber("", "other_phone")),
    emails=(" ",),
)


@pytest.fixture
def dialog(theme: Theme, qtbot: QtBot) -> Iterator[ContactDialog]:
    made = ContactDialog(theme, None, ADA, "US", is_fax=False)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    qtbot.waitUntil(made.isVisible)
    yield made
    made.close()
    made.deleteLater()


@pytest.mark.parametrize("card", [NOBODY_KNOWN, LONG, HEBREW, ODD])
@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_any_card_keeps_within_the_dialog(
    dialog: ContactDialog, card: ContactCard, direction: Qt.LayoutDirection
) -> None:
    dialog.setLayoutDirection(direction)
    dialog.show_card(card)
    assert dialog.width() == 420
    assert dialog.height() <= 640
    shown = [label for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)
    for label in shown:
        assert label.mapTo(dialog, label.rect().topRight()).x() < dialog.width()


def test_a_long_sentence_is_shown_whole(dialog: ContactDialog) -> None:
    sentence = "The app registration lacks the ReadContacts scope. " * 5
    dialog.show_failure(sentence)
    label = next(it for it in dialog.findChildren(QLabel) if it.text() == sentence)
    QApplication.processEvents()
    assert label.height() >= label.heightForWidth(label.width())


def test_without_a_name_the_call_tells_who_it_is(dialog: ContactDialog) -> None:
    dialog.show_card(NOBODY_KNOWN)
    assert lines(dialog)[0] == "Ada Lovelace"
    assert "Nothing more is known of them." in lines(dialog)


def test_what_cannot_be_dialed_can_be_copied_alone(dialog: ContactDialog) -> None:
    dialog.show_card(ODD)
    buttons = {it.accessibleName(): it for it in dialog.findChildren(QToolButton)}
    assert not buttons["Call call <i>me</i>, Callback"].isEnabled()
    buttons["Copy call <i>me</i>"].click()
    assert QApplication.clipboard().text() == "call <i>me</i>"


def test_a_second_enter_calls_nobody(dialog: ContactDialog, qtbot: QtBot) -> None:
    dialog.show_card(LONG)
    with qtbot.assertNotEmitted(dialog.call_requested):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_while_it_is_being_added_nothing_is_sent_again(dialog: ContactDialog, qtbot: QtBot) -> None:
    dialog.show_not_found(can_add=True)
    buttons(dialog)["Add to contacts"].click()
    first = dialog.findChildren(QLineEdit)[0]
    with qtbot.waitSignal(dialog.add_requested) as asked:
        QTest.keyClick(first, Qt.Key.Key_Return)
    assert asked.args[0].kind == "mobile_phone"
    with qtbot.assertNotEmitted(dialog.add_requested):
        QTest.keyClick(first, Qt.Key.Key_Return)
    assert first.isReadOnly()
    dialog.show_not_added("No.")
    assert not first.isReadOnly()
    assert "No." in lines(dialog)


def test_nobody_is_added_without_a_name(dialog: ContactDialog) -> None:
    dialog.show_not_found(can_add=True)
    buttons(dialog)["Add to contacts"].click()
    for field in dialog.findChildren(QLineEdit):
        field.setText("  ")
    assert not buttons(dialog)["Add contact"].isEnabled()


def test_a_fax_number_is_put_with_the_fax_numbers(theme: Theme, qtbot: QtBot) -> None:
    other = Endpoint("+14155550123", "Analytical Engines Ltd")
    dialog = ContactDialog(theme, None, other, "US", is_fax=True)
    dialog.show()
    dialog.show_not_found(can_add=True)
    buttons(dialog)["Add to contacts"].click()
    box = dialog.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    with qtbot.waitSignal(dialog.add_requested) as asked:
        box.setCurrentText("Other fax")
        buttons(dialog)["Add contact"].click()
    assert asked.args[0] == ("", "", "Analytical Engines Ltd", "+14155550123", "other_fax")
    dialog.close()


@pytest.mark.parametrize("number", ["999", "+14155550123"])
def test_who_may_not_add_is_not_offered_it(theme: Theme, number: str) -> None:
    dialog = ContactDialog(theme, None, Endpoint(number), "US", is_fax=False)
    dialog.show()
    dialog.show_not_found(can_add=False)
    headline = "Not in the company directory" if number == "999" else "Not in your contacts"
    assert headline in lines(dialog)
    assert list(buttons(dialog)) == ["Close"]
    dialog.close()


def test_a_number_is_named_by_its_kind() -> None:
    assert kind_text(CardNumber("1", "business_fax")) == "Business fax"
    assert kind_text(CardNumber("1", "DirectNumber", "Front\ndesk")) == "Front desk"
    assert kind_text(CardNumber("1", "SomethingNew")) == "Phone"


def test_a_company_is_not_told_twice() -> None:
    card = ContactCard(Origin.DIRECTORY, name="Acme", company="Acme", type="Department")
    assert position_text(card) == "Call queue"


def test_a_note_keeps_its_lines_and_misleads_nobody() -> None:
    assert note_text("  one\u202e\r\ntwo \n") == "one\ntwo"
    assert "\u200b" in note_text("x" * 90)
