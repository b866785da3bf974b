from pathlib import Path

import pytest

from rcdesk.core.presence import DndStatus
from rcdesk.ringcentral.presence_settings import PresenceChoice
from rcdesk.services.desk import Desk
from rcdesk.services.presence import PresenceSwitch
from rcdesk.simulator.server import Simulator

QUEUES_OFF = DndStatus.DO_NOT_ACCEPT_DEPARTMENT_CALLS


@pytest.fixture
async def queue_calls_refused(desk: Desk, simulator: Simulator) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    own = simulator.world.company.user.extension_id
    simulator.world.presence.settings[own].dnd_status = QUEUES_OFF.value


@pytest.mark.usefixtures("queue_calls_refused")
async def test_another_process_finds_the_way_back_from_dnd(desk: Desk, tmp_path: Path) -> None:
    memory = tmp_path / "state" / "before-dnd"
    await PresenceSwitch(desk.platform.http, memory).choose(PresenceChoice.DND)
    back = await PresenceSwitch(desk.platform.http, memory).choose(PresenceChoice.AVAILABLE)

    assert back.presence.dnd is QUEUES_OFF


@pytest.mark.usefixtures("queue_calls_refused")
@pytest.mark.parametrize("kept", [b"", b"\xff\xfe", b"NoSuchWord", b"DoNotAcceptAnyCalls"])
async def test_without_a_memory_all_calls_are_taken_again(
    desk: Desk, tmp_path: Path, kept: bytes
) -> None:
    memory = tmp_path / "before-dnd"
    switch = PresenceSwitch(desk.platform.http, memory)
    await switch.choose(PresenceChoice.DND)
    memory.write_bytes(kept)

    back = await switch.choose(PresenceChoice.BUSY)
    assert back.presence.dnd is DndStatus.TAKE_ALL_CALLS


@pytest.mark.usefixtures("queue_calls_refused")
async def test_a_memory_that_cannot_be_written_costs_only_the_way_back(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    switch = PresenceSwitch(desk.platform.http, tmp_path / "file" / "before-dnd")

    set_to = await switch.choose(PresenceChoice.DND)
    assert set_to.presence.dnd is DndStatus.DO_NOT_ACCEPT_ANY_CALLS
