"""Under a player: what is going on, what went wrong, and the one thing to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import PlainLabel


class StatusLine(QWidget):
    """Hidden until it has something to say.

    Attributes:
        button: hidden until there is something to be done.
    """

    acted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._icon = IconView(theme, "info", size_px=CONTROL.icon_small)
        self._text = PlainLabel(role="caption", wraps=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.button = push_button()
        self.button.setProperty("kind", "quiet")
        self.button.setProperty("small", True)
        self.button.clicked.connect(self.acted)
        row = QHBoxLayout()
        row.setSpacing(SPACE.sm)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.xs)
        column.addWidget(self._bar)
        column.addLayout(row)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    @property
    def action(self) -> str:
        """What its button does; empty without one."""
        return "" if self.button.isHidden() else self.button.text()

    def say(self, icon: str, color: str, text: str, action: str = "", about: str = "") -> None:
        """Show `text`, and a button where there is an `action`; `about` what, for its name."""
        self._bar.hide()
        self._icon.show_icon(icon, color)
        self._icon.show()
        self._write(text, action, about)

    def show_progress(
        self, received: int, size: int | None, text: str, action: str, about: str
    ) -> None:
        """Show a bar as well; one that only runs while the `size` is not known."""
        # Thousandths: Qt counts in 32 bits.
        self._bar.setRange(0, 1000 if size else 0)
        self._bar.setValue(min(1000 * received // size, 1000) if size else 0)
        self._bar.setAccessibleName(text)
        self._bar.show()
        self._icon.hide()
        self._write(text, action, about)

    def _write(self, text: str, action: str, about: str) -> None:
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self.button.setText(action)
        self.button.setAccessibleName(f"{action}: {about}" if about else action)
        self.button.setVisible(bool(action))
        self.show()
