"""The way of the sign-in window's pages through a proxy."""

from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QAuthenticator, QNetworkProxy

_DIRECT = "direct"
_TYPES = {
    "http": (QNetworkProxy.ProxyType.HttpProxy, 80),
    "socks5": (QNetworkProxy.ProxyType.Socks5Proxy, 1080),
    "socks5h": (QNetworkProxy.ProxyType.Socks5Proxy, 1080),
}


def use_proxy(setting: str) -> None:
    """Send all pages through the proxy of the settings, as `SignInTask.proxy` has it.

    To be called before the first profile is made. WebEngine goes to this computer directly all
    the same, and takes no notice of a name and password: see `ProxyLogin`.
    """
    if not setting:
        # Left alone, Qt has WebEngine read the system's settings and the environment.
        return
    url = QUrl(setting)
    kind, port = _TYPES.get(url.scheme(), (QNetworkProxy.ProxyType.NoProxy, 0))
    if setting == _DIRECT or kind is QNetworkProxy.ProxyType.NoProxy:
        QNetworkProxy.setApplicationProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
    else:
        QNetworkProxy.setApplicationProxy(QNetworkProxy(kind, url.host(), url.port(port)))


class ProxyLogin:
    """Name and password of one proxy, for that one only.

    They are given once, until a page has come through or the user tries again: a proxy that
    refuses them asks without end, and may lock the account.
    """

    def __init__(self, proxy: str) -> None:
        self._url = QUrl("" if proxy == _DIRECT else proxy)
        self._was_given = False

    def renew(self) -> None:
        """What was given was right, or is to be tried again."""
        self._was_given = False

    def give(self, authenticator: QAuthenticator, host: str) -> bool:
        """Answer the proxy at `host`; False where there is nothing (more) to say."""
        if self._was_given or not self._url.userName() or host != self._url.host():
            return False
        self._was_given = True
        decoded = QUrl.ComponentFormattingOption.FullyDecoded
        authenticator.setUser(self._url.userName(decoded))
        authenticator.setPassword(self._url.password(decoded))
        return True

    def refusal(self, host: str) -> str:
        """What to tell the user when there was nothing more to say."""
        if self._was_given:
            return (
                f"The proxy {host} does not take the name and password in the settings: correct "
                "them in the setting proxy, then start signing in again."
            )
        return (
            f"The proxy {host} wants a user name and password: give them in the setting proxy, "
            "as http://name:password@host:port."
        )
