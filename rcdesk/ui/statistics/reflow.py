"""Cards in as many columns as there is room for."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from rcdesk.ui.style.tokens import SPACE


class Reflow(QWidget):
    """Fills row by row; the last row is filled up by widening its last card.

    Args:
        columns: how many there may be, ascending; the first is taken where nothing fits.
    """

    def __init__(self, *, columns: Sequence[int], narrowest_px: int) -> None:
        super().__init__()
        self._columns, self._narrowest_px = columns, narrowest_px
        self._cards: list[QWidget] = []
        self._placed: tuple[int, tuple[QWidget, ...]] = (0, ())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE.md)

    @property
    def columns(self) -> int:
        """How many there are now."""
        return self._placed[0]

    def add(self, card: QWidget) -> None:
        """Put a card after the others."""
        self._cards.append(card)
        card.setParent(self)
        self.place()

    def show_cards(self, *shown: QWidget) -> None:
        """Hide the others."""
        for card in self._cards:
            card.setVisible(card in shown)
        self.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be room for more or fewer columns."""
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Put the cards that are not hidden into their places."""
        each = self._narrowest_px + SPACE.md
        fitting = [n for n in self._columns if n * each <= self.width() + SPACE.md]
        columns = fitting[-1] if fitting else self._columns[0]
        cards = tuple(card for card in self._cards if not card.isHidden())
        if (columns, cards) == self._placed:
            return
        self._placed = columns, cards
        while self._grid.takeAt(0) is not None:
            pass
        for column in range(self._columns[-1]):
            self._grid.setColumnStretch(column, int(column < columns))
        for at, card in enumerate(cards):
            row, column = divmod(at, columns)
            span = columns - column if at == len(cards) - 1 else 1
            self._grid.addWidget(card, row, column, 1, span)
