"""The tags of a call: chips, and a field for another one."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QPushButton, QSizePolicy, QWidget

from rcdesk.core.past_calls import LONGEST_TAG, MOST_TAGS
from rcdesk.ui import words
from rcdesk.ui.history.chips import removable_chip
from rcdesk.ui.history.section import Section
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.flow import FlowLayout
from rcdesk.ui.widgets.labels import PlainLabel, plain_tool_tip

_TAG = "tag"
_LONGEST_SHOWN = 28
_LONGEST_PASTE = 2000
_GOING_ON = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.MouseFocusReason,
)
_REMOVING = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})


class _Input(QLineEdit):
    """Enter and a comma add what is typed."""

    added = Signal(str)
    emptied = Signal()
    """Backspace was pressed in the empty field."""
    entered = Signal()
    """The keyboard has come here."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Add a tag")
        self.setPlaceholderText("Add a tag")
        self.setMaxLength(_LONGEST_PASTE)
        self._known = QStringListModel(self)
        completer = QCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        # The most used stay first.
        completer.setModelSorting(QCompleter.ModelSorting.UnsortedModel)
        self._completer = completer
        self.setCompleter(completer)
        # The completer would put the chosen text into the field after it has been emptied.
        completer.activated.connect(self._add, Qt.ConnectionType.QueuedConnection)
        self.textEdited.connect(self._split)

    def offer(self, tags: Iterable[str]) -> None:
        """Tags to complete what is typed to."""
        self._known.setStringList(list(tags))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell."""
        super().focusInEvent(event)
        popup = self._completer.popup()
        if popup is not None and not popup.property("popup"):
            popup.setProperty("popup", True)
            popup.setAccessibleName("Tags in use")
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Who goes on to another control meant it; another window or a menu does not count."""
        super().focusOutEvent(event)
        if event.reason() in _GOING_ON:
            self.take()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class; Escape empties the field."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text():
            self.take()
        elif key == Qt.Key.Key_Backspace and not self.text():
            self.emptied.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def _split(self, text: str) -> None:
        *whole, rest = text.split(",")
        if whole:
            for tag in whole:
                self.added.emit(tag)
            self.setText(rest.lstrip())

    def take(self) -> None:
        """Add what is typed."""
        if text := self.text():
            self._add(text)

    def _add(self, text: str) -> None:
        self.clear()
        self.added.emit(text)
        # What is offered now belongs to nothing that is typed.
        if (popup := self._completer.popup()) is not None:
            popup.hide()


class TagField(Section):
    """Tags are the same whatever their case; who makes it keeps what is `changed`."""

    changed = Signal(object)
    """All tags of the call, a tuple."""
    entered = Signal()
    """The user is about to add one: answer by `offer`."""
    rearranged = Signal()
    """See `stops`."""
    _unwanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Tags")
        self._theme = theme
        self._tags: tuple[str, ...] = ()
        self._known: tuple[str, ...] = ()
        self._chips: list[QPushButton] = []
        chips = QWidget()
        self._flow = FlowLayout(SPACE.xs)
        chips.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        chips.setSizePolicy(policy)
        self.input = _Input()
        self.input.added.connect(self._add)
        self.input.emptied.connect(self._remove_last)
        self.input.entered.connect(self.entered)
        self._trouble = PlainLabel(role="caption", wraps=True)
        self._trouble.hide()
        self._flow_side = chips
        self.body.addWidget(chips)
        self.body.addWidget(self.input)
        self.body.addWidget(self._trouble)
        # A chip outlives the event by which it is removed.
        self._unwanted.connect(self._remove, Qt.ConnectionType.QueuedConnection)
        self._show(())

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard comes by, in order."""
        return (*self._chips, self.input)

    def show_tags(self, tags: Iterable[str]) -> None:
        """Show what they are now; the same in another order stay as they are."""
        tags = tuple(tags)
        if {tag.casefold() for tag in tags} != {tag.casefold() for tag in self._tags}:
            self._show(tags)

    def clear(self) -> None:
        """Another call is to be shown, or none."""
        self.input.clear()
        self.say_trouble("")
        self._show(())

    def take(self) -> None:
        """Add what is typed."""
        self.input.take()

    def offer(self, known: tuple[str, ...]) -> None:
        """Every tag in use, the most used first."""
        self._known = known
        self._offer_others()

    def say_trouble(self, trouble: str) -> None:
        """Why the tags could not be kept so far; empty if they are."""
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete and Backspace on a chip remove it."""
        if (
            isinstance(event, QKeyEvent)
            and isinstance(watched, QPushButton)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _REMOVING
        ):
            self._unwanted.emit(watched.property(_TAG))
            return True
        return super().eventFilter(watched, event)

    def _show(self, tags: tuple[str, ...]) -> None:
        self._tags = tags
        while (item := self._flow.takeAt(0)) is not None:
            if chip := item.widget():
                chip.hide()
                chip.deleteLater()
        self._chips = [self._chip(tag) for tag in tags]
        self._flow_side.setVisible(bool(tags))
        self._flow_side.updateGeometry()
        self._offer_others()
        self.rearranged.emit()

    def _chip(self, tag: str) -> QPushButton:
        said = words.plain(tag, _LONGEST_SHOWN)
        chip = removable_chip(self, self._theme, said, f"Remove the tag “{words.plain(tag)}”")
        chip.setToolTip(plain_tool_tip(words.plain(tag)))
        chip.setProperty(_TAG, tag)
        chip.clicked.connect(partial(self._unwanted.emit, tag))
        chip.installEventFilter(self)
        self._flow.addWidget(chip)
        chip.show()
        return chip

    def _add(self, text: str) -> None:
        tag = words.plain(text, LONGEST_TAG).strip()
        folded = tag.casefold()
        if not tag or folded in (known.casefold() for known in self._tags):
            return
        if len(self._tags) >= MOST_TAGS:
            self.say_trouble(f"A call holds {MOST_TAGS} tags.")
            return
        tag = next((known for known in self._known if known.casefold() == folded), tag)
        self._change((*self._tags, tag))

    def _remove_last(self) -> None:
        if self._tags:
            self._change(self._tags[:-1])

    def _remove(self, tag: str) -> None:
        if tag not in self._tags:
            return
        at = self._tags.index(tag)
        had_focus = self._chips[at].hasFocus()
        self._change(self._tags[:at] + self._tags[at + 1 :])
        if had_focus:
            following = self._chips[min(at, len(self._chips) - 1)] if self._chips else self.input
            following.setFocus(Qt.FocusReason.OtherFocusReason)

    def _change(self, tags: tuple[str, ...]) -> None:
        self._show(tags)
        self.changed.emit(tags)

    def _offer_others(self) -> None:
        own = {tag.casefold() for tag in self._tags}
        self.input.offer(tag for tag in self._known if tag.casefold() not in own)
