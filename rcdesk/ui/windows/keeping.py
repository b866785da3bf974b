"""How long calls are kept on this computer."""

from datetime import date
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QVBoxLayout, QWidget

from rcdesk.ui.history.texts import date_text
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.labels import PlainLabel

_PERIODS = (
    (0, "For ever"),
    (5 * 365, "Five years"),
    (365, "A year"),
    (90, "90 days"),
    (30, "30 days"),
    (7, "A week"),
)
_IN_A_FILE = (
    "Only you can read them, and they stay when RingCentral deletes its own list. Calls with a "
    "note or a tag are kept however old they are."
)
_UNTIL_RCDESK_ENDS = (
    "Their file cannot be used, so they are kept only until rcdesk ends; the log says why."
)
_WIDTH = 400


class Kept(NamedTuple):
    """What is kept now, and how long it is to be.

    Attributes:
        oldest: day of the oldest call; None where there is none.
        days: 0 for ever.
        is_in_memory: there is no file they could be kept in.
    """

    calls: int
    oldest: date | None
    size_mb: float
    days: int
    wipes: bool
    is_in_memory: bool = False


class KeepingDialog(QDialog):
    """Tells by `chosen` what is chosen, at once; opened with `open()`, deleted when closed."""

    chosen = Signal(int, bool)
    """Days (0: for ever), and whether signing out deletes them."""

    def __init__(self, parent: QWidget, kept: Kept) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Calls on this computer")
        self._days = QComboBox()
        self._days.setAccessibleName("Keep calls")
        periods = dict(_PERIODS)
        periods.setdefault(kept.days, f"{kept.days:,} days")
        for days, says in periods.items():
            self._days.addItem(says, days)
        self._days.setCurrentIndex(self._days.findData(kept.days))
        self._wipes = QCheckBox("Delete them when I sign out")
        self._wipes.setChecked(kept.wipes)
        self._days.activated.connect(self._choose)
        self._wipes.clicked.connect(self._choose)
        self._lay_out(kept)

    def _choose(self) -> None:
        self.chosen.emit(int(self._days.currentData()), self._wipes.isChecked())

    def _lay_out(self, kept: Kept) -> None:
        form = QFormLayout()
        form.setSpacing(SPACE.md)
        form.addRow("&Keep calls", self._days)
        close = push_button("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.lg)
        column.setSpacing(SPACE.md)
        column.addWidget(PlainLabel(_extent(kept), "title", wraps=True))
        explains = _UNTIL_RCDESK_ENDS if kept.is_in_memory else _IN_A_FILE
        column.addWidget(PlainLabel(explains, "muted", wraps=True))
        column.addLayout(form)
        column.addWidget(self._wipes)
        column.addSpacing(SPACE.sm)
        column.addWidget(close)
        self.setMinimumWidth(_WIDTH)


def _extent(kept: Kept) -> str:
    if kept.oldest is None:
        return "No calls are kept yet"
    calls = f"{kept.calls:,} {'call' if kept.calls == 1 else 'calls'}"
    size = f", {kept.size_mb:,.1f} MB" if kept.size_mb else ""
    return f"{calls} since {date_text(kept.oldest)}{size}"
