"""The sign-in window's own parts: where the page is from, and why there is none."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from rcdesk.signin.look import Look, lock_icon

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def origin_of(url: QUrl) -> str:
    """Scheme, host and port; a host of other letters in its ASCII form, so that none can pose."""
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    host = f"[{host}]" if ":" in host else host
    return f"{url.scheme()}://{host}" + (f":{url.port()}" if url.port() != -1 else "")


class OriginBar(QWidget):
    """Where the page on show comes from, and the way out to the user's own browser."""

    browser_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self._full_origin = ""
        self._back = QPushButton("Back")
        self._back.setAccessibleName("Close this page and go back")
        self._back.clicked.connect(self.back_wanted)
        self._back.hide()
        self._lock = QLabel()
        self._origin = _label("origin")
        self._origin.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._note = _label("note")
        browser = QPushButton("Use my browser instead")
        browser.setToolTip("Sign in with your usual browser: needed for some company accounts")
        browser.clicked.connect(self.browser_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        for widget in (self._back, self._lock):
            row.addWidget(widget)
        row.addWidget(self._origin, 1)
        row.addWidget(self._note)
        row.addWidget(browser)

    def show_origin(self, url: QUrl) -> None:
        """Show scheme, host and port of `url`, and whether anybody could listen in."""
        self._full_origin = origin_of(url)
        secure = url.scheme() == "https"
        local = url.host() in _LOOPBACK
        colour = self._look.secure if secure else self._look.warning
        if local and not secure:
            colour = self._look.faint
        self._lock.setPixmap(lock_icon(colour, closed=secure, ratio=self.devicePixelRatioF()))
        self._note.setText("" if secure else "This computer" if local else "Not encrypted")
        state = "encrypted" if secure else "not encrypted"
        self._lock.setAccessibleName(f"The connection is {state}")
        self._origin.setAccessibleName(f"This page is from {self._full_origin}")
        self._origin.setToolTip(self._full_origin)
        self._elide()

    def show_back(self, visible: bool) -> None:
        """Whether there is a page below the one on show."""
        self._back.setVisible(visible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        # Cut at the left: the end of a host name is the part that its owner cannot choose freely.
        self._origin.setText(
            self._origin.fontMetrics().elidedText(
                self._full_origin, Qt.TextElideMode.ElideLeft, max(self._origin.width(), 60)
            )
        )


class FailurePage(QWidget):
    """Says why no page is on show, and what to do."""

    retry_wanted = Signal()
    browser_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("failure")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._heading = _label("heading", "The sign-in page did not open")
        self.sentence = _label("sentence")
        self.sentence.setWordWrap(True)
        for label in (self._heading, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._retry = QPushButton("Try again")
        self._retry.setObjectName("primary")
        self._retry.clicked.connect(self.retry_wanted)
        browser = QPushButton("Sign in with my browser")
        browser.clicked.connect(self.browser_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._heading)
        column.addWidget(self.sentence)
        column.addSpacing(8)
        column.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(browser, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def explain(self, sentence: str) -> None:
        """Show `sentence`."""
        self.sentence.setText(sentence)
        self._retry.setFocus()


def _label(name: str, text: str = "") -> QLabel:
    # Host names and error texts come from outside: never rich text.
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setObjectName(name)
    return label
