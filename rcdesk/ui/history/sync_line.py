"""How far back the history has been read, while it is being read."""

from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import ElidedLabel

_ICONS = {"running": "refresh", "waiting": "clock", "paused": "clock"}


class Progress(Protocol):
    """See `rcdesk.services.log_sync.SyncProgress`."""

    @property
    def state(self) -> str:
        """`running`, `waiting` or `paused`; in any other nothing is told."""
        ...

    @property
    def sentence(self) -> str:
        """How many calls there are, and how far back."""
        ...


class SyncLine(QWidget):
    """A sentence and a button, and neither once all has been read."""

    paused = Signal()
    resumed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._is_paused = False
        self._icon = IconView(theme, "refresh", size_px=CONTROL.icon_small)
        self._sentence = ElidedLabel(role="caption")
        self._button = push_button("Pause")
        self._button.setProperty("kind", "quiet")
        self._button.setProperty("small", True)
        self._button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.lg, SPACE.xs, SPACE.sm, SPACE.xs)
        row.setSpacing(SPACE.sm)
        row.addWidget(self._icon)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._button)
        self.hide()

    def show_progress(self, progress: Progress) -> None:
        """Tell how it stands."""
        icon = _ICONS.get(progress.state, "")
        self.setVisible(bool(icon and progress.sentence))
        if not icon:
            return
        self._is_paused = progress.state == "paused"
        self._icon.show_icon(icon, "text_muted")
        self._sentence.setText(progress.sentence)
        self._button.setText("Resume" if self._is_paused else "Pause")
        what = "reading older calls"
        self._button.setAccessibleName(f"{self._button.text()} {what}")

    def _press(self) -> None:
        (self.resumed if self._is_paused else self.paused).emit()
