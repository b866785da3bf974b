import asyncio
from contextlib import aclosing

import pytest

from rcdesk.core.errors import StorageTrouble
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.examination import CHECKS, Check, examine
from rcdesk.services.diagnosis.findings import Finding, Status, ok, told, warning, wrong
from tests.services.diagnosis.conftest import CaseOf


async def fine(_case: Case) -> Finding:
    return ok("fine")


async def hangs(_case: Case) -> Finding:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


async def crashes(_case: Case) -> Finding:
    raise KeyError("+16505550142")


async def refuses(_case: Case) -> Finding:
    raise StorageTrouble("The disk is full: delete something.")


async def is_wrong(_case: Case) -> Finding:
    return wrong("broken", "mend it")


async def is_poor(_case: Case) -> Finding:
    return warning("could be better", "buy one")


async def found(case: Case, *checks: Check) -> dict[str, Finding]:
    return {name: finding async for name, finding in examine(case, checks)}


async def test_no_check_stops_another(case_of: CaseOf) -> None:
    findings = await found(
        case_of(),
        Check("crash", crashes),
        Check("hang", hangs, timeout_s=0.01),
        Check("refusal", refuses),
        Check("rest", fine),
    )
    assert {name: finding.status for name, finding in findings.items()} == {
        "crash": Status.UNKNOWN,
        "hang": Status.WRONG,
        "refusal": Status.WRONG,
        "rest": Status.OK,
    }
    assert findings["crash"].detail == "The check itself failed (KeyError)."
    assert (findings["refusal"].detail, findings["refusal"].fix) == (
        *("The disk is full.", "Delete something."),
    )


async def test_what_makes_no_sense_is_not_checked_and_names_the_cause(case_of: CaseOf) -> None:
    findings = await found(
        case_of(),
        Check("cause", is_wrong),
        Check("poor", is_poor),
        Check("second", fine, needs=("cause",)),
        Check("third", fine, needs=("second",)),
        Check("free", fine, needs=("poor",), after=("cause",)),
    )
    assert findings["second"].status is Status.UNKNOWN
    assert findings["third"].detail == "Not checked, because of cause."
    assert findings["free"].status is Status.OK


async def test_checks_run_side_by_side(case_of: CaseOf) -> None:
    both = asyncio.Barrier(2)

    async def meets(_case: Case) -> Finding:
        await both.wait()
        return ok("met")

    findings = await found(case_of(), Check("one", meets), Check("other", meets))
    assert {finding.status for finding in findings.values()} == {Status.OK}


async def test_whoever_stops_listening_stops_the_checks(case_of: CaseOf) -> None:
    ended = asyncio.Event()

    async def waits(_case: Case) -> Finding:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError("nobody sets it")

    async with aclosing(examine(case_of(), (Check("one", fine), Check("other", waits)))) as going:
        assert (await anext(going))[0] == "one"
    assert ended.is_set()


def test_the_whole_takes_less_than_20_s_however_slow_everything_is() -> None:
    ends_s: dict[str, float] = {}
    for check in CHECKS:
        begins_s = max((ends_s[name] for name in (*check.needs, *check.after)), default=0)
        ends_s[check.name] = begins_s + check.timeout_s
    assert max(ends_s.values()) < 20


@pytest.mark.parametrize(
    ("sentence", "detail", "fix"),
    [
        ("It broke: mend it.", "It broke.", "Mend it."),
        ("The keyring is locked; unlock it.", "The keyring is locked.", "Unlock it."),
        ("It broke.", "It broke.", "Wait."),
        ("No: this network's sign-in page.", "No: this network's sign-in page.", "Wait."),
    ],
)
def test_a_sentence_is_taken_apart(sentence: str, detail: str, fix: str) -> None:
    assert told(sentence, "Wait.") == Finding(Status.WRONG, detail, fix)
