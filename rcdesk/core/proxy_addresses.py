"""What people get wrong in a proxy's address."""

import re

_END_OF_HOST = re.compile(r"[/?#]")


def has_raw_credentials(address: str) -> bool:
    """Its user name or password has a raw `/`, `?` or `#`, where an address's host would end."""
    _, _, rest = address.partition("://")
    _, *behind = _END_OF_HOST.split(rest, maxsplit=1)
    return any("@" in part for part in behind)
