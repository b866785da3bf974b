"""First start: connect an app registration, or try the demo."""

from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rcdesk.core.errors import BadInput
from rcdesk.system.settings import LOOPBACK_HOSTS, Settings
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.column import Column, centered
from rcdesk.ui.widgets.icons import IconView, icon_button, keep_icon
from rcdesk.ui.widgets.labels import PlainLabel

CONSOLE_URL = "https://developers.ringcentral.com/console/my-apps"

_FIRST_SIZE = QSize(560, 768)
_NARROWEST = 380
_WIDEST = 520
_LONGEST = 2000

_STEPS = (
    "In RingCentral's developer console, register a new app of the type “REST API App”.",
    (
        "For Auth choose “3-legged OAuth flow authorization code” and, as the kind of app, "
        "“Client-side web app” (public, with PKCE: no secret is needed)."
    ),
    "Enter the redirect URI below exactly as it stands here.",
    (
        "Add the scopes Read Accounts, Read Call Log, Read Presence, RingOut and "
        "WebSocket Subscriptions."
    ),
    "Copy the app's client ID into the field below.",
)


def server_of(text: str) -> str:
    """The server's address as it is kept.

    Raises:
        BadInput: it is no address, or one that would send passwords in the clear.
    """
    text = text.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise BadInput("Enter a web address such as https://platform.ringcentral.com.")
    if parts.scheme == "http" and host not in LOOPBACK_HOSTS:
        raise BadInput("The address must begin with https://.")
    return text


