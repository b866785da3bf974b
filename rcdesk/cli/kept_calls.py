"""`rcdesk calls --offline`: calls as the app has kept them on this computer."""

import argparse
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from rcdesk.archive.archive import Archive
from rcdesk.cli.call_records import has_result
from rcdesk.cli.calls import dialed
from rcdesk.cli.headless import Headless
from rcdesk.core.call import Direction
from rcdesk.core.call_record import CallRecord, of_kept
from rcdesk.core.errors import BadInput, RcdeskError
from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import CallFilter
from rcdesk.core.twins import same_number
from rcdesk.services.archiving import REGION, archive_file, archive_files
from rcdesk.system.paths import Paths

_NOTHING_KEPT = (
    "No calls are kept on this computer yet: they are while rcdesk runs in the tray, signed in."
)


@asynccontextmanager
async def kept_calls(
    headless: Headless, args: argparse.Namespace
) -> AsyncIterator[tuple[AsyncGenerator[list[CallRecord], None], str]]:
    """The calls asked for, newest first and some at a time; the region in which to show numbers.

    Raises:
        RcdeskError: nothing is kept, or it cannot be read.
        BadInput: nobody is signed in, and the calls of several people are kept.
    """
    async with await Archive.open(await _file(headless)) as archive:
        region = await archive.progress(REGION) or "US"
        number = "" if args.number is None else dialed(args.number, region)
        batches = _batches(archive, _wanted(args, number, region), number, args.result)
        async with aclosing(batches):
            yield batches, region


def _wanted(args: argparse.Namespace, number: str, region: str) -> CallFilter:
    return CallFilter(
        # Two numbers in a row would be taken for one: `_is_with` sees to the other.
        text=args.search or number,
        direction=Direction(args.direction) if args.direction else None,
        type=args.type or "",
        date_from=args.since,
        date_to=args.until,
        line=dialed(args.line, region) if args.line is not None else "",
        queue=args.queue or "",
        tag=args.tag or "",
        recorded=args.recorded,
        unresolved=args.unresolved,
    )


async def _batches(
    archive: Archive, wanted: CallFilter, number: str, result: str | None
) -> AsyncGenerator[list[CallRecord], None]:
    after = None
    while True:
        page = await archive.full_page(wanted, after)
        # The search finds a number within longer ones, too.
        yield [
            of_kept(kept)
            for kept in page.calls
            if has_result(kept.call.entry, result) and _is_with(kept.call.entry, number)
        ]
        if page.next is None:
            return
        after = page.next


def _is_with(entry: HistoryEntry, number: str) -> bool:
    return not number or same_number(number, entry.other.number)


async def _file(headless: Headless) -> Path:
    folder, server_url = Paths.from_environment().data_dir, headless.settings.server_url
    session = headless.desk.session
    owner_id = session.platform.session.owner_id if await session.resume() else ""
    if owner_id:
        file = archive_file(folder, server_url, owner_id)
        files = [file] if file.exists() else []
    else:
        files = archive_files(folder, server_url)
    if not files:
        raise RcdeskError(_NOTHING_KEPT)
    if len(files) > 1:
        raise BadInput("Several people's calls are kept here: sign in to say whose you want.")
    return files[0]
