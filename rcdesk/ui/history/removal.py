"""Deleting calls so that it can be taken back."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.banner import Banner

UNDO_MS = 6000


class Removal(Banner):
    """Says what is deleted, and offers for a while to bring it back.

    The calls only leave the list at first: who kills the app meanwhile has lost nothing.
    """

    hidden_changed = Signal()
    """See `hidden`."""
    removed = Signal(object)
    """Ids, a tuple: these are to be deleted for good. Answer by `end`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, can_be_dismissed=True)
        self.hidden: tuple[int, ...] = ()
        self._can_be_undone = False
        self._timer = QTimer(self, singleShot=True, interval=UNDO_MS)
        self._timer.timeout.connect(self.let_stand)
        self.dismissed.connect(self.let_stand)
        self.acted.connect(self._undo)

    def begin(self, ids: Sequence[int]) -> None:
        """Take calls off the list; those before them cannot be brought back any more."""
        self.let_stand()
        self.hidden, self._can_be_undone = tuple(ids), True
        what = "The call is" if len(ids) == 1 else f"{len(ids)} calls are"
        self.say("info", "trash", f"{what} deleted on this computer.", "Undo")
        self._timer.start()
        self.hidden_changed.emit()

    def let_stand(self) -> None:
        """Nobody wants them back."""
        self._timer.stop()
        self.hide()
        if self._can_be_undone:
            self._can_be_undone = False
            self.removed.emit(self.hidden)

    def end(self) -> None:
        """They have been deleted, or could not be: whatever is listed now is shown.

        The archive may give a deleted call's id to another one.
        """
        if not self._can_be_undone:
            self.hidden = ()

    def _undo(self) -> None:
        self._timer.stop()
        self.hide()
        self.hidden, self._can_be_undone = (), False
        self.hidden_changed.emit()
