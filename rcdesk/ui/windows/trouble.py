"""What keeps rcdesk from starting, and what to do about it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView, keep_icon
from rcdesk.ui.widgets.labels import PlainLabel

_FIRST_SIZE = QSize(480, 260)
_NARROWEST = 360


class TroubleWindow(QWidget):
    """Says in one sentence what is wrong with the settings; stays until they are mended."""

    retry_requested = Signal()
    folder_requested = Signal()
    """The user wants to see the folder with the settings."""
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._problem = Banner(theme)
        self._retry = push_button("Try again")
        self._retry.setProperty("kind", "primary")
        self._retry.clicked.connect(self.retry_requested)
        self._folder = push_button("Show the settings folder")
        self._folder.clicked.connect(self.folder_requested)
        keep_icon(theme, self._folder, "external", "text_muted")
        leave = push_button("Quit rcdesk")
        leave.setProperty("kind", "quiet")
        leave.clicked.connect(self.close)
        self.setWindowTitle("rcdesk cannot start")
        self.setMinimumWidth(_NARROWEST)
        self.resize(_FIRST_SIZE)
        head = QHBoxLayout()
        head.setSpacing(SPACE.md)
        head.addWidget(IconView(theme, "rcdesk", "accent", SPACE.xxl))
        head.addWidget(PlainLabel("rcdesk cannot start like this", "headline", wraps=True), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE.sm)
        buttons.addWidget(leave)
        buttons.addStretch(1)
        buttons.addWidget(self._folder)
        buttons.addWidget(self._retry)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.xl)
        column.setSpacing(SPACE.lg)
        column.addLayout(head)
        column.addWidget(self._problem)
        column.addWidget(
            PlainLabel("Nothing is lost. Correct the settings, then try again.", "muted")
        )
        column.addStretch(1)
        column.addLayout(buttons)

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong (now)."""
        self._problem.say("danger", "warning", sentence)
        self._retry.setFocus(Qt.FocusReason.OtherFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that the user gives up."""
        super().closeEvent(event)
        self.closed.emit()
