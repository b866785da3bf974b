"""A column that keeps to a readable width in the middle of a wide window."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget


class Column(QWidget):
    """As wide as there is room, up to `widest_px`."""

    def __init__(self, widest_px: int) -> None:
        super().__init__()
        self._widest_px = widest_px
        self.setMaximumWidth(widest_px)

    def sizeHint(self) -> QSize:
        """The widest it may be: a layout that aligns it gives it no more than there is."""
        return QSize(self._widest_px, super().sizeHint().height())


def centered(column: Column, around: QWidget) -> QHBoxLayout:
    """Put `column` into the middle of `around`."""
    row = QHBoxLayout(around)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(column, 0, Qt.AlignmentFlag.AlignHCenter)
    return row
