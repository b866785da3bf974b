from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.history import HistoryEntry
from rcdesk.ui.notice_card import NoticeCard, Notices, missed_meanwhile, session_over
from rcdesk.ui.popup_window import CLICK_GUARD_S
from rcdesk.ui.style.theme import Theme

LATEST = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def missed(count: int, name: str = "Ada") -> list[HistoryEntry]:
    return [
        HistoryEntry(
            key=str(number),
            session_id=str(number),
            direction=Direction.INBOUND,
            other=Endpoint("+14155550123", name),
            own=Endpoint("+16505550101"),
            started_at=LATEST - timedelta(minutes=number),
            outcome=Outcome.MISSED,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "title", "lines", "last"),
    [
        (1, "1 missed call while not connected", 1, "Ada"),
        (4, "4 missed calls while not connected", 4, "Ada"),
        (5, "5 missed calls while not connected", 4, "and 2 more"),
        (400, "400 missed calls while not connected", 4, "and 397 more"),
    ],
)
def test_a_digest_names_some_and_counts_all(count: int, title: str, lines: int, last: str) -> None:
    notice = missed_meanwhile(missed(count), "US")
    assert notice.title == title
    assert len(notice.lines) == lines
    assert notice.lines[-1].endswith(last)


def buttons(card: NoticeCard) -> dict[str, QPushButton]:
    return {each.text(): each for each in card.findChildren(QPushButton) if each.text()}


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notices(theme: Theme, clock: Clock) -> Notices:
    return Notices(theme, clock)


def test_a_subject_has_one_card_and_its_button_acts_once(notices: Notices, clock: Clock) -> None:
    acted: list[str] = []
    notices.show_notice("missed", missed_meanwhile(missed(1), "US"), lambda: acted.append("old"))
    notices.show_notice("missed", missed_meanwhile(missed(2), "US"), lambda: acted.append("new"))
    notices.show_notice("session", session_over("Over."), lambda: acted.append("session"))
    first, second = notices.cards
    assert first.windowTitle().startswith("2 missed calls")
    assert second.windowTitle() == "Sign in again: Over."
    assert first.geometry().bottom() < second.geometry().bottom()
    QTest.mouseClick(buttons(first)["Show"], Qt.MouseButton.LeftButton)
    assert acted == []
    clock.now_s += CLICK_GUARD_S
    QTest.mouseClick(buttons(first)["Show"], Qt.MouseButton.LeftButton)
    assert acted == ["new"]
    assert notices.cards == [second]
    notices.close()
    assert notices.cards == []


def test_a_name_from_outside_is_plain_text(notices: Notices) -> None:
    notices.show_notice("missed", missed_meanwhile(missed(2, "<b>Ada</b>"), "US"), lambda: None)
    (card,) = notices.cards
    labels = card.findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    assert any("<b>Ada</b>" in label.text() for label in labels)
    notices.close()
