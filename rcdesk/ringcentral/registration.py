"""The app as registered in RingCentral's developer console."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from rcdesk.core.errors import BadInput

_LONGEST_LABEL = 63


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """One app registration on one server.

    Attributes:
        server_url: scheme, host and port only; plain http is accepted for this computer only.
        client_secret: None for a public client, which RingCentral then identifies by
            `client_id` in the body (an id-only Basic header is refused).
        redirect_uri: must equal a registered one to the letter.
        brand_id: RingCentral's number for the partner who sold the account; empty for
            RingCentral's own (see `core.brands`).
        uses_discovery: ask the server for its addresses; without, the fixed ones do.

    Raises:
        BadInput: a field cannot be used.
    """

    server_url: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str = "http://localhost:47623/oauth2callback"
    brand_id: str = ""
    uses_discovery: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "server_url", _checked_server_url(self.server_url))
        object.__setattr__(self, "client_id", self.client_id.strip())
        if not self.client_id:
            raise BadInput("The client ID is missing: copy it from your app's credentials page.")
        if not self.client_secret:
            object.__setattr__(self, "client_secret", None)
        if not urlsplit(self.redirect_uri).scheme:
            raise BadInput(
                f"The redirect URI {self.redirect_uri!r} is not a URL: "
                "give it as registered for your app."
            )


def is_loopback(host: str) -> bool:
    """Whether `host` names this computer."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(url: str) -> bool:
    """Whether `url` names a host and a port that can be looked for.

    With others the libraries for HTTP, WebSocket and DNS raise errors of many kinds, late.
    """
    try:
        parsed = httpx.URL(url)
        # Reading the host decodes punycode; `urlsplit` knows the range of a port.
        _, _, host = parsed.host, urlsplit(url).port, parsed.raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL):
        return False
    labels = host.removesuffix(".").split(".")
    return all(0 < len(label) <= _LONGEST_LABEL for label in labels)


def _checked_server_url(given: str) -> str:
    url = given.strip().rstrip("/")
    example = "give it as https://platform.ringcentral.com"
    if not is_address(url):
        raise BadInput(f"The server address {given!r} is not a URL: {example}.")
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise BadInput(f"The server address {given!r} is not a web address: {example}.")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadInput(f"The server address {given!r} has more than a host and a port: {example}.")
    if parts.scheme == "http" and not is_loopback(host):
        raise BadInput(
            f"The server address {given!r} would send your sign-in unencrypted: use https."
        )
    return url
