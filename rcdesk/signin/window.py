"""The sign-in window: a bar that says where the page is from, and the page."""

import os
import threading

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QColor, QContextMenuEvent
from PySide6.QtWebEngineCore import (
    QWebEngineLoadingInfo,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rcdesk.signin.failures import certificate_sentence, sentence
from rcdesk.signin.look import choose_look, style_sheet, window_icon
from rcdesk.signin.messages import AnswerKind, SignInAnswer, SignInTask
from rcdesk.signin.pages import SignInPage, takes_certificates, throwaway_profile
from rcdesk.signin.parts import FailurePage, OriginBar, origin_of
from rcdesk.signin.proxy import ProxyLogin, use_proxy
from rcdesk.signin.refusals import answer_to_closing

_MAX_POPUPS = 3
_SIZE = (520, 720)
_PAGE_TEXT_MS = 1000


class PageView(QWebEngineView):
    """A view whose context menu only edits."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Cut, copy, paste: no saving, no source, no new windows."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        actions = QWebEnginePage.WebAction
        for action in (actions.Cut, actions.Copy, actions.Paste, actions.SelectAll):
            menu.addAction(self.page().action(action))
        menu.popup(event.globalPos())


class SignInWindow(QMainWindow):
    """Shows the task's page; `answered` fires once, with how it ended."""

    answered = Signal(object)

    def __init__(self, task: SignInTask) -> None:
        super().__init__()
        self._task = task
        self._done = False
        self._look = choose_look(task.theme)
        self._certificate_host = ""
        self.setStyleSheet(style_sheet(self._look))
        self.setWindowIcon(window_icon(self._look.accent))
        self.setMinimumSize(400, 480)
        self.resize(*_SIZE)
        # Window managers put it wherever there is room, out of sight of who asked for it.
        self.move(self.screen().availableGeometry().center() - self.rect().center())
        use_proxy(task.proxy)
        self._login = ProxyLogin(task.proxy or task.system_proxy)
        self._profile = throwaway_profile(self, task.ca_file)
        self._bar = OriginBar(self._look)
        self._bar.browser_wanted.connect(self._use_browser)
        self._bar.back_wanted.connect(self._close_popup)
        self._progress = QProgressBar(textVisible=False)
        self._failure = FailurePage()
        self._failure.retry_wanted.connect(self.load)
        self._failure.browser_wanted.connect(self._use_browser)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._failure)
        self._views: list[PageView] = []
        column = QVBoxLayout(body := QWidget())
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._bar, self._progress, self._stack):
            column.addWidget(widget)
        self.setCentralWidget(body)
        self._add_view()

    @property
    def page(self) -> SignInPage:
        """The page on top."""
        page = self._views[-1].page()
        assert isinstance(page, SignInPage)  # noqa: S101 - every view is made by _add_view
        return page

    def load(self) -> None:
        """Show the task's page, from the start."""
        while len(self._views) > 1:
            self._close_popup()
        self._certificate_host = ""
        self._login.renew()
        self._show_origin(QUrl(self._task.url))
        self._stack.setCurrentWidget(self._views[0])
        self.page.load(QUrl(self._task.url))
        # Typing goes to the page, and Enter does not press the button in the bar.
        self._views[0].setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is an answer, which depends on what the page says."""
        if self._done:
            event.accept()
            return
        event.ignore()
        self.hide()
        # A page that has crashed does not tell what it says.
        QTimer.singleShot(_PAGE_TEXT_MS, lambda: self._end(SignInAnswer(AnswerKind.CLOSED)))
        self.page.toPlainText(
            lambda text: self._end(answer_to_closing(text, self._task.redirect_uri))
        )

    def discard(self) -> None:
        """Delete pages, then the profile: WebEngine wants it in this order."""
        for view in self._views:
            page = view.page()
            self._stack.removeWidget(view)
            view.deleteLater()
            page.deleteLater()
        self._views.clear()
        self._profile.deleteLater()

    def _add_view(self) -> PageView:
        view = PageView(self._stack)
        page = SignInPage(self._profile, QUrl(self._task.redirect_uri), self._login, view)
        # No white flash before the page is there; then white, which a page that says nothing
        # of dark counts on.
        page.setBackgroundColor(QColor(self._look.surface))
        page.urlChanged.connect(lambda: page.setBackgroundColor(QColor(Qt.GlobalColor.white)))
        page.redirected.connect(self._on_redirected)
        page.certificate_refused.connect(self._on_certificate_refused)
        page.stopped.connect(self._fail)
        page.newWindowRequested.connect(self._on_new_window)
        page.windowCloseRequested.connect(self._close_popup)
        page.urlChanged.connect(self._show_origin)
        page.loadingChanged.connect(self._on_loading)
        page.loadProgress.connect(self._progress.setValue)
        page.renderProcessTerminated.connect(
            lambda *_: self._fail("The page crashed; nothing was sent twice. Try again.")
        )
        view.setPage(page)
        self._views.append(view)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self._bar.show_back(len(self._views) > 1)
        return view

    def _on_new_window(self, request: QWebEngineNewWindowRequest) -> None:
        # Single sign-on opens its page in a popup and closes that again; a link may open one
        # because the user clicked it. Nothing else gets a window.
        if len(self._views) <= _MAX_POPUPS and request.isUserInitiated():
            request.openIn(self._add_view().page())

    def _close_popup(self) -> None:
        if len(self._views) > 1:
            view = self._views.pop()
            self._stack.removeWidget(view)
            view.deleteLater()
            self._stack.setCurrentWidget(self._views[-1])
            self._bar.show_back(len(self._views) > 1)
            self._show_origin(self.page.url())

    def _on_redirected(self, query: str) -> None:
        self._end(SignInAnswer(AnswerKind.REDIRECT, query=query))

    def _on_certificate_refused(self, host: str) -> None:
        self._certificate_host = host

    def _on_loading(self, info: QWebEngineLoadingInfo) -> None:
        if self._done:
            return
        is_started = info.status() is _STARTED
        self._progress.setValue(5 if is_started else 0)
        self._name_window(info.url() if is_started else self.page.url(), is_open=not is_started)
        if info.status() is _SUCCEEDED:
            self._login.renew()
        if info.status() is not _FAILED:
            return
        if info.errorDomain() is QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain:
            # The server's own page says it better, if it sent one.
            said = (
                f"{info.url().host()} answered with error {info.errorCode()}. "
                "Wait a moment, then try again."
            )
            self.page.toPlainText(lambda text: None if text.strip() else self._fail(said))
        else:
            self._fail(self._sentence(info))

    def _sentence(self, info: QWebEngineLoadingInfo) -> str:
        host = info.url().host() or QUrl(self._task.url).host()
        if self._certificate_host or info.errorDomain() is _CERTIFICATE:
            return certificate_sentence(
                self._certificate_host or host,
                has_ca_file=bool(self._task.ca_file),
                takes_ca_file=takes_certificates(),
            )
        return sentence(info, host)

    def _fail(self, sentence: str) -> None:
        if not self._done:
            self._failure.explain(sentence)
            self._stack.setCurrentWidget(self._failure)

    def _show_origin(self, url: QUrl) -> None:
        if url.host():
            self._bar.show_origin(url)

    def _name_window(self, url: QUrl, *, is_open: bool) -> None:
        """Title with the origin; it says when the page can be typed into."""
        if url.host():
            self.setWindowTitle(f"{'Sign in' if is_open else 'Opening'}: {origin_of(url)}")

    def _use_browser(self) -> None:
        self._end(SignInAnswer(AnswerKind.USE_BROWSER))

    def _end(self, answer: SignInAnswer) -> None:
        if not self._done:
            self._done = True
            self.answered.emit(answer)


_STARTED = QWebEngineLoadingInfo.LoadStatus.LoadStartedStatus
_SUCCEEDED = QWebEngineLoadingInfo.LoadStatus.LoadSucceededStatus
_FAILED = QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus
_CERTIFICATE = QWebEngineLoadingInfo.ErrorDomain.CertificateErrorDomain


class _Parent(QObject):
    """The process that started this one."""

    gone = Signal()

    def watch(self) -> None:
        """Emit `gone` when stdin ends; a thread, since Windows cannot wait for pipes otherwise."""
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while os.read(0, 4096):
            pass
        self.gone.emit()


def show(task: SignInTask) -> SignInAnswer | None:
    """Show the window until it has an answer; None where the parent went first."""
    app = QApplication(["rcdesk"])
    app.setApplicationDisplayName("rcdesk")
    # The window is gone a moment before its answer is there.
    app.setQuitOnLastWindowClosed(False)
    answers: list[SignInAnswer] = []
    window = SignInWindow(task)
    window.answered.connect(answers.append)
    # Not quit(), which closes the window, and closing is an answer.
    window.answered.connect(lambda _: app.exit())
    parent = _Parent()
    parent.gone.connect(lambda: app.exit(0))
    parent.watch()
    window.show()
    window.load()
    app.exec()
    window.hide()
    window.discard()
    app.processEvents()
    return answers[0] if answers else None
