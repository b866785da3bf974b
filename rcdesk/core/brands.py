"""RingCentral's brands and those of its partners: where their platforms are."""

PRODUCTION = "https://platform.ringcentral.com"
SEGREGATED = "https://platform.ringcentral.biz"

_SEGREGATED_BRANDS = frozenset({"2210", "3420"})
"""Verizon's and AT&T Office@Hand's; every other partner's is with RingCentral's own."""


def server_for(brand_id: str) -> str:
    """The platform of a brand; an unknown one is taken for RingCentral's own."""
    return SEGREGATED if brand_id in _SEGREGATED_BRANDS else PRODUCTION
