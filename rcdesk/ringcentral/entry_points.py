"""Where a session's requests go, and which addresses may be trusted to say so."""

import re
from urllib.parse import SplitResult, urlsplit

import msgspec

from rcdesk.ringcentral.registration import is_address, is_loopback

AUTHORIZE_PATH = "/restapi/oauth/authorize"
TOKEN_PATH = "/restapi/oauth/token"  # noqa: S105 - an address, not a secret
REVOKE_PATH = "/restapi/oauth/revoke"

# What parsers read differently (backslashes, percent signs) names no host of ours.
_HOST = re.compile(r"[0-9a-z.-]+|[0-9a-f:.]+", re.ASCII)
_ZONES = (".ringcentral.com", ".ringcentral.biz")


class EntryPoints(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of one session.

    Attributes:
        api_url: scheme, host and port.
        external_url: what tells a signed-in client its addresses; empty without discovery.
        hosts: those that the server named itself.
        tag: `Discovery-Tag`, sent with every request; empty until the external answer.
        expires_at: when to ask `external_url` again; UTC, seconds since the epoch, 0 for never.
        retry_cycle_s: how long to leave it alone after it failed.
    """

    authorize_url: str
    token_url: str
    api_url: str
    external_url: str = ""
    hosts: tuple[str, ...] = ()
    tag: str = ""
    expires_at: float = 0
    retry_cycle_s: float = 824
    retry_count: int = 3
    retry_interval_s: float = 3

    @property
    def revoke_url(self) -> str:
        """Beside the token endpoint."""
        base, path, _ = self.token_url.partition(TOKEN_PATH)
        return f"{base}{REVOKE_PATH}" if path else f"{self.api_url}{REVOKE_PATH}"


def fixed(server_url: str) -> EntryPoints:
    """The addresses that every server has, discovery or not."""
    return EntryPoints(
        authorize_url=f"{server_url}{AUTHORIZE_PATH}",
        token_url=f"{server_url}{TOKEN_PATH}",
        api_url=server_url,
        hosts=(host_of(server_url),),
    )


def is_safe(url: str, server_url: str) -> bool:
    """Whether a token may travel to `url`: https, or this computer where the server is here too."""
    parts = _split(url)
    if parts is None or "@" in parts.netloc or parts.fragment:
        return False
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and is_loopback(parts.hostname or "") and _is_here(server_url)


def is_vouched_for(url: str, points: EntryPoints, server_url: str) -> bool:
    """Whether an address out of a redirect may be given the code, or a token.

    A redirect passes through the browser, where any page, extension or program that handles
    it can write into it: an address taken from there unseen would send code, verifier and
    client secret to whoever wrote it. So it must be a host that the server has named over TLS,
    or one of RingCentral's own zones where the server is in that zone itself (the region of
    a user's account is known only after the sign-in).
    """
    if not is_safe(url, server_url):
        return False
    host = host_of(url)
    if host in points.hosts or (is_loopback(host) and _is_here(server_url)):
        return True
    server = host_of(server_url)
    return any(host.endswith(zone) and server.endswith(zone) for zone in _ZONES)


def host_of(url: str) -> str:
    """Its host in lower case; empty for what is no address."""
    parts = _split(url)
    return (parts.hostname or "").lower() if parts else ""


def base_of(url: str) -> str:
    """Scheme, host and port of `url`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_here(server_url: str) -> bool:
    return is_loopback(host_of(server_url))


def _split(url: str) -> SplitResult | None:
    if not is_address(url):
        return None
    parts = urlsplit(url)
    return parts if _HOST.fullmatch(parts.hostname or "") else None
