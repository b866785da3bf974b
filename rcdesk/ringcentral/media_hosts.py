"""Which addresses belong to a server: only they ever see its tokens."""

import httpx

Origin = tuple[str, str, int | None]

_PLATFORM = "platform."
_MEDIA = "media."


def origin(url: httpx.URL) -> Origin:
    """Scheme, host and port, the port spelled out."""
    port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, port


def trusted_origins(server_url: str) -> frozenset[Origin]:
    """The server itself and, for `platform.…`, the `media.…` host of the same brand.

    Binary content of https://platform.ringcentral.com lies at https://media.ringcentral.com;
    the other brands name their hosts the same way (reference, section 1).
    """
    server = origin(httpx.URL(server_url))
    scheme, host, port = server
    if not host.startswith(_PLATFORM):
        return frozenset({server})
    return frozenset({server, (scheme, _MEDIA + host.removeprefix(_PLATFORM), port)})


def without_token(url: httpx.URL) -> httpx.URL:
    """`url` without an `access_token`: addresses end up in logs and in other hands."""
    return url.copy_remove_param("access_token") if "access_token" in url.params else url
