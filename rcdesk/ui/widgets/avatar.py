"""The round picture of somebody: their initials, or a figure where only a number is known."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from rcdesk.ui.style.icons import pixmap
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL


def initials(name: str) -> str:
    """One or two letters of a name; empty where it has none (a number, an emoji)."""
    words = [word for word in name.split() if word[0].isalpha()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    if any(letter.upper() == letter.lower() for letter in letters):
        # Scripts without capitals would join or stack two letters.
        letters = letters[:1]
    return "".join(letters).upper()[:2]


def paint_avatar(
    painter: QPainter, room: QRectF, name: str, theme: Theme, *, ground: str = "accent_soft"
) -> None:
    """Draw into the square `room`; `name` is empty for an unknown caller.

    `ground` names the token behind the initials, another where that is what lies around them.
    """
    letters = initials(name)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(ground if letters else "hover"))
    painter.drawEllipse(room)
    if letters:
        font = painter.font()
        font.setPixelSize(round(room.height() * 0.36))
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color("accent"))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, letters)
        return
    size_px = round(room.height() * 0.5)
    dpr = painter.device().devicePixelRatio()
    figure = pixmap("user", size_px, theme.color("text_muted"), dpr)
    corner = room.center() - QRectF(0, 0, size_px, size_px).center()
    painter.drawPixmap(corner, figure)


class Avatar(QWidget):
    """An avatar in a layout."""

    def __init__(self, theme: Theme, size_px: int = CONTROL.height + 4) -> None:
        super().__init__()
        self._theme = theme
        self._name = ""
        self.setFixedSize(QSize(size_px, size_px))

    def show_name(self, name: str) -> None:
        """Whose it is; empty for somebody unknown."""
        self._name = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw it."""
        paint_avatar(QPainter(self), QRectF(self.rect()), self._name, self._theme)
