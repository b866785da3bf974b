from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.number_parser import ParsedNumber, parse_numbers
from rcdesk.ringcentral.platform import Platform
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    example_answers,
    give,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

PATH = "/restapi/v2/number-parser/parse"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_every_text_is_answered_in_its_place(http: PlatformHttp) -> None:
    texts = ["hello", "", "(650) 555-0142", "101", "hello"]
    hello, nothing, number, extension, again = await parse_numbers(http, texts)
    assert hello == again == ParsedNumber("hello", category="Unknown")
    assert nothing == ParsedNumber("")
    assert number == ParsedNumber(
        original="(650) 555-0142",
        category="Regular",
        e164="+16505550142",
        national="(650) 555-0142",
        international="+1 650-555-0142",
        dialable="+16505550142",
        country="US",
        status="Valid",
    )
    assert (extension.category, extension.extension_number) == ("Extension", "101")
    assert extension.e164 == ""


async def test_more_texts_than_one_request_takes(http: PlatformHttp, control: Any) -> None:
    texts = [f"+1650555{n:04d}" for n in range(130)]
    assert [each.e164 for each in await parse_numbers(http, texts)] == texts
    sizes = [len(each["body"]["originalStrings"]) for each in await control.requests(PATH)]
    assert sizes == [64, 64, 2]


async def test_no_text_asks_nothing(http: PlatformHttp, control: Any) -> None:
    assert await parse_numbers(http, []) == ()
    assert await control.requests(PATH) == []


@needs_specification
async def test_the_specifications_example_is_read(http: PlatformHttp, simulator: Simulator) -> None:
    example = next(e for e in example_answers(operation("POST", PATH)) if "*67" in str(e))
    give(simulator, example)
    (parsed,) = await parse_numbers(http, ["*6716505558275*303@sip.ringcentral.com"])
    assert (parsed.e164, parsed.dialable) == ("+16505558275", "*67*6505558275")


@needs_specification
async def test_the_request_is_valid(http: PlatformHttp, simulator: Simulator) -> None:
    await parse_numbers(http, ["+12125550199", ""])
    assert sent_faults(simulator) == []


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    await check_any_answer(
        simulator,
        operation("POST", PATH),
        lambda: parse_numbers(http, ["+16505558275"]),
        list_of="results",
    )
