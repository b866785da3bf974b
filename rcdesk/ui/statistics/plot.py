"""Where the bars of a chart are."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF

_WIDEST_BAR_PX = 30
_BAR_SHARE = 0.68
_LEAST_PX = 2
_LEAST_GAP_PX = 1


@dataclass(frozen=True)
class Plot:
    """Lays bars out in `room`; all edges fall on pixels of a screen of `dpr`.

    Attributes:
        highest: what a bar as high as the room would stand for.
        is_mirrored: the first bar is the rightmost.
    """

    room: QRectF
    bars: int
    highest: int
    is_mirrored: bool = False
    dpr: float = 1.0

    @property
    def slot_px(self) -> float:
        """Width that each bar has with the gap around it."""
        return self.room.width() / max(self.bars, 1)

    def slot(self, bar: int) -> QRectF:
        """The whole height above and around a bar."""
        place = self.bars - 1 - bar if self.is_mirrored else bar
        left = self._snapped(self.room.left() + place * self.slot_px)
        right = self._snapped(self.room.left() + (place + 1) * self.slot_px)
        return QRectF(left, self.room.top(), right - left, self.room.height())

    def piece(self, bar: int, low: int, high: int) -> QRectF:
        """Of a bar, what stands for `low` to `high`; whatever is not nothing can be seen."""
        slot = self.slot(bar)
        width = self._snapped(min(max(slot.width() * _BAR_SHARE, _LEAST_PX), _WIDEST_BAR_PX))
        width = min(width, max(slot.width() - _LEAST_GAP_PX, 1))
        left = self._snapped(slot.left() + (slot.width() - width) / 2)
        bottom, top = self.level(low), self.level(high)
        if high > low:
            top = min(top, bottom - _LEAST_PX)
        return QRectF(left, top, width, bottom - top)

    def level(self, number: int) -> float:
        """How far down a bar that stands for `number` reaches up."""
        share = number / max(self.highest, 1)
        return self._snapped(self.room.bottom() - share * self.room.height())

    def at(self, x: float) -> int | None:
        """Which bar is there."""
        if not self.bars or not self.room.left() <= x < self.room.right():
            return None
        place = min(int((x - self.room.left()) / self.slot_px), self.bars - 1)
        return self.bars - 1 - place if self.is_mirrored else place

    def labelled(self, widest_px: float) -> range:
        """Bars under which a label has room, every second, third and so on."""
        each = max(1, -(-widest_px // max(self.slot_px, 1)))
        return range(0, self.bars, _STRIDES.get(int(each), int(each)))

    def _snapped(self, at_px: float) -> float:
        return round(at_px * self.dpr) / self.dpr


# Of the 24 hours every third or sixth is told, not every fifth.
_STRIDES = {5: 6, 7: 8, 9: 12, 10: 12, 11: 12}
