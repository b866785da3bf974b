from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from rcdesk.core.call import Call, CallChange, CallState, ChangeKind, Direction, Endpoint, Instant
from rcdesk.ui.popups import CallPopups
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.ticker import Ticker
from rcdesk.ui.windows.active_calls import ActiveCalls
from tests.ui.still_clock import StillClock

HEARD_AT = Instant(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 1000.4)


@pytest.fixture
def clock() -> StillClock:
    return StillClock(HEARD_AT)


def due_s(ticker: Ticker, clock: StillClock) -> float:
    """When it ticks next, by the clock."""
    (timer,) = ticker.findChildren(QTimer)
    assert timer.isActive()
    return clock.now_s + timer.interval() / 1000


@pytest.mark.parametrize(
    ("moments_s", "now_s", "at_s"),
    [
        ([1000.0], 1000.0, 1001.0),
        ([1000.0], 1007.25, 1008.0),
        ([1000.0], 1007.9999, 1008.0),
        ([1000.75], 1000.25, 1000.75),
        ([1040.5], 1000.25, 1000.5),
        ([1000.0, 1000.5, 990.75], 1003.6, 1003.75),
    ],
)
def test_it_ticks_at_the_next_whole_second_of_what_counts(
    qapp: QApplication, clock: StillClock, moments_s: list[float], now_s: float, at_s: float
) -> None:
    ticker = Ticker(qapp, clock)
    clock.now_s = now_s
    ticker.count("x", moments_s)
    assert at_s <= due_s(ticker, clock) < at_s + 0.002
    ticker.count("x", ())
    assert not ticker.is_running
    ticker.deleteLater()


def test_the_card_and_the_window_change_together(qapp: QApplication, clock: StillClock) -> None:
    theme = Theme(qapp, "light")
    parent = QObject()
    ticker = Ticker(parent, clock)
    window = ActiveCalls(theme, clock.instant, ticker)
    popups = CallPopups(theme, lambda: "US", clock=clock)
    ringing = Call(
        *("1", "1", Direction.INBOUND, CallState.RINGING, Endpoint("+16505550112", "Ann")),
        # By a clock that is wrong: what is shown must not come of it.
        started_at=datetime(2026, 11, 23, 14, 58, tzinfo=UTC),
        heard_at=HEARD_AT,
    )

    popups.show_change(CallChange(ChangeKind.RINGING, ringing))
    card_due_s = due_s(popups._ticker, clock)
    clock.now_s += 0.7
    window.show_calls([ringing])
    assert due_s(ticker, clock) == pytest.approx(card_due_s, abs=0.002)
    for passed_s, text in ((1.001, "0:01"), (1.999, "0:01"), (61.5, "1:01")):
        clock.now_s = HEARD_AT.monotonic_s + passed_s
        for each in (ticker, popups._ticker):
            each.ticked.emit()
        assert shows(popups.cards[0], text)
        assert shows(window, text)
    popups.close()


def shows(widget: QWidget, text: str) -> bool:
    return text in [label.text() for label in widget.findChildren(QLabel)]
