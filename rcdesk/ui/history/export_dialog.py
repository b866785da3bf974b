"""Asks which calls are to be exported, as what, and where to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from rcdesk.core.past_calls import EVERYTHING, CallFilter
from rcdesk.services.exporting import ExportFormat
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

_FORMATS = {
    ExportFormat.CSV: "CSV, for spreadsheets",
    ExportFormat.JSON: "JSON, for programs",
}
_WIDEST = 440
_LONGEST_NAME = 240
# The first two everywhere, the others on Windows; a file should survive being sent there.
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to export.

    Attributes:
        wanted: what the filters show.
        says: the filters in words, empty where there are none.
        without: ids of calls that are shown no more, though they are kept for another moment.
        shown, total: how many calls the filters show, of how many.
    """

    wanted: CallFilter
    says: str
    without: frozenset[int] = frozenset()
    shown: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants; `name` is empty for what is suggested."""

    folder: Path
    takes_all: bool = False
    format: ExportFormat = ExportFormat.CSV
    name: str = ""


def suggested_name(wanted: CallFilter, today: date) -> str:
    """Of a file with those calls, by the days from which they are."""
    last = today
    if wanted.date_to is not None:
        last = (wanted.date_to - timedelta(microseconds=1)).astimezone().date()
    if wanted.date_from is None:
        return f"Calls up to {last}"
    first = wanted.date_from.astimezone().date()
    return f"Calls {first}" if first == last else f"Calls {first} to {last}"


class ExportDialog(QDialog):
    """Opened by `open()`; whoever hears `asked` answers by `accept` or `ask_to_replace`."""

    asked = Signal(object, bool)
    """The Wish, and whether a file of that name may be replaced."""

    def __init__(
        self, parent: QWidget, theme: Theme, offer: Offer, wish: Wish, today: Callable[[], date]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export calls")
        self._theme, self._offer, self._folder, self._today = theme, offer, wish.folder, today
        self._may_replace = False
        self._filtered, self._all = QRadioButton(), QRadioButton()
        self._formats = {form: QRadioButton(says) for form, says in _FORMATS.items()}
        self._name = QLineEdit(maxLength=_LONGEST_NAME)
        self._name.setAccessibleName("File name")
        self._place = ElidedLabel()
        self._problem = PlainLabel(role="caption", wraps=True)
        self._problem.hide()
        self._export = push_button("Export")
        self._lay_out()
        self._show(wish)
        self._connect()
        self._name.setFocus()
        self._name.setSelection(0, len(Path(self._name.text()).stem))

    @property
    def wish(self) -> Wish:
        """What is chosen."""
        form = next(form for form, button in self._formats.items() if button.isChecked())
        name = self._name.text().strip()
        if name and not name.lower().endswith(f".{form}"):
            name = f"{name}.{form}"
        return Wish(self._folder, self._all.isChecked(), form, name)

    def ask_to_replace(self) -> None:
        """There is a file of that name already."""
        self._may_replace = True
        self._say("There is a file of that name already. It will be replaced.", "warning")
        self._export.setText("Replace")

    def _show(self, wish: Wish) -> None:
        takes_all = wish.takes_all or not self._offer.says
        (self._all if takes_all else self._filtered).setChecked(True)
        self._formats[wish.format].setChecked(True)
        self._name.setText(wish.name or self._suggestion())
        self._name.setModified(bool(wish.name))
        self._show_place()
        self._settle()

    def _suggestion(self) -> str:
        wish = self.wish
        wanted = EVERYTHING if wish.takes_all else self._offer.wanted
        return f"{suggested_name(wanted, self._today())}.{wish.format}"

    def _choose(self) -> None:
        """Which calls, or the format, has changed."""
        if self._name.isModified():
            stem, _, ending = self._name.text().strip().rpartition(".")
            if stem and ending.lower() in {form.value for form in ExportFormat}:
                self._name.setText(f"{stem}.{self.wish.format}")
                self._name.setModified(True)
        else:
            self._name.setText(self._suggestion())
        self._settle()

    def _settle(self) -> None:
        """What was said of the last try holds no more."""
        self._may_replace = False
        self._export.setText("Export")
        calls = self._offer.total if self.wish.takes_all else self._offer.shown
        self._export.setEnabled(calls > 0)
        if calls:
            self._say("")
        else:
            self._say("There are no calls to export.", "text_muted")

    def _ask(self) -> None:
        name = self._name.text().strip()
        if not name:
            self._refuse("Enter a name for the file.")
        elif not _NOT_IN_NAMES.isdisjoint(name) or not name.isprintable():
            self._refuse('A file name cannot contain any of / \\ : * ? " < > |')
        else:
            self.asked.emit(self.wish, self._may_replace)

    def _refuse(self, sentence: str) -> None:
        self._say(sentence, "danger")
        self._name.setFocus()

    def _say(self, sentence: str, color: str = "text") -> None:
        self._problem.setText(sentence)
        self._problem.set_color(getattr(self._theme.palette, color))
        self._problem.setVisible(bool(sentence))
        self._name.setAccessibleDescription(sentence)
        self._name.setProperty("invalid", color == "danger")
        self._name.style().unpolish(self._name)
        self._name.style().polish(self._name)

    def _change_folder(self) -> None:
        dialog = QFileDialog(self, "Choose a folder", str(self._folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._folder = Path(folder)
        self._show_place()
        self._settle()

    def _show_place(self) -> None:
        folder, home = self._folder, Path.home()
        inside = folder.is_relative_to(home) and folder != home
        shown = str(Path("~") / folder.relative_to(home)) if inside else str(folder)
        self._place.setText(words.plain(shown, 200))
        self._place.setAccessibleName(f"Folder: {self._place.text()}")

    def _connect(self) -> None:
        for button in (self._filtered, self._all, *self._formats.values()):
            button.toggled.connect(lambda checked: self._choose() if checked else None)
        self._name.textEdited.connect(lambda _text: self._settle())
        self._export.clicked.connect(self._ask)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.lg)
        column.setSpacing(SPACE.lg)
        column.addLayout(self._lay_out_which())
        column.addLayout(self._lay_out_formats())
        column.addLayout(self._lay_out_file())
        cancel = push_button("Cancel")
        cancel.clicked.connect(self.reject)
        self._export.setProperty("kind", "primary")
        self._export.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._export)
        column.addSpacing(SPACE.xs)
        column.addLayout(buttons)
        self.setFixedWidth(_WIDEST)

    def _lay_out_which(self) -> QVBoxLayout:
        """There is nothing to choose where nothing is filtered."""
        offer, column, group = self._offer, _section("Calls"), QButtonGroup(self)
        total = "The only call" if offer.total == 1 else f"All {words.counted(offer.total)}"
        shown = "The call" if offer.shown == 1 else f"The {words.counted(offer.shown)}"
        self._filtered.setText(f"{shown} that the filters show")
        self._filtered.setAccessibleDescription(offer.says)
        self._all.setText(f"{total} on this computer")
        for button in (self._filtered, self._all):
            group.addButton(button)
        if not offer.says:
            column.addWidget(PlainLabel(self._all.text()))
            self._all.setParent(self)
            self._all.hide()
            return column
        filters = QHBoxLayout()
        filters.setContentsMargins(SPACE.xl, 0, 0, SPACE.xs)
        filters.addWidget(ElidedLabel(offer.says, "caption"))
        column.addWidget(self._filtered)
        column.addLayout(filters)
        column.addWidget(self._all)
        return column

    def _lay_out_formats(self) -> QVBoxLayout:
        column, group = _section("Format"), QButtonGroup(self)
        for button in self._formats.values():
            group.addButton(button)
            column.addWidget(button)
        return column

    def _lay_out_file(self) -> QVBoxLayout:
        change = push_button("Change…")
        change.setAccessibleName("Change the folder")
        change.setProperty("small", True)
        change.clicked.connect(self._change_folder)
        row = QHBoxLayout()
        row.setSpacing(SPACE.sm)
        row.addWidget(IconView(self._theme, "folder"))
        row.addWidget(self._place, 1)
        row.addWidget(change)
        column = _section("File")
        column.addWidget(self._name)
        column.addLayout(row)
        column.addWidget(self._problem)
        return column


def _section(title: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(SPACE.xs)
    column.addWidget(PlainLabel(title, "section"))
    return column
