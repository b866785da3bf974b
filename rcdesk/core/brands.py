"""RingCentral's brands and those of its partners: ids, and where their platforms are."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PRODUCTION = "https://platform.ringcentral.com"
SEGREGATED = "https://platform.ringcentral.biz"


@dataclass(frozen=True, slots=True)
class Brand:
    """One brand.

    Attributes:
        server_url: its platform.
        login_host: where its sign-in page ends up.
    """

    name: str
    server_url: str = PRODUCTION
    login_host: str = "login.ringcentral.com"


def _segregated(name: str) -> Brand:
    return Brand(name, SEGREGATED, "login.ringcentral.biz")


BRANDS: Mapping[str, Brand] = MappingProxyType(
    {
        "1210": Brand("RingCentral"),
        "2010": Brand("RingCentral EU"),
        "3610": Brand("RingCentral Canada"),
        "3710": Brand("RingCentral UK"),
        "5010": Brand("RingCentral Australia"),
        "2020": Brand("Unify Office"),
        "2110": Brand("Rainbow Office"),
        "2210": _segregated("Verizon"),
        "3420": _segregated("AT&T Office@Hand"),
        "6010": Brand("Avaya Cloud Office"),
        "7010": Brand("Vodafone Business UC"),
        "7310": Brand("TELUS Business Connect"),
        "7710": Brand("BT Cloud Work"),
    }
)


def server_for(brand_id: str) -> str:
    """The platform of a brand; an unknown one is taken for RingCentral's own."""
    brand = BRANDS.get(brand_id)
    return brand.server_url if brand else PRODUCTION
