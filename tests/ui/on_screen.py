"""What a window shows to those who look at it, and the buttons that they can press."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget


def lines(within: QWidget) -> list[str]:
    return [label.text() for label in within.findChildren(QLabel) if label.isVisible()]


def said(within: QWidget) -> str:
    return "\n".join(lines(within))


def buttons(within: QWidget) -> dict[str, QPushButton]:
    found = within.findChildren(QPushButton)
    return {button.text(): button for button in found if button.isVisible()}


def click(within: QWidget, says: str) -> None:
    QTest.mouseClick(buttons(within)[says], Qt.MouseButton.LeftButton)