class _Field(QWidget):
    """A labelled line of text with room for what is wrong with it."""

    def __init__(self, theme: Theme, says: str, text: str = "", *, is_secret: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.entry = QLineEdit(text, maxLength=_LONGEST)
        self.entry.setAccessibleName(says)
        if is_secret:
            self.entry.setEchoMode(QLineEdit.EchoMode.Password)
        label = PlainLabel(says)
        label.setBuddy(self.entry)
        self._problem = PlainLabel(role="caption", wraps=True)
        self._problem.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(SPACE.sm)
        self._row.addWidget(self.entry, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.xs)
        column.addWidget(label)
        column.addLayout(self._row)
        column.addWidget(self._problem)
        self.entry.textEdited.connect(lambda _text: self.show_problem(""))

    @property
    def text(self) -> str:
        """What was entered, without blanks around it."""
        return self.entry.text().strip()

    def add_button(self, button: QWidget) -> None:
        """Put a button behind the field."""
        self._row.addWidget(button)

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong; empty: nothing."""
        self._problem.setText(sentence)
        self._problem.set_color(self._theme.palette.danger)
        self._problem.setVisible(bool(sentence))
        self.entry.setAccessibleDescription(sentence)
        if self.entry.property("invalid") != bool(sentence):
            self.entry.setProperty("invalid", bool(sentence))
            self.entry.style().unpolish(self.entry)
            self.entry.style().polish(self.entry)


class WelcomeWindow(QWidget):
    """What rcdesk is, what it needs to reach RingCentral, and a way to see it without."""

    continue_requested = Signal(str, str, str, str)
    """Client ID, server's address, client secret (may be empty), redirect URI."""
    demo_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme = theme
        self._problem = Banner(theme)
        self._client_id = _Field(theme, "Client ID", settings.client_id)
        self._redirect = _Field(theme, "Redirect URI to register", settings.redirect_uri)
        self._server = _Field(theme, "Server", settings.server_url)
        self._secret = _Field(
            theme,
            "Client secret (only if your app has one)",
            settings.client_secret,
            is_secret=True,
        )
        self.setWindowTitle("Welcome to rcdesk")
        self.setMinimumSize(_NARROWEST, _NARROWEST)
        self.resize(_FIRST_SIZE)
        self._lay_out()
        self._client_id.entry.setFocus()

    def show_problem(self, sentence: str) -> None:
        """What is wrong with what was entered or kept; empty takes it away."""
        if sentence:
            self._problem.say("danger", "warning", sentence)
        else:
            self._problem.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that the user has left."""
        super().closeEvent(event)
        self.closed.emit()

    def _continue(self) -> None:
        self.show_problem("")
        server, is_fine = "", True
        if not self._client_id.text:
            self._client_id.show_problem("Enter the client ID of your RingCentral app.")
            is_fine = False
        elif any(character.isspace() for character in self._client_id.text):
            self._client_id.show_problem("A client ID has no spaces: copy it once more.")
            is_fine = False
        if urlsplit(self._redirect.text).scheme not in ("http", "https"):
            self._redirect.show_problem("The redirect URI must begin with http:// or https://.")
            is_fine = False
        try:
            server = server_of(self._server.text)
        except BadInput as problem:
            self._server.show_problem(str(problem))
            self._advanced_button.setChecked(True)
            is_fine = False
        if is_fine:
            self.continue_requested.emit(
                self._client_id.text, server, self._secret.text, self._redirect.text
            )

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.xl)
        column.setSpacing(SPACE.lg)
        column.addLayout(self._make_head())
        column.addWidget(self._make_connect_card())
        column.addWidget(self._make_demo_card())
        column.addStretch(1)
        middle = Column(_WIDEST)
        middle.setLayout(column)
        page = QWidget()
        centered(middle, page)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _make_head(self) -> QHBoxLayout:
        says = QVBoxLayout()
        says.setSpacing(0)
        says.addWidget(PlainLabel("Welcome to rcdesk", "headline", wraps=True))
        purpose = "See who is calling, look back at your calls, and dial from your desktop."
        says.addWidget(PlainLabel(purpose, "muted", wraps=True))
        head = QHBoxLayout()
        head.setSpacing(SPACE.lg)
        head.addWidget(IconView(self._theme, "rcdesk", "accent", SPACE.xxl + SPACE.xl))
        head.addLayout(says, 1)
        return head

    def _make_demo_card(self) -> QFrame:
        demo = push_button("Try the demo")
        demo.setProperty("kind", "primary")
        demo.clicked.connect(self.demo_requested)
        keep_icon(self._theme, demo, "play", "accent_text")
        card, column = _card("Or look around first")
        row = QHBoxLayout()
        row.setSpacing(SPACE.lg)
        says = "A made-up company calls you, all on this computer. No account needed."
        row.addWidget(PlainLabel(says, "muted", wraps=True), 1)
        row.addWidget(demo)
        column.addLayout(row)
        return card

    def _make_connect_card(self) -> QFrame:
        card, column = _card("Connect your RingCentral account")
        column.addWidget(self._problem)
        column.addLayout(self._make_steps())
        copy = icon_button(self._theme, "copy", "Copy the redirect URI")
        copy.clicked.connect(self._copy_redirect)
        self._redirect.add_button(copy)
        column.addWidget(self._redirect)
        column.addWidget(self._client_id)
        go_on = push_button("Continue")
        go_on.setProperty("kind", "primary")
        go_on.clicked.connect(self._continue)
        fields = self._make_advanced_fields()
        last = QHBoxLayout()
        last.addWidget(self._advanced_button)
        last.addStretch(1)
        last.addWidget(go_on)
        column.addWidget(fields)
        column.addLayout(last)
        for field in (self._client_id, self._redirect, self._server, self._secret):
            field.entry.returnPressed.connect(self._continue)
        return card

    def _make_steps(self) -> QVBoxLayout:
        steps = QVBoxLayout()
        steps.setSpacing(SPACE.xs)
        for at, text in enumerate(_STEPS, start=1):
            row = QHBoxLayout()
            row.setSpacing(SPACE.sm)
            row.addWidget(PlainLabel(f"{at}.", "muted"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(PlainLabel(text, "muted", wraps=True), 1)
            steps.addLayout(row)
        console = push_button("Open the developer console")
        console.setProperty("kind", "quiet")
        console.setProperty("small", True)
        console.setToolTip(CONSOLE_URL)
        console.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(CONSOLE_URL)))
        keep_icon(self._theme, console, "external", "accent")
        steps.addWidget(console, 0, Qt.AlignmentFlag.AlignLeft)
        return steps

    def _make_advanced_fields(self) -> QWidget:
        self._advanced_button = push_button("Server and secret")
        self._advanced_button.setCheckable(True)
        self._advanced_button.setProperty("kind", "quiet")
        self._advanced_button.setProperty("small", True)
        self._advanced_button.setIconSize(QSize(CONTROL.icon_small, CONTROL.icon_small))
        keep_icon(self._theme, self._advanced_button, "chevron-down", "text_muted")
        fields = QWidget()
        inner = QVBoxLayout(fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACE.md)
        inner.addWidget(self._server)
        inner.addWidget(self._secret)
        fields.hide()
        self._advanced_button.toggled.connect(fields.setVisible)
        return fields

    def _copy_redirect(self) -> None:
        QApplication.clipboard().setText(self._redirect.text)


def _card(title: str) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setProperty("card", True)
    column = QVBoxLayout(card)
    column.setContentsMargins(SPACE.lg, SPACE.lg, SPACE.lg, SPACE.lg)
    column.setSpacing(SPACE.md)
    column.addWidget(PlainLabel(title, "title"))
    return card, column
