from collections.abc import AsyncIterator

import httpx
import pytest

from rcdesk.core.abilities import NEEDS, Ability
from rcdesk.core.connection import ConnectionState
from rcdesk.core.errors import PermissionMissing, Refused
from rcdesk.ringcentral.presence_settings import PresenceChange, change_presence
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.desk import Desk
from rcdesk.simulator.scopes import SCOPES
from rcdesk.simulator.server import Simulator, running
from tests.services.desks import signed_in
from tests.until import until

E = "/restapi/v1.0/account/~/extension/~"


@pytest.fixture
def without() -> set[Ability]:
    return {Ability.CALL_LOG, Ability.RINGOUT, Ability.EDIT_PRESENCE}


@pytest.fixture
async def poor(without: set[Ability]) -> AsyncIterator[Simulator]:
    missing = {scope for ability in without for scope in NEEDS[ability].scopes}
    granted = tuple(scope for scope in SCOPES if scope not in missing)
    async with running(calls=20, seed=7, speed=10, scopes=granted) as simulator:
        yield simulator


@pytest.fixture
async def desk_of_poor(poor: Simulator) -> AsyncIterator[Desk]:
    app = AppRegistration(poor.url, poor.client_id, poor.client_secret)
    async with signed_in(Desk(app, MemorySessionStore(), with_places=False), poor) as desk:
        yield desk


async def asked(url: str) -> list[tuple[str, str]]:
    async with httpx.AsyncClient() as client:
        entries = (await client.get(f"{url}/_sim/requests")).json()["requests"]
    return [(entry["method"], entry["path"].rpartition("/")[2]) for entry in entries]


async def test_without_its_scope_the_call_log_is_never_asked_for(
    poor: Simulator, desk_of_poor: Desk
) -> None:
    desk = desk_of_poor
    desk.tasks.start(desk.calls.run(), "gateway")
    await until(lambda: desk.calls.connection.state is ConnectionState.ONLINE)
    await desk.history.refresh()
    assert "ReadCallLog" in desk.history.failure
    async with httpx.AsyncClient(base_url=poor.control) as control:
        call = (await control.post("/calls", json={"from": "+14155550123"})).json()
        await control.post(f"/calls/{call['session_id']}/hangup")
    await until(lambda: desk.history.entries)
    await desk.history._list_active()
    assert [entry.session_id for entry in desk.history.entries] == [call["session_id"]]
    paths = {path for _method, path in await asked(poor.url)}
    assert paths.isdisjoint({"call-log", "active-calls", "call-log-sync"})


async def test_without_its_scope_no_ringout_is_asked_for(
    poor: Simulator, desk_of_poor: Desk
) -> None:
    with pytest.raises(PermissionMissing, match="RingOut"):
        await desk_of_poor.dialing.ring_out("+14155550199", "US")
    assert ("POST", "ring-out") not in await asked(poor.url)


@pytest.mark.parametrize("ability", [Ability.CALL_LOG, Ability.RINGOUT, Ability.EDIT_PRESENCE])
async def test_what_is_missing_is_told_with_its_scope(desk_of_poor: Desk, ability: Ability) -> None:
    abilities = desk_of_poor.platform.http.abilities
    assert not abilities.has(ability)
    assert NEEDS[ability].scopes[0] in abilities.why_not(ability)


async def refuse(control: httpx.AsyncClient, method: str, path: str, body: object) -> None:
    fault = {"method": method, "path": path, "status": 403, "body": body, "times": None}
    (await control.post("/faults", json=fault)).raise_for_status()


def refusal(code: str, **more: str) -> dict[str, object]:
    return {"errorCode": "InsufficientPermissions", "errors": [{"errorCode": code, **more}]}


@pytest.mark.parametrize(
    ("body", "is_remembered"),
    [
        (refusal("CMN-408", permissionName="EditPresenceStatus"), True),
        (refusal("CMN-401", permissionName="EditPresence"), True),
        (refusal("CMN-401"), True),
        (refusal("CMN-408"), False),
        (refusal("CMN-101"), False),
    ],
)
async def test_what_was_refused_is_asked_for_again_after_the_next_sign_in_only(
    desk: Desk,
    simulator: Simulator,
    control: httpx.AsyncClient,
    body: dict[str, object],
    *,
    is_remembered: bool,
) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    http = desk.platform.http
    told: list[bool] = []
    http.abilities.changed = lambda: told.append(http.abilities.has(Ability.EDIT_PRESENCE))
    await refuse(control, "PUT", f"{E}/presence", body)
    for _ in range(3):
        with pytest.raises(Refused):
            await change_presence(http, PresenceChange(message="Out"))
    puts = [entry for entry in await asked(simulator.url) if entry == ("PUT", "presence")]
    assert len(puts) == (1 if is_remembered else 3)
    assert told == ([False] if is_remembered else [])
    await control.delete("/faults")
    await desk.session.sign_in_with_jwt(simulator.jwt)
    assert http.abilities.has(Ability.EDIT_PRESENCE)
    assert (await change_presence(http, PresenceChange(message="Out"))).message == "Out"


async def test_a_refresh_brings_back_nothing_that_was_refused(
    desk: Desk, simulator: Simulator, control: httpx.AsyncClient
) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    body = refusal("CMN-408", permissionName="ReadCallLog")
    await refuse(control, "GET", f"{E}/call-log", body)
    await desk.history.refresh()
    await desk.platform.session.refresh()
    assert "the ReadCallLog permission" in desk.history.failure
    assert not desk.platform.http.abilities.has(Ability.CALL_LOG)


async def test_nobody_can_do_anything_while_signed_out(desk: Desk) -> None:
    abilities = desk.platform.http.abilities
    assert not any(abilities.has(ability) for ability in Ability)
    assert not any(abilities.why_not(ability) for ability in Ability)
