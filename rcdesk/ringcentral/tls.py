"""Which certificates the platform is checked against."""

import ssl
from pathlib import Path

import certifi


def client_context() -> ssl.SSLContext:
    """A verifying TLS context for HTTP and WebSocket alike.

    The system's certificates first: a company's own CA, which its proxy signs with, is
    installed there (`SSL_CERT_FILE` and `SSL_CERT_DIR` count, too). Only where Python finds
    none, as in some bundled builds, do certifi's stand in.
    """
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not _has_certificate_directory():
        context.load_verify_locations(certifi.where())
    return context


def _has_certificate_directory() -> bool:
    # OpenSSL reads a directory only when it needs a certificate, so the store's statistics
    # say nothing about it.
    directory: str | None = ssl.get_default_verify_paths().capath
    return directory is not None and any(Path(directory).iterdir())
