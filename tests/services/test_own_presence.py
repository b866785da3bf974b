import asyncio
from pathlib import Path

import httpx
import pytest

from rcdesk.core.errors import PlatformError
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus, TelephonyStatus
from rcdesk.ringcentral.presence_settings import PresenceChange, PresenceChoice, change_presence
from rcdesk.services.desk import Desk
from rcdesk.services.own_presence import OwnPresence, OwnPresenceService
from rcdesk.simulator.presence import PresenceSettings
from rcdesk.simulator.server import Simulator
from tests.until import until

PATH = "/restapi/v1.0/account/~/extension/~/presence"
QUEUES = "/restapi/v1.0/account/~/extension/~/call-queue-presence"
QUEUES_OFF = "DoNotAcceptDepartmentCalls"


class Follower:
    """A service and all that it has told."""

    def __init__(self, desk: Desk, memory: Path) -> None:
        self.service = OwnPresenceService(desk.platform, desk.calls, desk.tasks, memory)
        self.told: list[OwnPresence] = []
        self.service.changed.subscribe(self.told.append)

    @property
    def now(self) -> OwnPresence:
        return self.service.now

    def takes_queue_calls(self) -> bool | None:
        return self.now.takes_queue_calls

    @property
    def is_read(self) -> bool:
        return self.service._settings is not None


@pytest.fixture
def settings(simulator: Simulator) -> PresenceSettings:
    return simulator.world.presence.settings[simulator.world.company.user.extension_id]


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Follower:
    return Follower(desk, tmp_path / "before-dnd")


@pytest.fixture
async def known(own: Follower, online: Desk) -> Follower:
    await until(lambda: own.is_read)
    assert online.session.is_signed_in
    return own


async def fault(control: httpx.AsyncClient, **what: object) -> None:
    (await control.post("/faults", json=what)).raise_for_status()


async def test_nothing_is_known_while_signed_out(own: Follower) -> None:
    assert own.now == OwnPresence()


@pytest.fixture
def busy(settings: PresenceSettings) -> None:
    settings.user_status, settings.message = "Busy", "Back at 3"


@pytest.mark.usefixtures("busy", "online")
async def test_what_is_set_is_known_once_connected(desk: Desk, tmp_path: Path) -> None:
    own = Follower(desk, tmp_path / "before-dnd")
    await own.service._read()
    assert own.now == OwnPresence(PresenceChoice.BUSY, True, "Back at 3", may_change=True)


@pytest.mark.parametrize("choice", PresenceChoice)
async def test_a_choice_shows_at_once_and_stays(known: Follower, choice: PresenceChoice) -> None:
    changing = asyncio.create_task(known.service.choose(choice))
    await asyncio.sleep(0)
    assert (known.now.choice, known.now.is_changing) == (choice, True)
    await changing
    assert (known.now.choice, known.now.is_changing) == (choice, False)
    assert {each.choice for each in known.told[1:]} <= {choice, PresenceChoice.AVAILABLE}


async def test_a_refused_choice_goes_back(known: Follower, control: httpx.AsyncClient) -> None:
    await fault(control, method="PUT", path=PATH, status=403, body={"errorCode": "CMN-408"})
    known.told.clear()
    with pytest.raises(PlatformError):
        await known.service.choose(PresenceChoice.BUSY)
    assert [each.choice for each in known.told] == [PresenceChoice.BUSY, PresenceChoice.AVAILABLE]
    assert not known.now.is_changing


async def test_of_several_choices_the_last_one_counts(
    known: Follower, settings: PresenceSettings, control: httpx.AsyncClient
) -> None:
    await fault(control, method="PUT", path=PATH, delay_s=0.2)
    wanted = (PresenceChoice.DND, PresenceChoice.BUSY, PresenceChoice.INVISIBLE)
    async with asyncio.TaskGroup() as tasks:
        for choice in wanted:
            tasks.create_task(known.service.choose(choice))
    assert known.now.choice is PresenceChoice.INVISIBLE
    assert (settings.user_status, settings.dnd_status) == ("Offline", "TakeAllCalls")
    answer = (await control.get("/requests")).json()["requests"]
    assert sum(entry["method"] == "PUT" for entry in answer) == 2


