"""The web side of the sign-in window: one throw-away profile, and pages that may do little."""

from pathlib import Path

from PySide6 import QtWebEngineCore
from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtNetwork import QAuthenticator, QSslCertificate
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
)

from rcdesk.signin.proxy import ProxyLogin

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ATTRIBUTES = {
    # The window has its own words for a page that does not load.
    QWebEngineSettings.WebAttribute.ErrorPageEnabled: False,
    QWebEngineSettings.WebAttribute.PluginsEnabled: False,
    QWebEngineSettings.WebAttribute.PdfViewerEnabled: False,
    QWebEngineSettings.WebAttribute.NavigateOnDropEnabled: False,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls: False,
    QWebEngineSettings.WebAttribute.ScreenCaptureEnabled: False,
    QWebEngineSettings.WebAttribute.FullScreenSupportEnabled: False,
}


def same_endpoint(url: QUrl, redirect_uri: QUrl) -> bool:
    """Whether `url` is the redirect URI with any query: scheme, host, port and path exactly."""
    return (
        _endpoint(url) == _endpoint(redirect_uri)
        and not url.userInfo()
        and url.scheme() in _DEFAULT_PORTS
    )


def _endpoint(url: QUrl) -> tuple[str, str, int, str]:
    encoded = QUrl.ComponentFormattingOption.FullyEncoded
    port = url.port(_DEFAULT_PORTS.get(url.scheme(), -1))
    return url.scheme(), url.host(encoded), port, url.path(encoded) or "/"


class SignInPage(QWebEnginePage):
    """A page that stops at the redirect URI, before anything is sent there.

    Signals:
        redirected: the page went to the redirect URI; its query, still percent-encoded.
        certificate_refused: the host whose certificate is not to be trusted.
        stopped: a sentence on why, such as that the proxy asks more than `login` can answer.
    """

    redirected = Signal(str)
    certificate_refused = Signal(str)
    stopped = Signal(str)

    def __init__(
        self, profile: QWebEngineProfile, redirect_uri: QUrl, login: ProxyLogin, parent: QObject
    ) -> None:
        super().__init__(profile, parent)
        self._redirect_uri = redirect_uri
        self._login = login
        settings = self.settings()
        for attribute, enabled in _ATTRIBUTES.items():
            settings.setAttribute(attribute, enabled)
        settings.setUnknownUrlSchemePolicy(
            QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
        )
        self.certificateError.connect(self._on_certificate_error)
        self.permissionRequested.connect(self._on_permission_requested)
        self.proxyAuthenticationRequired.connect(self._on_proxy_asks)
        self.authenticationRequired.connect(self._on_server_asks)

    def acceptNavigationRequest(
        self, url: QUrl | str, _type: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        """Catch the redirect; a frame inside a page may not go there at all."""
        if not same_endpoint(QUrl(url), self._redirect_uri):
            return True
        if is_main_frame:
            self.redirected.emit(QUrl(url).query(QUrl.ComponentFormattingOption.FullyEncoded))
        return False

    def javaScriptConsoleMessage(self, *_: object) -> None:
        """Drop what pages log: it would land on stderr."""

    def _on_certificate_error(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self.certificate_refused.emit(error.url().host())

    def _on_proxy_asks(self, _url: QUrl, authenticator: QAuthenticator, host: str) -> None:
        if not self._login.give(authenticator, host):
            self._stop(self._login.refusal(host))

    def _on_server_asks(self, url: QUrl) -> None:
        self._stop(
            f"{url.host()} asks for a password in a way that this window does not know: sign in "
            "with your own browser instead."
        )

    def _stop(self, sentence: str) -> None:
        # To leave a question without an answer would be to answer with nothing, many times.
        self.triggerAction(QWebEnginePage.WebAction.Stop)
        self.stopped.emit(sentence)

    @staticmethod
    def _on_permission_requested(permission: QWebEnginePermission) -> None:
        permission.deny()


def takes_certificates() -> bool:
    """Whether this Qt (6.10 or newer) can trust certificates besides its own."""
    builder = getattr(QtWebEngineCore, "QWebEngineProfileBuilder", None)
    return hasattr(builder, "setAdditionalTrustedCertificates")


def throwaway_profile(parent: QObject, ca_file: str = "") -> QWebEngineProfile:
    """A profile that keeps nothing on disk, downloads nothing, and trusts `ca_file` if it can."""
    # Without a name it is off the record, either way.
    if ca_file and takes_certificates():
        builder = QtWebEngineCore.QWebEngineProfileBuilder()
        builder.setAdditionalTrustedCertificates(QSslCertificate.fromData(_content(ca_file)))
        profile = builder.createProfile("", parent)
    else:
        profile = QWebEngineProfile(parent)
    profile.setPersistentPermissionsPolicy(
        QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime
    )
    profile.downloadRequested.connect(_refuse_download)
    return profile


def _content(file: str) -> bytes:
    """Nothing where it cannot be read, for then the app has said so before."""
    try:
        return Path(file).read_bytes()
    except OSError:
        return b""


def _refuse_download(download: QWebEngineDownloadRequest) -> None:
    download.cancel()
