import pytest

from rcdesk.core.call import ChangeKind, Outcome
from tests.e2e.faults import FAULTS, Fault, live_through, rig


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_no_call_is_lost_doubled_or_left_ringing(fault: Fault) -> None:
    async with rig(fault.connector) as it:
        morning = await live_through(fault, it)
        calls = (morning.answered, morning.missed, morning.ringing)
        await it.until(lambda: it.outcome(morning.missed) is Outcome.MISSED)
        await it.until(lambda: it.outcome(morning.answered) is Outcome.ANSWERED)
        await it.move(morning.ringing, "hangup")
        await it.until(lambda: not it.live)
        for session_id in calls:
            told = it.told(session_id)
            assert (told[ChangeKind.RINGING], told[ChangeKind.ENDED]) in ((1, 1), (0, 0))
        keys = [entry.key for entry in it.desk.history.entries]
        assert len(keys) == len(set(keys))
        assert set(calls) <= {entry.session_id for entry in it.desk.history.entries}
        await it.until(lambda: it.desk.history.missed == 2)
        digested = [entry.session_id for digest in it.digests for entry in digest.missed]
        rang = bool(it.told(morning.missed, late=False)[ChangeKind.RINGING])
        assert digested == ([] if rang else [morning.missed])
