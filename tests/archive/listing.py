"""An app without windows that takes a simulator's whole call log into an archive."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.services.log_sync import SyncProgress, SyncState


def take_in_everything(file: Path, say: Callable[[int], None]) -> None:
    """Keep calls beside `file`, what `rcdesk simulate` printed; `say` how many are there."""
    simulator = json.loads(file.read_text())
    app = AppRegistration(simulator["server"], simulator["client_id"], simulator["client_secret"])
    asyncio.run(_take_in(app, simulator["jwt"], file.parent, say))


async def _take_in(
    app: AppRegistration, jwt: str, folder: Path, say: Callable[[int], None]
) -> None:
    is_done = asyncio.Event()

    def tell(progress: SyncProgress) -> None:
        if progress.calls:
            say(progress.calls)
        if progress.state is SyncState.IDLE and progress.calls:
            is_done.set()

    async with Desk(app, MemorySessionStore(), with_places=False, keeping=Keeping(folder)) as desk:
        desk.archiving.sync.changed.subscribe(tell)
        await desk.session.sign_in_with_jwt(jwt)
        await is_done.wait()
