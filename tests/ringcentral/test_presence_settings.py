from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import BadInput, PermissionMissing
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus, TelephonyStatus
from rcdesk.ringcentral import presence_settings
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.presence_settings import (
    CallerIdVisibility,
    PresenceChange,
    PresenceChoice,
    PresenceSettings,
    change_for,
    change_presence,
    choose_presence,
    get_presence_settings,
    list_presence,
)
from rcdesk.simulator import presence as simulated
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    check_good_records,
    give,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

OWN = "/restapi/v1.0/account/~/extension/~/presence"
ACCOUNT = "/restapi/v1.0/account/~/presence"
ALL, NONE = DndStatus.TAKE_ALL_CALLS, DndStatus.DO_NOT_ACCEPT_ANY_CALLS
QUEUES_OFF = DndStatus.DO_NOT_ACCEPT_DEPARTMENT_CALLS
AVAILABLE, BUSY = PresenceStatus.AVAILABLE, PresenceStatus.BUSY


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


@pytest.fixture
def kept(simulator: Simulator) -> simulated.PresenceSettings:
    world = simulator.world
    return world.presence.settings[world.company.user.extension_id]


def having(dnd: DndStatus, *, is_new: bool = False) -> PresenceSettings:
    return PresenceSettings(Presence(dnd=dnd), has_new_call_handling=is_new)


async def test_settings_are_read(http: PlatformHttp, kept: simulated.PresenceSettings) -> None:
    kept.message = "At lunch"
    kept.caller_id_visibility = "PermittedUsers"
    kept.pick_up_calls_on_hold = True

    assert await get_presence_settings(http) == PresenceSettings(
        presence=Presence(AVAILABLE, AVAILABLE, ALL, TelephonyStatus.NO_CALL),
        message="At lunch",
        picks_up_calls_on_hold=True,
        caller_id_visibility=CallerIdVisibility.PERMITTED_USERS,
    )


@needs_specification
async def test_everything_is_changed_by_a_valid_request(
    http: PlatformHttp, simulator: Simulator
) -> None:
    change = PresenceChange(
        user=BUSY,
        dnd=QUEUES_OFF,
        message="Back at two",
        is_visible=False,
        rings_on_monitored_call=True,
        picks_up_calls_on_hold=True,
        caller_id_visibility=CallerIdVisibility.NONE,
    )
    settings = await change_presence(http, change)
    await list_presence(http)

    assert settings == PresenceSettings(
        presence=Presence(BUSY, BUSY, QUEUES_OFF, TelephonyStatus.NO_CALL),
        message="Back at two",
        is_visible=False,
        rings_on_monitored_call=True,
        picks_up_calls_on_hold=True,
        caller_id_visibility=CallerIdVisibility.NONE,
    )
    assert sent_faults(simulator) == []


async def test_what_is_not_named_stays(
    http: PlatformHttp, kept: simulated.PresenceSettings
) -> None:
    kept.message = "At lunch"
    settings = await change_presence(http, PresenceChange(user=BUSY))
    assert (settings.message, settings.presence.user) == ("At lunch", BUSY)


async def test_a_message_can_be_taken_away_but_not_be_too_long(
    http: PlatformHttp, kept: simulated.PresenceSettings
) -> None:
    kept.message = "At lunch"
    with pytest.raises(BadInput, match="75"):
        await change_presence(http, PresenceChange(message="x" * 76))
    assert kept.message == "At lunch"
    assert (await change_presence(http, PresenceChange(message=""))).message == ""


@pytest.mark.parametrize(
    ("choice", "now", "before", "change"),
    [
        (PresenceChoice.AVAILABLE, ALL, None, PresenceChange(user=AVAILABLE)),
        (PresenceChoice.BUSY, QUEUES_OFF, ALL, PresenceChange(user=BUSY)),
        (PresenceChoice.INVISIBLE, ALL, None, PresenceChange(user=PresenceStatus.OFFLINE)),
        (PresenceChoice.DND, QUEUES_OFF, None, PresenceChange(dnd=NONE)),
        (PresenceChoice.AVAILABLE, NONE, None, PresenceChange(user=AVAILABLE, dnd=ALL)),
        (PresenceChoice.BUSY, NONE, QUEUES_OFF, PresenceChange(user=BUSY, dnd=QUEUES_OFF)),
        (PresenceChoice.AVAILABLE, NONE, NONE, PresenceChange(user=AVAILABLE, dnd=ALL)),
        (
            PresenceChoice.AVAILABLE,
            NONE,
            DndStatus.UNKNOWN,
            PresenceChange(user=AVAILABLE, dnd=ALL),
        ),
    ],
)
def test_a_choice_leaves_dnd_as_it_was_entered(
    choice: PresenceChoice, now: DndStatus, before: DndStatus | None, change: PresenceChange
) -> None:
    assert change_for(choice, having(now), before_dnd=before) == change


