from datetime import UTC, datetime, timedelta

import httpx

from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.desk import Desk
from rcdesk.services.history import PAGE
from rcdesk.simulator.server import Simulator
from tests.services.desks import signed_in
from tests.until import until


async def test_calls_are_listed_newest_first_and_none_twice(online: Desk) -> None:
    history = online.history
    await history.refresh()
    assert history.is_loaded
    assert len(history.entries) <= PAGE
    await history.list_since(datetime.now(UTC) - timedelta(days=200))
    keys = [entry.key for entry in history.entries]
    assert len(keys) == len(set(keys)) > PAGE
    times = [entry.started_at for entry in history.entries]
    assert times == sorted(times, reverse=True)


async def test_what_the_platform_answers_wrong_is_shown_and_loses_nothing(
    online: Desk, control: httpx.AsyncClient
) -> None:
    history = online.history
    await history.refresh()
    known = history.entries
    fault = {"method": "GET", "path": "/restapi/v1.0/account/~/extension/~/call-log",
             "status": 403, "body": "<html>no</html>", "times": 9}  # fmt: skip
    (await control.post("/faults", json=fault)).raise_for_status()
    await history.refresh()
    assert history.failure
    assert history.entries == known
    (await control.delete("/faults")).raise_for_status()
    await history.refresh()
    assert history.failure == ""


async def test_a_call_appears_at_once_and_the_log_completes_it(
    online: Desk, control: httpx.AsyncClient, simulator: Simulator
) -> None:
    call = {"direction": "Inbound", "from": "+14155550123", "from_name": "Ada Lovelace"}
    session_id = (await control.post("/calls", json=call)).json()["session_id"]
    (await control.post(f"/calls/{session_id}/voicemail")).raise_for_status()
    await until(lambda: online.history.entries)
    assert [entry.session_id for entry in online.history.entries] == [session_id]

    await until(lambda: simulator.world.call_log.records[0]["sessionId"] == session_id)
    await online.history.refresh()
    assert online.history.entries[0].is_final
    assert online.history.entries[0].outcome == "voicemail"
    assert [entry.session_id for entry in online.history.entries].count(session_id) == 1


async def test_the_queue_of_a_call_is_known_after_a_restart(
    simulator: Simulator, online: Desk, control: httpx.AsyncClient
) -> None:
    call = {"direction": "Inbound", "from": "+14155550123", "queue": "Night Desk"}
    session_id = (await control.post("/calls", json=call)).json()["session_id"]
    (await control.post(f"/calls/{session_id}/hangup")).raise_for_status()
    await until(lambda: simulator.world.call_log.records[0]["sessionId"] == session_id)
    later = Desk(online.platform.session.app, MemorySessionStore(), with_places=False)
    async with signed_in(later, simulator) as again:
        await again.history.refresh()
        newest = again.history.entries[0]
    assert (newest.session_id, newest.queue) == (session_id, "Night Desk")
