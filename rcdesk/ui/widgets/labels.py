"""Labels for text from outside: never read as markup, never wider than there is room."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyle, QWidget

_LONGEST_SHOWN = 300
_NARROWEST = "WWW…"


class PlainLabel(QLabel):
    """A label that shows its text as it is; `role` is one of the theme's label roles."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        *,
        wraps: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        if role:
            self.setProperty("role", role)
        self.setText(text)

    def set_color(self, color: str) -> None:
        """Colour of the text (a token's value), empty for the role's own."""
        self.setStyleSheet(f"color: {color};" if color else "")


class ElidedLabel(PlainLabel):
    """One line, shortened with an ellipsis where it does not fit; the tool tip has it whole."""

    def setText(self, text: str) -> None:
        """Show `text`, at most as much of it as any screen could."""
        if len(text) > _LONGEST_SHOWN:
            text = text[:_LONGEST_SHOWN] + "…"
        super().setText(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the whole line."""
        hint = super().sizeHint()
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        hint = self.sizeHint()
        narrowest = self.fontMetrics().horizontalAdvance(_NARROWEST)
        return QSize(min(hint.width(), narrowest), hint.height())

    def event(self, event: QEvent) -> bool:
        """Give the tool tip only where something is cut off."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(plain_tool_tip(self.text()) if self._is_cut() else "")
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw as much as fits."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        alignment = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        painter = QPainter(self)
        # A number or an English text is not turned around in a right-to-left layout.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.style().drawItemText(
            painter,
            room,
            alignment | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine,
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )

    def _is_cut(self) -> bool:
        return self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()


def plain_tool_tip(text: str) -> str:
    """`text` so that Qt's tool tips, which guess at markup, show it as it is."""
    from html import escape  # noqa: PLC0415 - brings half a megabyte of entities

    return f"<span>{escape(text)}</span>"
