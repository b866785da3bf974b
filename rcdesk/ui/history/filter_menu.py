"""The menu of filters that are not one press away."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from rcdesk.core.call import Endpoint
from rcdesk.core.past_calls import Line
from rcdesk.ui import words
from rcdesk.ui.history.choices import Choices, Days, Options, Period, Person

_MOST_LISTED = 25


class FilterMenu(QMenu):
    """Made anew each time it is opened; `choose` is called with what the user picked.

    Args:
        person: of the call that is selected, None where there is none.
        ask_days: opens a dialog for the first and the last day.
    """

    def __init__(
        self,
        parent: QWidget,
        choices: Choices,
        options: Options,
        *,
        region: str,
        person: Person | None,
        choose: Callable[[Choices], None],
        ask_days: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self._choices = choices
        self._choose = choose
        self._add_days(ask_days)
        self._add_submenu(
            "Line", "line", [(line.number, _line_text(line, region)) for line in options.lines]
        )
        self._add_submenu("Queue", "queue", _same(options.queues))
        self._add_submenu("Type", "type", [("Voice", "Voice calls"), ("Fax", "Faxes")])
        self._add_submenu("Tag", "tag", _same(options.tags))
        if person is not None:
            self.addSeparator()
            says = f"Calls with {_label(person.name)}"
            self.addAction(says, lambda: choose(replace(choices, person=person)))
        self.addSeparator()
        clear = self.addAction("Clear all filters", lambda: choose(Choices(text=choices.text)))
        clear.setEnabled(replace(choices, text="") != Choices())

    def _add_days(self, ask_days: Callable[[], None]) -> None:
        menu, group = self._submenu("Days")
        self._add(menu, group, "All days", "span", None)
        for period in Period:
            self._add(menu, group, period.value, "span", period)
        custom = QAction("Choose days…", group, checkable=True)
        custom.setChecked(isinstance(self._choices.span, Days))
        custom.triggered.connect(ask_days)
        menu.addSeparator()
        menu.addAction(custom)

    def _add_submenu(self, says: str, name: str, options: Sequence[tuple[str, str]]) -> None:
        if not options:
            return
        menu, group = self._submenu(says)
        self._add(menu, group, "All", name, "")
        for value, shown in options[:_MOST_LISTED]:
            self._add(menu, group, _label(shown), name, value)

    def _submenu(self, says: str) -> tuple[QMenu, QActionGroup]:
        menu = self.addMenu(says)
        return menu, QActionGroup(menu)

    def _add(self, menu: QMenu, group: QActionGroup, says: str, name: str, value: object) -> None:
        action = QAction(says, group, checkable=True)
        action.setChecked(getattr(self._choices, name) == value)
        action.triggered.connect(lambda: self._choose(self._choices.having(name, value)))
        menu.addAction(action)


def _label(text: str) -> str:
    """A mnemonic would eat the ampersand of a name."""
    return words.plain(text, 40).replace("&", "&&")


def _same(texts: Sequence[str]) -> list[tuple[str, str]]:
    return [(text, text) for text in texts]


def _line_text(line: Line, region: str) -> str:
    number = words.number(Endpoint(line.number), region)
    return words.joined(words.plain(line.name, 40), number)
