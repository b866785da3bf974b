"""Why a page did not load, in words."""

from PySide6.QtWebEngineCore import QWebEngineLoadingInfo

_Domain = QWebEngineLoadingInfo.ErrorDomain
# Chromium's net_error_list.h.
_PROXY_UNREACHABLE = frozenset({-120, -121, -130})
_PROXY_REFUSES = frozenset({-111, -115, -127, -136})


def certificate_sentence(host: str, *, has_ca_file: bool, takes_ca_file: bool) -> str:
    """Why the page of `host` is not shown: its certificate.

    `has_ca_file`: the setting names one; `takes_ca_file`: this Qt can use it.
    """
    if not has_ca_file:
        where = "is not trusted here"
    elif takes_ca_file:
        where = "is not trusted here, nor is it vouched for by the file in the setting ca_file"
    else:
        where = (
            "is not trusted here, and this window cannot use the setting ca_file (that takes Qt "
            "6.10 or newer)"
        )
    return (
        f"{host} could not prove that it is who it says: its certificate {where}. Nothing was "
        "sent. Check the network you are on and this computer's clock, or sign in with your own "
        "browser instead."
    )


def sentence(info: QWebEngineLoadingInfo, host: str) -> str:
    """Why the page of `host` is not shown, where its certificate is not the reason."""
    if info.errorCode() in _PROXY_UNREACHABLE:
        return (
            f"The proxy on the way to {host} cannot be reached. Check the proxy settings and the "
            "network connection, then try again."
        )
    if info.errorCode() in _PROXY_REFUSES:
        return (
            f"The proxy refused the connection to {host}. Ask your administrator to let it "
            "through, or sign in with your own browser instead."
        )
    if info.errorDomain() in (_Domain.ConnectionErrorDomain, _Domain.DnsErrorDomain):
        return (
            f"{host} could not be reached. Check the network and the server address, "
            "then try again."
        )
    return f"The page of {host} could not be loaded ({info.errorString()}). Try again."