async def test_a_queue_setting_that_is_no_longer_allowed_gives_way_to_all_calls(
    http: PlatformHttp, kept: simulated.PresenceSettings, control: Any
) -> None:
    kept.dnd_status = NONE.value
    refusal = {"errors": [{"errorCode": "CMN-101", "parameterName": "dndStatus"}]}
    await control.post("faults", method="PUT", path=OWN, status=400, body=refusal)

    now = await get_presence_settings(http)
    settings = await choose_presence(http, PresenceChoice.AVAILABLE, now, before_dnd=QUEUES_OFF)
    assert settings.presence.dnd is ALL


async def test_with_the_new_call_handling_dnd_is_a_personal_setting(
    http: PlatformHttp, simulator: Simulator, kept: simulated.PresenceSettings
) -> None:
    simulator.world.presence.has_new_call_handling = True
    now = await get_presence_settings(http)
    quiet = await choose_presence(http, PresenceChoice.DND, now, before_dnd=QUEUES_OFF)
    back = await choose_presence(http, PresenceChoice.BUSY, quiet, before_dnd=QUEUES_OFF)
    no_queues = await change_presence(
        http, PresenceChange(takes_queue_calls=False), new_call_handling=True
    )

    assert now.has_new_call_handling
    assert (quiet.presence.dnd, back.presence.dnd) == (NONE, ALL)
    assert (now.takes_queue_calls, no_queues.takes_queue_calls) == (True, False)


@needs_specification
async def test_requests_of_the_new_call_handling_are_valid(
    http: PlatformHttp, simulator: Simulator
) -> None:
    simulator.world.presence.has_new_call_handling = True
    change = PresenceChange(dnd=NONE, takes_queue_calls=True)
    await change_presence(http, change, new_call_handling=True)
    assert sent_faults(simulator) == []


async def test_everybody_in_the_account_is_listed(http: PlatformHttp, simulator: Simulator) -> None:
    company = simulator.world.company
    listed = {each.extension_id: each for each in await list_presence(http)}

    assert len(listed) == len(company.people) + len(company.queues)
    queue = listed[company.queues[0].extension_id]
    assert (queue.presence.presence, queue.presence.dnd) == (
        PresenceStatus.OFFLINE,
        DndStatus.UNKNOWN,
    )


async def test_the_missing_scope_is_named(http: PlatformHttp, control: Any) -> None:
    body = {"errors": [{"errorCode": "CMN-401", "permissionName": "EditPresence"}]}
    await control.post("faults", method="PUT", path=OWN, status=403, body=body)
    with pytest.raises(PermissionMissing, match="EditPresence scope"):
        await change_presence(http, PresenceChange(user=BUSY))


async def test_words_nobody_has_heard_of_are_unknown(
    http: PlatformHttp, simulator: Simulator
) -> None:
    give(
        simulator,
        {
            "userStatus": "Asleep",
            "presenceStatus": 7,
            "dndStatus": "",
            "telephonyStatus": "Humming",
            "callerIdVisibility": "Cousins",
        },
    )
    assert await get_presence_settings(http) == PresenceSettings(
        Presence(
            PresenceStatus.UNKNOWN,
            PresenceStatus.UNKNOWN,
            DndStatus.UNKNOWN,
            TelephonyStatus.UNKNOWN,
        )
    )


@needs_specification
@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator, method: str) -> None:
    async def ask() -> object:
        if method == "GET":
            return await presence_settings.get_presence_settings(http)
        return await change_presence(http, PresenceChange(user=BUSY))

    await check_any_answer(simulator, operation(method, OWN), ask, list_of="activeCalls")


@needs_specification
async def test_any_list_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    asked = operation("GET", ACCOUNT)
    await check_any_answer(simulator, asked, lambda: list_presence(http), list_of="records")
    await check_good_records(simulator, asked, lambda: list_presence(http))
