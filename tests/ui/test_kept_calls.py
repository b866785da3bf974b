from datetime import datetime

import pytest

from rcdesk.services.log_sync import SyncProgress, SyncState
from rcdesk.ui.kept_calls import told_progress

BACK_TO = datetime(2026, 3, 3, 12).astimezone()
WAIT = "RingCentral asks us to wait 40 s."


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (SyncProgress(SyncState.RUNNING, 12_340, BACK_TO), "12,340 calls, back to 3 Mar 2026"),
        (SyncProgress(SyncState.PAUSED, 1, BACK_TO), "1 call, back to 3 Mar 2026"),
        (
            SyncProgress(SyncState.WAITING, 2, BACK_TO, WAIT),
            f"2 calls, back to 3 Mar 2026. {WAIT}",
        ),
        # New calls come all day long, and other words tell what keeps them from coming.
        (SyncProgress(SyncState.RUNNING, 12_340), ""),
        (SyncProgress(SyncState.WAITING, 12_340, sentence=WAIT), ""),
        (SyncProgress(SyncState.IDLE, 12_340), ""),
        (SyncProgress(SyncState.OFF, sentence="The app registration lacks a scope."), ""),
    ],
)
def test_only_going_back_is_told(progress: SyncProgress, sentence: str) -> None:
    assert told_progress(progress) == (progress.state, sentence)
