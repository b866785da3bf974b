"""Who is signed in."""

import hashlib
from dataclasses import dataclass

from rcdesk.ringcentral.extension import Extension


@dataclass(frozen=True, slots=True)
class Account:
    """The user's extension; `region` (ISO 3166 alpha-2) reads the numbers they dial."""

    extension_id: str
    extension_number: str
    name: str
    region: str

    @classmethod
    def of(cls, extension: Extension) -> "Account":
        """The account behind an extension; a platform that names no country is read as US."""
        return cls(
            extension_id=extension.id,
            extension_number=extension.extension_number,
            name=extension.name,
            region=extension.home_country or "US",
        )


def account_mark(server_url: str, owner_id: str) -> str:
    """What tells the files of one extension at one server from those of others."""
    # Neither name is ours, and both become part of a file's.
    owner = owner_id if owner_id.isalnum() and owner_id.isascii() else digest(owner_id)
    return f"{digest(server_url)}-{owner[:40]}"


def digest(text: str) -> str:
    """A short name for `text`, which may be anything."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
