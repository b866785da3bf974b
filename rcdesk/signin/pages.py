"""The web side of the sign-in window: one throw-away profile, and pages that may do little."""

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
)

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
    """

    redirected = Signal(str)
    certificate_refused = Signal(str)

    def __init__(self, profile: QWebEngineProfile, redirect_uri: QUrl, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._redirect_uri = redirect_uri
        settings = self.settings()
        for attribute, enabled in _ATTRIBUTES.items():
            settings.setAttribute(attribute, enabled)
        settings.setUnknownUrlSchemePolicy(
            QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
        )
        self.certificateError.connect(self._on_certificate_error)
        self.permissionRequested.connect(self._on_permission_requested)

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

    @staticmethod
    def _on_permission_requested(permission: QWebEnginePermission) -> None:
        permission.deny()


def throwaway_profile(parent: QObject) -> QWebEngineProfile:
    """A profile that keeps nothing on disk and downloads nothing."""
    # Without a name it is off the record.
    profile = QWebEngineProfile(parent)
    profile.setPersistentPermissionsPolicy(
        QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime
    )
    profile.downloadRequested.connect(_refuse_download)
    return profile


def _refuse_download(download: QWebEngineDownloadRequest) -> None:
    download.cancel()
