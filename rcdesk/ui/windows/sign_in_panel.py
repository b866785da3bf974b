"""What the main window shows while nobody is signed in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.column import Column
from rcdesk.ui.widgets.icons import IconView, keep_icon
from rcdesk.ui.widgets.labels import PlainLabel

_WIDEST = 320


class SignInPanel(QWidget):
    """Offers to sign in, tells how that goes, and what went wrong."""

    sign_in_requested = Signal()
    browser_sign_in_requested = Signal()
    keyring_requested = Signal()
    sign_in_cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._headline = PlainLabel("Sign in to RingCentral", "headline", wraps=True)
        self._text = PlainLabel(role="muted", wraps=True)
        self._error = Banner(theme)
        self._progress = QProgressBar(maximum=0, textVisible=False)
        self._progress.setAccessibleName("Waiting for the sign-in")
        self._sign_in = push_button("Sign in")
        self._sign_in.setProperty("kind", "primary")
        self._browser = push_button("Use my browser instead")
        self._browser.setProperty("kind", "quiet")
        keep_icon(theme, self._browser, "external", "text_muted")
        self._cancel = push_button("Cancel")
        self._sign_in.clicked.connect(self.sign_in_requested)
        self._browser.clicked.connect(self.browser_sign_in_requested)
        self._cancel.clicked.connect(self.sign_in_cancelled)
        self._error.acted.connect(self.keyring_requested)
        self._lay_out(IconView(theme, "rcdesk", "accent", SPACE.xxl * 2))
        self.show_signed_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The button that goes on is what the keyboard wants."""
        super().focusInEvent(event)
        going = self._cancel.isVisibleTo(self)
        (self._cancel if going else self._sign_in).setFocus(event.reason())

    def show_signed_out(self) -> None:
        """Offer to sign in."""
        self._show_progress(
            "See who is calling, look back at your calls, and dial from your desktop.", going=False
        )
        self._error.hide()

    def show_signing_in(self, sentence: str) -> None:
        """Signing in has begun; `sentence` says what the user has to do."""
        self._show_progress(sentence or "Finish signing in in the window that opened.", going=True)
        self._error.hide()

    def show_sign_in_error(self, sentence: str) -> None:
        """It did not work out; offer it again."""
        self.show_signed_out()
        self._error.say("danger", "warning", sentence)

    def show_unread(self, sentence: str) -> None:
        """Somebody may be signed in; offer to look again."""
        self.show_signed_out()
        self._error.say("warning", "warning", sentence, "Try again")

    def _show_progress(self, sentence: str, *, going: bool) -> None:
        self._text.setText(sentence)
        self._progress.setVisible(going)
        self._cancel.setVisible(going)
        self._sign_in.setVisible(not going)
        self._browser.setVisible(not going)
        if self.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, logo: IconView) -> None:
        column = QVBoxLayout()
        column.setSpacing(SPACE.md)
        column.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(SPACE.sm)
        for label in (self._headline, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addSpacing(SPACE.sm)
        for widget in (self._error, self._progress, self._sign_in, self._browser, self._cancel):
            column.addWidget(widget)
        middle = Column(_WIDEST)
        middle.setLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.xl)
        outer.addStretch(2)
        outer.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
