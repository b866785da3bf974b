"""A part of a call's details under a heading."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.labels import PlainLabel


class Section(QWidget):
    """A heading, perhaps with something beside it, and `body` below."""

    def __init__(self, heading: str, beside: QWidget | None = None) -> None:
        super().__init__()
        self.heading = PlainLabel(heading, role="section")
        row = QHBoxLayout()
        row.setSpacing(SPACE.sm)
        row.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignVCenter)
        if beside is None:
            row.addStretch(1)
        else:
            row.addWidget(beside, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE.sm)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.sm)
        column.addLayout(row)
        column.addLayout(self.body)