async def test_a_presence_heard_of_later_than_it_was_set_does_not_flicker(
    known: Follower, online: Desk
) -> None:
    await known.service.choose(PresenceChoice.BUSY)
    late = Presence(
        PresenceStatus.AVAILABLE,
        PresenceStatus.AVAILABLE,
        DndStatus.TAKE_ALL_CALLS,
        TelephonyStatus.RINGING,
    )
    online.calls.presence_changed.tell(late)
    assert known.now.choice is PresenceChoice.BUSY
    seen = known.service.seen(late)
    assert (seen.user, seen.telephony) == (PresenceStatus.BUSY, TelephonyStatus.RINGING)


async def test_what_is_chosen_elsewhere_shows_with_its_message(
    known: Follower, online: Desk
) -> None:
    change = PresenceChange(user=PresenceStatus.OFFLINE, message="Away <b>today</b>")
    await change_presence(online.platform.http, change)
    await until(lambda: known.now.choice is PresenceChoice.INVISIBLE)
    await until(lambda: known.now.message == "Away <b>today</b>")


@pytest.mark.parametrize("is_new", [False, True])
async def test_queue_calls_are_refused_and_taken_again(
    *, known: Follower, simulator: Simulator, settings: PresenceSettings, is_new: bool
) -> None:
    simulator.world.presence.has_new_call_handling = is_new
    await known.service._read()
    assert known.takes_queue_calls() is True
    await known.service.take_queue_calls(takes=False)
    assert known.takes_queue_calls() is False
    assert known.now.choice is PresenceChoice.AVAILABLE
    refused = (settings.accept_call_queue_calls, settings.dnd_status)
    assert refused == ((False, "TakeAllCalls") if is_new else (True, QUEUES_OFF))
    await known.service.take_queue_calls(takes=True)
    assert known.takes_queue_calls() is True


async def test_queue_calls_refused_during_dnd_stay_refused_after_it(
    known: Follower, settings: PresenceSettings
) -> None:
    await known.service.choose(PresenceChoice.DND)
    await known.service.take_queue_calls(takes=False)
    assert settings.dnd_status == "DoNotAcceptAnyCalls"
    await known.service.choose(PresenceChoice.AVAILABLE)
    assert (settings.dnd_status, known.takes_queue_calls()) == (QUEUES_OFF, False)


@pytest.mark.parametrize("answer", [{"body": {"records": []}, "status": 200}, {"status": 403}])
async def test_without_queues_their_calls_are_no_choice(
    online: Desk, tmp_path: Path, control: httpx.AsyncClient, answer: dict[str, object]
) -> None:
    await fault(control, path=QUEUES, times=None, **answer)
    own = Follower(online, tmp_path / "before-dnd")
    await own.service._read()
    assert own.is_read
    assert own.takes_queue_calls() is None


async def test_the_next_user_starts_from_nothing(known: Follower) -> None:
    await known.service.choose(PresenceChoice.BUSY)
    known.service.forget()
    assert known.now == OwnPresence(may_change=True)


async def test_an_app_without_the_permission_may_not_change_it(
    own: Follower, desk: Desk, simulator: Simulator, control: httpx.AsyncClient
) -> None:
    granted = {"access_token": "a", "refresh_token": "r", "expires_in": 60, "owner_id": "1"}
    body = granted | {"token_type": "bearer", "scope": "ReadPresence ReadAccounts"}
    await fault(control, path="/restapi/oauth/token", status=200, body=body)
    await desk.session.sign_in_with_jwt(simulator.jwt)
    assert not own.now.may_change
