"""`rcdesk calls --offline`: calls as the app has kept them on this computer."""

import argparse
from pathlib import Path

from rcdesk.archive.archive import Archive
from rcdesk.cli.call_records import Record, has_result, of_entry
from rcdesk.cli.calls import dialed
from rcdesk.cli.headless import Headless
from rcdesk.core.call import Direction
from rcdesk.core.errors import BadInput, RcdeskError
from rcdesk.core.past_calls import CallFilter
from rcdesk.services.archiving import REGION, archive_file, archive_files
from rcdesk.system.paths import Paths

_NOTHING_KEPT = (
    "No calls are kept on this computer yet: they are while rcdesk runs in the tray, signed in."
)


async def kept_calls(headless: Headless, args: argparse.Namespace) -> tuple[list[Record], str]:
    """The calls asked for, newest first, and the region in which to show numbers.

    Raises:
        RcdeskError: nothing is kept, or it cannot be read.
        BadInput: nobody is signed in, and the calls of several people are kept.
    """
    async with await Archive.open(await _file(headless)) as archive:
        region = await archive.progress(REGION) or "US"
        wanted = CallFilter(
            text="" if args.number is None else dialed(args.number, region),
            direction=Direction(args.direction) if args.direction else None,
            type=args.type or "",
            date_from=args.since,
            date_to=args.until,
        )
        records: list[Record] = []
        page = await archive.page(wanted)
        while True:
            entries = [call.entry for call in page.calls]
            records += [of_entry(entry) for entry in entries if has_result(entry, args.result)]
            if page.next is None or len(records) >= args.limit:
                return records[: args.limit], region
            page = await archive.page(wanted, page.next)


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
