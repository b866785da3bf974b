"""Above the list of calls: the search, the quick filters, and what else is in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rcdesk.ui import words
from rcdesk.ui.history.chips import ChosenChips, QuickChips
from rcdesk.ui.history.choices import EVERYTHING, Choices, Days, Options, Person, Quick
from rcdesk.ui.history.search_field import SearchField
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.icons import icon_button
from rcdesk.ui.widgets.labels import PlainLabel


class FilterBar(QWidget):
    """Holds what the user chose."""

    chosen = Signal(object)
    """The Choices, after each change."""
    menu_wanted = Signal()
    """The button was pressed: answer by `open_menu`."""
    statistics_wanted = Signal()
    export_wanted = Signal()
    left = Signal()
    """The keyboard goes on to the list."""

    def __init__(self, theme: Theme, today: Callable[[], date]) -> None:
        super().__init__()
        self._theme, self._today = theme, today
        self._choices = EVERYTHING
        self.search = SearchField(theme)
        self.search.textChanged.connect(self._search)
        self.search.left.connect(self.left)
        self._menu_button = icon_button(theme, "filter", "More filters")
        self._menu_button.clicked.connect(self.menu_wanted)
        self._statistics_button = icon_button(theme, "statistics", "Statistics (Ctrl+Shift+S)")
        self._statistics_button.setAccessibleName("Statistics")
        self._statistics_button.clicked.connect(self.statistics_wanted)
        self._export_button = icon_button(theme, "export", "Export… (Ctrl+E)")
        self._export_button.setAccessibleName("Export calls")
        self._export_button.clicked.connect(self.export_wanted)
        self._quick = QuickChips()
        self._quick.pressed.connect(self._press)
        self._others = ChosenChips(theme)
        self._others.removed.connect(lambda name: self.choose(self._choices.without(name)))
        self._others.hide()
        self._count = PlainLabel(role="caption")
        self._lay_out()

    @property
    def choices(self) -> Choices:
        """What is in force."""
        return self._choices

    def choose(self, choices: Choices) -> None:
        """Put other choices in force."""
        if choices == self._choices:
            self._show()
            return
        self._choices = choices
        self._show()
        self.chosen.emit(choices)

    def show_count(self, calls: int) -> None:
        """How many calls pass what is in force."""
        if self._choices == EVERYTHING:
            self.search.show_total(calls)
            self._count.setText("")
        else:
            self._count.setText(words.counted(calls))
        self._count.setVisible(bool(self._count.text()))

    def offer_export(self, offered: bool) -> None:  # a slot
        """Whether calls can be exported now."""
        self._export_button.setEnabled(offered)

    def open_menu(self, options: Options, region: str, person: Person | None) -> None:
        """Open the menu of filters under its button."""
        from rcdesk.ui.history.filter_menu import FilterMenu  # noqa: PLC0415 - seldom opened

        menu = FilterMenu(
            self,
            self._choices,
            options,
            region=region,
            person=person,
            choose=self.choose,
            ask_days=self._ask_days,
        )
        menu.aboutToHide.connect(menu.deleteLater)
        corner = self._menu_button.rect().bottomRight() + QPoint(0, SPACE.xs)
        # popup() rather than exec(): a nested event loop would starve running coroutines.
        menu.popup(self._menu_button.mapToGlobal(corner) - QPoint(menu.sizeHint().width(), 0))

    def _ask_days(self) -> None:
        from rcdesk.ui.history.days_dialog import DaysDialog  # noqa: PLC0415 - seldom opened

        span, today = self._choices.span, self._today()
        days = span if isinstance(span, Days) else Days(today.replace(day=1), today)
        dialog = DaysDialog(self, self._theme, days)
        dialog.picked.connect(lambda picked: self.choose(replace(self._choices, span=picked)))
        dialog.open()

    def _search(self, text: str) -> None:
        self.choose(replace(self._choices, text=text))

    def _press(self, quick: Quick | None) -> None:
        choices = self._choices
        self.choose(choices.pressed(quick) if quick else replace(choices, quick=frozenset()))

    def _show(self) -> None:
        if self.search.text() != self._choices.text:
            self.search.setText(self._choices.text)
        self._quick.show_quick(self._choices.quick)
        self._others.show_choices(self._choices)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(SPACE.xs)
        first.addWidget(self.search, 1)
        first.addWidget(self._menu_button)
        first.addWidget(self._export_button)
        first.addWidget(self._statistics_button)
        second = QHBoxLayout()
        second.setSpacing(SPACE.sm)
        second.addWidget(self._others, 1)
        second.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.lg, SPACE.md, SPACE.lg, SPACE.sm)
        column.setSpacing(SPACE.sm)
        column.addLayout(first)
        column.addWidget(self._quick)
        column.addLayout(second)
