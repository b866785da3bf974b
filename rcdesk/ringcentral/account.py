"""The account, which is the whole company's."""

from dataclasses import dataclass

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_settings import AccountAnswer

_PATH = "/restapi/v1.0/account/~"


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """The company's account.

    Attributes:
        main_number: E.164; may lack its `+`.
        brand_id: 1210 for RingCentral itself, others for partners.
        home_country: ISO 3166 alpha-2, empty if the platform does not say.
        longest_extension_number: in digits; None if the platform does not say.
    """

    id: str
    main_number: str = ""
    status: str = ""
    brand_id: str = ""
    brand: str = ""
    home_country: str = ""
    is_federated: bool = False
    longest_extension_number: int | None = None


async def get_account(http: PlatformHttp, *, user: bool = False) -> AccountInfo:
    """The account of the signed-in user; raises PlatformError or SignedOut."""
    answer = await http.request("GET", _PATH, into=AccountAnswer, group=RateGroup.LIGHT, user=user)
    limits = answer.limits
    brand = answer.service_info and answer.service_info.brand
    country = answer.regional_settings and answer.regional_settings.home_country
    return AccountInfo(
        id=text(answer.id),
        main_number=text(answer.main_number),
        status=text(answer.status),
        brand_id=text(brand.id) if brand else "",
        brand=text(brand.name) if brand else "",
        home_country=text(country.iso_code).upper() if country else "",
        is_federated=bool(answer.federated),
        longest_extension_number=limits.max_extension_number_length if limits else None,
    )
