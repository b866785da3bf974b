import pytest

from rcdesk.core.brands import BRANDS, server_for


@pytest.mark.parametrize(
    ("brand_id", "server_url"),
    [
        ("1210", "https://platform.ringcentral.com"),
        ("3710", "https://platform.ringcentral.com"),
        ("3420", "https://platform.ringcentral.biz"),
        ("2210", "https://platform.ringcentral.biz"),
        ("9999", "https://platform.ringcentral.com"),
        ("", "https://platform.ringcentral.com"),
    ],
)
def test_where_a_brands_platform_is(brand_id: str, server_url: str) -> None:
    assert server_for(brand_id) == server_url


def test_the_sign_in_page_is_in_the_platforms_own_zone() -> None:
    for brand in BRANDS.values():
        assert brand.server_url.rpartition(".")[2] == brand.login_host.rpartition(".")[2]
