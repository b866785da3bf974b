import pytest

from rcdesk.core.brands import server_for


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
