"""Calls of extremes, kept in a file as the app keeps them, for `rcdesk calls --offline`."""

import asyncio
from contextlib import suppress
from pathlib import Path

from rcdesk.core.errors import RcdeskError
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.services.log_sync import SyncProgress, SyncState
from rcdesk.system.paths import Paths
from tests.extremes.server import CLIENT_ID

_LONGEST_S = 2.0


def keep_calls(server: str, home: Path, jwt: str) -> None:
    """Take in the call log of `jwt`, as far as it comes."""
    asyncio.run(_keep(server, Paths.below(home).data_dir, jwt))


async def _keep(server: str, folder: Path, jwt: str) -> None:
    app = AppRegistration(server, CLIENT_ID)
    in_step = asyncio.Event()

    def note(progress: SyncProgress) -> None:
        if progress.state is not SyncState.RUNNING:
            in_step.set()

    async with Desk(app, MemorySessionStore(), with_places=False, keeping=Keeping(folder)) as desk:
        desk.archiving.sync.changed.subscribe(note)
        with suppress(RcdeskError, TimeoutError):
            async with asyncio.timeout(_LONGEST_S):
                await desk.session.sign_in_with_jwt(jwt)
                # Without a word of whose calls they are, none are kept.
                if desk.platform.session.owner_id:
                    await in_step.wait()
