from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton

from rcdesk.core.call import Direction, Endpoint
from rcdesk.core.history import HistoryEntry
from rcdesk.ringcentral.contacts import Contact, create_contact
from rcdesk.ui.windows.contact import ContactDialog
from tests.e2e.conftest import Office
from tests.ui.on_screen import said
from tests.until import until

InOffice = Callable[..., None]
BOOK = "/restapi/v1.0/account/~/extension/~/address-book/contact"
ADA = Endpoint("14155550123", "Ada Lovelace")
KEPT = Contact(
    first_name="Ada",
    last_name="<b>Lovelace</b>",
    company="Analytical Engines",
    job_title="Programmer",
    email="ada@engines.example",
    notes="Calls at noon.",
    mobile_phone="+14155550123",
    business_fax="+14155550199",
)


def ask(office: Office, other: Endpoint = ADA) -> ContactDialog:
    entry = HistoryEntry("s", "s", Direction.INBOUND, other, Endpoint(), datetime.now(UTC))
    office.desktop._window.history.contact_requested.emit(entry)
    return opened(office)


def opened(office: Office) -> ContactDialog:
    found = office.desktop._window.findChildren(ContactDialog)
    return next(dialog for dialog in found if dialog.isVisible())


def says(dialog: ContactDialog, words: str) -> Callable[[], bool]:
    return lambda: words in said(dialog)


def press(dialog: ContactDialog, name: str) -> None:
    buttons = [*dialog.findChildren(QPushButton), *dialog.findChildren(QToolButton)]
    next(b for b in buttons if b.isVisible() and name in (b.text(), b.accessibleName())).click()


def added(office: Office) -> list[object]:
    entries = office.simulator.world.journal.entries
    return [it["body"] for it in entries if it["method"] == "POST" and it["path"] == BOOK]


def test_a_contact_is_shown_as_it_is_kept(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await create_contact(office.desk.platform.http, KEPT)
        dialog = ask(office)
        assert says(dialog, "Ada Lovelace")()
        assert says(dialog, "Looking for the contact…")()
        await until(says(dialog, "In your contacts"))
        for words in ("Ada <b>Lovelace</b>", "Programmer · Analytical Engines", "Business fax"):
            assert says(dialog, words)()
        for words in ("Mobile · this call", "ada@engines.example", "Calls at noon."):
            assert says(dialog, words)()
        press(dialog, "Copy (415) 555-0199")
        assert QApplication.clipboard().text() == "+14155550199"
        press(dialog, "Copy ada@engines.example")
        assert QApplication.clipboard().text() == "ada@engines.example"
        assert ask(office) is dialog
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: not office.desktop._window.findChildren(ContactDialog))

    in_office(day)


def test_calling_from_the_card_is_calling_back(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await until(lambda: office.desk.dialing.from_numbers)
        colleague = office.simulator.world.company.colleagues[0]
        dialog = ask(office, Endpoint(colleague.extension_number, colleague.name))
        await until(says(dialog, "In the company directory"))
        press(dialog, f"Call Ext. {colleague.extension_number}, Extension")
        await until(lambda: office.desktop._dialing.ringout)
        assert office.desktop._dialing.ringout is not None
        assert office.desktop._dialing.ringout.to_number == colleague.extension_number
        await until(lambda: not office.desktop._window.findChildren(ContactDialog))

    in_office(day)


def test_who_is_not_known_can_be_added(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        dialog = ask(office)
        await until(says(dialog, "Not in your contacts"))
        press(dialog, "Add to contacts")
        first, last, company = dialog.findChildren(QLineEdit)
        assert (first.text(), last.text(), company.text()) == ("Ada", "Lovelace", "")
        QTest.keyClick(company, Qt.Key.Key_Escape)
        assert says(dialog, "Not in your contacts")()
        press(dialog, "Add to contacts")
        await office.fault(method="POST", path=BOOK, status=503)
        QTest.keyClicks(company, "Engines")
        QTest.keyClick(company, Qt.Key.Key_Return)
        await until(says(dialog, "RingCentral is in trouble"))
        assert company.text() == "Engines"
        press(dialog, "Add contact")
        await until(says(dialog, "In your contacts"))
        body = {"firstName": "Ada", "lastName": "Lovelace", "company": "Engines"}
        assert added(office)[-1] == body | {"mobilePhone": "+14155550123"}
        dialog.reject()
        again = ask(office)
        await until(says(again, "Engines"))
        again.reject()

    in_office(day)


def test_a_failure_can_be_tried_again(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await create_contact(office.desk.platform.http, KEPT)
        await office.fault(method="GET", path=BOOK, status=503)
        dialog = ask(office)
        await until(says(dialog, "Contacts could not be looked up"))
        press(dialog, "Try again")
        await until(says(dialog, "In your contacts"))
        dialog.reject()

    in_office(day)


def test_a_refusal_takes_the_offer_away(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        body = {"errors": [{"errorCode": "CMN-408", "permissionName": "ReadPersonalContacts"}]}
        await office.fault(method="GET", path=BOOK, status=403, body=body)
        dialog = ask(office)
        await until(says(dialog, "lacks the ReadPersonalContacts permission"))
        assert not any(b.text() == "Try again" for b in dialog.findChildren(QPushButton))
        assert not window.history.call_actions.offered.contacts
        dialog.reject()

    in_office(day)


def test_who_may_not_add_is_told_once_and_not_offered_it_again(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        dialog = ask(office)
        await until(says(dialog, "Not in your contacts"))
        press(dialog, "Add to contacts")
        body = {"errors": [{"errorCode": "CMN-408", "permissionName": "EditPersonalContacts"}]}
        await office.fault(method="POST", path=BOOK, status=403, body=body)
        press(dialog, "Add contact")
        await until(says(dialog, "lacks the EditPersonalContacts permission"))
        dialog.reject()
        again = ask(office)
        await until(says(again, "Not in your contacts"))
        buttons = [it.text() for it in again.findChildren(QPushButton) if it.isVisible()]
        assert "Add to contacts" not in buttons
        again.reject()

    in_office(day)


def test_how_long_ringcentral_asks_us_to_wait_is_said(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await office.desk.session.load_account()
        headers = {"Retry-After": "60", "X-Rate-Limit-Group": "heavy"}
        await office.fault(method="GET", path=BOOK, status=429, headers=headers)
        dialog = ask(office)
        await until(says(dialog, "RingCentral asks us to wait"))
        dialog.reject()

    in_office(day)


def test_signing_out_closes_the_card(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        ask(office)
        window.sign_out_requested.emit()
        await until(lambda: not office.desk.session.is_signed_in)
        assert not any(it.isVisible() for it in window.findChildren(ContactDialog))
        assert office.desktop._contacts._service is None

    in_office(day)
