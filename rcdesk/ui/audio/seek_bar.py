"""Where one is in a sound, and how to get elsewhere."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider

from rcdesk.ui.style.tokens import SPACE

STEP_MS = 5_000
LEAP_MS = 30_000

_KEYS = {
    Qt.Key.Key_Left: -STEP_MS,
    Qt.Key.Key_Down: -STEP_MS,
    Qt.Key.Key_Right: STEP_MS,
    Qt.Key.Key_Up: STEP_MS,
    Qt.Key.Key_PageDown: -LEAP_MS,
    Qt.Key.Key_PageUp: LEAP_MS,
}


class SeekBar(QSlider):
    """A slider over milliseconds: a click leads to where it was made, not a page further."""

    sought = Signal(int)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(SPACE.xxl * 2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Position")

    def show_position(self, position_ms: int) -> None:
        """Move there, unless the user holds it."""
        if not self.isSliderDown():
            self.setValue(position_ms)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the pointer, and follow it from there."""
        if event.button() is not Qt.MouseButton.LeftButton or not self.isEnabled():
            event.ignore()
            return
        self.setSliderDown(True)
        self.setValue(self._value_at(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self.setValue(self._value_at(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go on from here."""
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
            self.sought.emit(self.value())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to what scrolls."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go five seconds, the page keys half a minute."""
        key = Qt.Key(event.key())
        if key in _KEYS:
            self._seek(self.value() + _KEYS[key])
        elif key is Qt.Key.Key_Home:
            self._seek(self.minimum())
        elif key is Qt.Key.Key_End:
            self._seek(self.maximum())
        else:
            event.ignore()

    def _seek(self, position_ms: int) -> None:
        self.setValue(position_ms)
        self.sought.emit(self.value())

    def _value_at(self, event: QMouseEvent) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        sub, style = QStyle.SubControl, self.style()
        complex_ = QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(complex_, option, sub.SC_SliderGroove, self)
        handle = style.subControlRect(complex_, option, sub.SC_SliderHandle, self)
        room = groove.width() - handle.width()
        at = round(event.position().x()) - groove.x() - handle.width() // 2
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room)
