import json
from typing import Any

import pytest

from rcdesk.core.abilities import NEEDS, Ability
from rcdesk.services.diagnosis.findings import Status
from rcdesk.services.diagnosis.scopes import judge
from rcdesk.simulator.faults import RequestFault
from rcdesk.simulator.scopes import SCOPES
from rcdesk.simulator.server import Simulator, running
from tests.services.diagnosis.conftest import CaseOf, Examination

RECOMMENDED = {"ReadAccounts", "ReadCallLog", "ReadPresence", "RingOut", "WebSocketsSubscription"}


async def test_whoever_is_signed_in_is_told_by_the_extension_alone(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    case = case_of(simulator)
    findings = await examination(case, "session", "scopes", "events")
    assert {findings[name].status for name in ("session", "scopes", "events")} == {Status.OK}
    user = simulator.world.company.user
    assert f"extension {user.extension_number}, access token until" in findings["session"].detail
    assert user.name not in str(findings)
    assert user.name in case.people


async def test_nobody_signed_in_is_told(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    case = case_of(simulator, RC_USER_JWT="")
    findings = await examination(case, "session", "scopes", "events")
    assert findings["session"].status is Status.WARNING
    assert "rcdesk login" in findings["session"].fix
    assert findings["scopes"].detail == findings["events"].detail
    assert findings["events"].status is Status.UNKNOWN


async def test_a_registration_without_refresh_tokens_is_told(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    simulator.world.tokens.are_refresh_tokens_issued = False
    found = (await examination(case_of(simulator), "session"))["session"]
    assert found.status is Status.WARNING
    assert "signed out, since this app registration issues no refresh tokens" in found.detail
    assert "“Issue refresh tokens”" in found.fix


async def test_a_jwt_that_is_refused_is_what_is_wrong(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    findings = await examination(case_of(simulator, RC_USER_JWT="x.y.z"), "session", "events")
    assert findings["session"].status is Status.WRONG
    assert "JWT" in findings["session"].detail
    assert findings["events"].status is Status.UNKNOWN


async def test_nobody_is_told_to_sign_in_during_a_penalty(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    simulator.world.rate_limits.limits["auth"] = 0
    found = (await examination(case_of(simulator), "session"))["session"]
    assert "asks us to wait" in found.detail
    assert found.fix == "Try again later: signing in would not help."


async def test_the_doctor_leaves_neither_subscription_nor_session(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    case = case_of(simulator)
    found = (await examination(case, "events"))["events"]
    await case.stack.aclose()
    assert simulator.world.tokens.sessions == []
    assert "first frame" in found.detail
    asked = json.dumps([str(entry) for entry in simulator.world.journal.entries])
    assert "wstoken" in asked
    assert "subscription" not in asked


@pytest.mark.parametrize(
    ("fault", "detail", "fix"),
    [
        (
            {
                "status": 403,
                "body": {
                    "errorCode": "InsufficientPermissions",
                    "errors": [{"errorCode": "CMN-401", "permissionName": "WebSocket"}],
                },
            },
            "lacks the WebSocket scope",
            "Add it in the developer console.",
        ),
        ({"status": 429, "headers": {"Retry-After": "30"}}, "asks us to wait 30 s", "Wait"),
        (
            {"status": 200, "body": {"uri": "ws://evil.example/ws", "ws_access_token": "x"}},
            "no usable address",
            "Wait",
        ),
        (
            {"status": 200, "body": {"uri": "ws://127.0.0.1:9/ws", "ws_access_token": "x"}},
            "127.0.0.1 refused the connection",
            "Ask your administrator",
        ),
    ],
)
async def test_why_there_are_no_live_events_is_told(
    simulator: Simulator,
    case_of: CaseOf,
    examination: Examination,
    *,
    fault: dict[str, Any],
    detail: str,
    fix: str,
) -> None:
    simulator.world.faults.add(RequestFault(path="/restapi/oauth/wstoken", **fault))
    found = (await examination(case_of(simulator), "events"))["events"]
    assert found.status is Status.WRONG
    assert detail in found.detail
    assert found.fix.startswith(fix)


async def test_a_gateway_that_refuses_the_socket_is_told(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    body = {"uri": simulator.url.replace("http", "ws") + "/nothing", "ws_access_token": "secret-x"}
    simulator.world.faults.add(RequestFault(path="/restapi/oauth/wstoken", status=200, body=body))
    found = (await examination(case_of(simulator), "events"))["events"]
    assert "does not open live events (HTTP 40" in found.detail
    assert "secret-x" not in str(found)


def test_each_feature_without_its_scope_is_named() -> None:
    everything = {need.scopes[0] for need in NEEDS.values()}
    assert judge(everything).status is Status.OK
    for need in NEEDS.values():
        found = judge(everything - set(need.scopes))
        assert need.feature in found.detail
        assert need.scopes[0] in found.fix
        assert found.status is (Status.WRONG if need.is_essential else Status.WARNING)


async def test_a_scope_that_the_session_lacks_is_told_with_its_feature(
    case_of: CaseOf, examination: Examination
) -> None:
    granted = tuple(scope for scope in SCOPES if scope != "ReadCallLog")
    async with running(scopes=granted) as simulator:
        found = (await examination(case_of(simulator), "scopes"))["scopes"]
    assert found.status is Status.WRONG
    assert "the call history (ReadCallLog)" in found.detail
    assert found.fix.startswith("Add ReadCallLog to your app")


def test_the_recommended_registration_is_not_wrong() -> None:
    assert judge(RECOMMENDED).status is Status.WARNING


@pytest.mark.parametrize("spelling", NEEDS[Ability.EVENTS].scopes)
def test_every_spelling_of_the_live_events_scope_counts(spelling: str) -> None:
    found = judge(RECOMMENDED - {"WebSocketsSubscription"} | {spelling})
    assert found.status is Status.WARNING
    assert "calls as they ring" not in found.detail
