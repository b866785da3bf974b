"""The quick filters, and the others that are in force with a way to take each away."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from rcdesk.ui.history.choices import Choices, Quick
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.flow import Flow
from rcdesk.ui.widgets.icons import keep_icon

_CLOSE_PX = SPACE.md


def _chip(text: str) -> QPushButton:
    chip = push_button(text)
    chip.setProperty("kind", "chip")
    chip.setCheckable(True)
    return chip


def removable_chip(around: QWidget, theme: Theme, said: str, does: str) -> QPushButton:
    """A chip with a cross at its end; `does` says what pressing it takes away."""
    chip = _chip("")
    # A mnemonic would eat the ampersand of a name.
    chip.setText(said.replace("&", "&&"))
    chip.setChecked(True)
    chip.setAccessibleName(does)
    chip.setLayoutDirection(
        Qt.LayoutDirection.LeftToRight
        if around.layoutDirection() is Qt.LayoutDirection.RightToLeft
        else Qt.LayoutDirection.RightToLeft
    )
    keep_icon(theme, chip, "close", "accent")
    chip.setIconSize(QSize(_CLOSE_PX, _CLOSE_PX))
    return chip


class QuickChips(Flow):
    """One for all calls, one for each quick filter."""

    pressed = Signal(object)
    """A Quick; None for all calls."""

    def __init__(self) -> None:
        super().__init__()
        self._all = _chip("All")
        self._all.setAccessibleName("All calls")
        self._all.clicked.connect(partial(self._press, None))
        self.flow.addWidget(self._all)
        self._chips: dict[Quick, QPushButton] = {}
        for quick in Quick:
            chip = self._chips[quick] = _chip(quick.value)
            chip.setAccessibleName(f"Only {quick.value.lower()} calls")
            chip.clicked.connect(partial(self._press, quick))
            self.flow.addWidget(chip)
        self.show_quick(frozenset())

    def show_quick(self, quick: frozenset[Quick]) -> None:
        """Which are in force."""
        self._all.setChecked(not quick)
        for each, chip in self._chips.items():
            chip.setChecked(each in quick)

    def _press(self, quick: Quick | None) -> None:
        self.pressed.emit(quick)


class ChosenChips(Flow):
    """What else is in force; pressing one takes it away."""

    removed = Signal(str)
    """Name of an attribute of Choices."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[str, str], ...] = ()

    def show_choices(self, choices: Choices) -> None:
        """A chip for each."""
        if choices.chosen == self._shown:
            return
        had_focus = self.focusWidget() is not None and self.focusWidget().hasFocus()
        self._shown = choices.chosen
        while (item := self.flow.takeAt(0)) is not None:
            if chip := item.widget():
                chip.hide()
                chip.deleteLater()
        for name, said in self._shown:
            self._add(name, said)
        self.setVisible(bool(self._shown))
        self.updateGeometry()
        if had_focus:
            self.focusNextChild()

    def _add(self, name: str, said: str) -> None:
        chip = removable_chip(self, self._theme, said, f"Remove the filter “{said}”")
        chip.setToolTip("Remove this filter")
        chip.clicked.connect(partial(self._remove, name))
        self.flow.addWidget(chip)
        chip.show()

    def _remove(self, name: str) -> None:
        self.removed.emit(name)
