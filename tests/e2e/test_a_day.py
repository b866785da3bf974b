from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from rcdesk.core.ringout import RingOutState
from tests.e2e.conftest import Office
from tests.until import until

InOffice = Callable[..., None]


def test_a_call_shows_changes_and_goes(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        session_id = await office.ring()
        await until(lambda: office.cards)
        assert office.cards[0].startswith("Incoming call: ")
        assert "Ada Lovelace" in office.cards[0]
        assert "(415) 555-0123" in office.cards[0]
        await until(lambda: "San Francisco" in office.cards[0])
        for action, words in [("answer", "On the call"), ("hold", "On hold")]:
            await office.move(session_id, action)
            await office.until_said(words)
            await office.until_active(words)
        await office.move(session_id, "hangup")
        await until(lambda: not office.cards)
        await until(lambda: not office.active)
        await until(lambda: office.listed[0] == session_id)

    in_office(day)


def test_three_at_once_stack_and_the_list_has_each_once(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        people = [("+14155550123", "Ada"), ("+442079460958", "Grace"), ("+12125550147", "")]
        sessions = [await office.ring(number, name) for number, name in people]
        await until(lambda: len(office.cards) == 3)
        await until(lambda: len(office.active) == 3)
        for session_id, action in zip(
            sessions, ("hangup", "answer-elsewhere", "voicemail"), strict=True
        ):
            await office.move(session_id, action)
        await until(lambda: set(sessions) <= set(office.listed))
        logged = office.simulator.world.call_log
        await until(lambda: set(sessions) <= {record["sessionId"] for record in logged.records[:9]})
        await office.desk.history.refresh()
        outcomes = {entry.session_id: entry.outcome for entry in office.desk.history.entries}
        assert [outcomes[session_id] for session_id in sessions] == [
            "missed",
            "answered_elsewhere",
            "voicemail",
        ]
        assert len(office.listed) == len(set(office.listed))

    in_office(day)


def test_an_unanswered_call_is_missed_in_card_tray_and_list(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        office.desktop._window.hide()
        session_id = await office.ring()
        await until(lambda: office.cards)
        await office.move(session_id, "hangup")
        await until(lambda: office.cards and "Missed call" in office.cards[0])
        await until(lambda: office.desktop._tray.look.missed == 1)
        office.desktop.raise_window()
        await until(lambda: office.listed[0] == session_id)

    in_office(day)


def test_call_back_on_a_missed_calls_card_calls(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await until(lambda: office.desk.dialing.from_numbers)
        session_id = await office.ring()
        await until(lambda: office.cards)
        await office.move(session_id, "hangup")
        await office.until_said("Missed call")
        office.desktop._calls.call_back_requested.emit("+14155550123")
        await until(lambda: office.desktop._dialing.ringout)
        assert office.desktop._dialing.ringout is not None
        assert office.desktop._dialing.ringout.to_number == "+14155550123"

    in_office(day)


def test_a_ringout_is_placed_by_typing_and_cancelled_by_its_button(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        await until(lambda: office.desk.dialing.from_numbers)
        field = office.number_field
        QTest.keyClicks(field, "(650) 555-0177")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: office.desktop._dialing.ringout)
        buttons = window.findChildren(QPushButton)
        cancel = next(b for b in buttons if b.text() == "Cancel call" and b.isVisible())
        cancel.click()
        await until(
            lambda: office.desktop._dialing.ringout.state is RingOutState.CANCELLED  # type: ignore[union-attr]
        )
        assert office.cards == []

    in_office(day)


def test_a_notice_says_what_went_wrong_and_the_number_stays(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        window = office.desktop._window
        await until(lambda: office.desk.dialing.from_numbers)
        await office.fault(
            method="POST", path="/restapi/v1.0/account/~/extension/~/ring-out",
            status=500, body="<html>sorry</html>", times=9,
        )  # fmt: skip
        field = office.number_field
        QTest.keyClicks(field, "(650) 555-0177")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(window._notice.isVisible)
        assert field.text()
        assert "<html>" not in window._notice.text

    in_office(day)


def test_signing_out_empties_the_windows_and_says_so(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await office.ring()
        await until(lambda: office.cards)
        office.desktop._window.sign_out_requested.emit()
        await until(lambda: not office.desk.session.is_signed_in)
        assert office.cards == []
        await until(office.desktop._window._sign_in.isVisible)
        assert office.desk.history.entries == []

    in_office(day)


def test_a_session_that_ringcentral_ended_leaves_what_is_listed(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await office.ring()
        await until(lambda: office.cards)
        await office.until_all_listed()
        listed = office.listed
        await office.fault(tokens="revoke")
        await office.fault(gateway="close", code=1001)
        await until(lambda: not office.desk.session.is_signed_in)
        window = office.desktop._window
        await until(window._connection.isVisible)
        assert window._connection.text == "Signed out by RingCentral: sign in again."
        (notice,) = office.desktop._notices.cards
        assert "Signed out by RingCentral: sign in again." in notice.windowTitle()
        assert office.cards == []
        assert office.active == []
        assert office.listed == listed
        assert window.history.isVisible()

    in_office(day)


def test_live_events_that_are_forbidden_leave_no_call_ringing(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await office.ring()
        await until(lambda: office.cards and office.active)
        scope = {"errorCode": "CMN-401", "permissionName": "WebSocketsSubscription"}
        path = "/restapi/oauth/wstoken"
        await office.fault(method="POST", path=path, status=403, body={"errors": [scope]})
        await office.fault(gateway="drop")
        banner = office.desktop._window._connection
        await until(lambda: banner.isVisible() and "WebSocketsSubscription" in banner.text)
        await until(lambda: not office.active)
        assert office.cards == []
        assert office.listed
        await office.heal()
        await office.desktop._desk.session.sign_in_with_jwt(office.simulator.jwt)
        await until(lambda: office.is_online)

    in_office(day)


def test_calls_missed_while_not_connected_come_as_one_card(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        await office.fault(gateway="close", code=1013, for_s=600)
        await until(lambda: not office.is_online)
        for name in ("Ada Lovelace", "Grace Hopper"):
            await office.move(await office.ring(name=name), "hangup")
        await office.heal()
        await until(lambda: office.desktop._notices.cards)
        (notice,) = office.desktop._notices.cards
        assert notice.windowTitle().startswith("2 missed calls while not connected: ")
        assert "Ada Lovelace" in notice.windowTitle()
        assert office.cards == []
        await until(lambda: office.desktop._tray.look.missed == 2)

    in_office(day)


def test_without_a_session_the_window_asks_to_sign_in(in_office: InOffice) -> None:
    async def day(office: Office) -> None:
        assert office.desktop._window._sign_in.isVisible()

    in_office(day, signed_in=False)
