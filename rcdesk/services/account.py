"""Who is signed in."""

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
