"""Which rcdesk this is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from rcdesk import __version__
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import PlainLabel


class AboutDialog(QDialog):
    """Name, version, one sentence; opened with `open()`, deleted when closed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About rcdesk")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xxl, SPACE.xl, SPACE.xxl, SPACE.xl)
        column.setSpacing(SPACE.sm)
        logo = IconView(theme, "rcdesk", "accent", SPACE.xxl * 2)
        column.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
        for text, role in (
            ("rcdesk", "headline"),
            (f"Version {__version__}", "muted"),
            ("A RingCentral companion for the desktop.", ""),
            ("Not made or endorsed by RingCentral.", "caption"),
        ):
            label = PlainLabel(text, role)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addSpacing(SPACE.sm)
        close = push_button("Close")
        close.clicked.connect(self.close)
        column.addWidget(close)
