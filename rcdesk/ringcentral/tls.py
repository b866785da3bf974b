"""Which certificates the platform is checked against, and what is wrong with one."""

import re
import ssl
from pathlib import Path

import certifi

from rcdesk.core.errors import BadInput

# Of the subject, as `openssl rehash` names links.
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")

# OpenSSL's X509_V_ERR_…, which Python gives as verify_code.
_NOT_YET_VALID = 9
_EXPIRED = 10
_WRONG_NAME = frozenset({62, 64})
_UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})


def client_context(ca_file: str = "") -> ssl.SSLContext:
    """A verifying TLS context for HTTP and WebSocket alike.

    The system's certificates first: a company's own CA, which its proxy signs with, is
    installed there (`SSL_CERT_FILE` and `SSL_CERT_DIR` count, too). Only where Python finds
    none, as in some bundled builds, do certifi's stand in. Those of `ca_file` (PEM) come on
    top.

    Raises:
        BadInput: `ca_file` cannot be read as certificates.
    """
    context = ssl.create_default_context(capath=_complete_directory())
    if not context.cert_store_stats()["x509_ca"] and not _has_certificate_directory():
        context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            raise BadInput(
                f"The certificates in {ca_file} cannot be read ({error.strerror or error}): "
                "name a PEM file in the setting ca_file, or remove the setting."
            ) from None
    return context


def certificate_sentence(fault: ssl.SSLCertVerificationError, host: str) -> str:
    """What is wrong with the certificate that `host` showed, and what to do."""
    code = fault.verify_code
    if code == _EXPIRED:
        return (
            f"The certificate of {host} has expired: check this computer's date; if that is "
            "right, the server or a proxy in between must renew it."
        )
    if code == _NOT_YET_VALID:
        return f"The certificate of {host} is not valid yet: check this computer's date."
    if code in _WRONG_NAME:
        return (
            f"Something else answers for {host} (its certificate has another name): this "
            "network's sign-in page, or a proxy."
        )
    if code in _UNKNOWN_ISSUER:
        return (
            f"The certificate of {host} comes from an issuer that this computer does not know: "
            "if your company inspects connections, install its CA certificate, or name its file "
            "in the setting ca_file."
        )
    reason = " ".join(fault.verify_message.split())[:200]
    return f"The certificate of {host} cannot be trusted ({reason}): ask your administrator."


def _complete_directory() -> str | None:
    """The directory of the system's certificates, where it says as much as their bundle.

    Of a directory OpenSSL reads the one certificate that it needs, when it does; a bundle it
    reads at once, which takes 30 ms and 1 MB. Debian and its like keep the bundle inside the
    directory and make both together; what somebody else has put into a bundle must count.
    """
    paths = ssl.get_default_verify_paths()
    # Typed as if they were always there.
    cafile: str | None = paths.cafile
    capath: str | None = paths.capath
    if cafile is None or capath is None:
        return None
    bundle, directory = Path(cafile).resolve(), Path(capath).resolve()
    if bundle.parent != directory:
        return None
    try:
        names = sum(1 for file in directory.iterdir() if _HASHED.fullmatch(file.name))
        is_complete = names >= bundle.read_bytes().count(b"-----BEGIN CERTIFICATE-----")
    except OSError:
        return None
    return capath if is_complete else None


def _has_certificate_directory() -> bool:
    # OpenSSL reads a directory only when it needs a certificate, so the store's statistics
    # say nothing about it.
    directory: str | None = ssl.get_default_verify_paths().capath
    return directory is not None and any(Path(directory).iterdir())
