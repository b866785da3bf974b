from collections.abc import AsyncIterator

import httpx
import pytest

from rcdesk.ringcentral import account
from rcdesk.ringcentral.account import AccountInfo
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

PATH = "/restapi/v1.0/account/~"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_the_account_is_the_companys(http: PlatformHttp, simulator: Simulator) -> None:
    company = simulator.world.company
    assert await account.get_account(http) == AccountInfo(
        id=company.account_id,
        main_number=company.main_number,
        status="Confirmed",
        brand_id="1210",
        brand="RingCentral",
        home_country="US",
        is_federated=False,
        longest_extension_number=8,
    )


@needs_specification
async def test_the_request_is_valid(http: PlatformHttp, simulator: Simulator) -> None:
    await account.get_account(http)
    assert sent_faults(simulator) == []


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    asked = operation("GET", PATH)
    await check_any_answer(simulator, asked, lambda: account.get_account(http), list_of="")
