"""From a list in memory, kept for want of a file, into the file once it can be used."""

from rcdesk.archive.archive import Archive
from rcdesk.core.past_calls import EVERYTHING, FullCall


async def carry_over(makeshift: Archive, archive: Archive) -> None:
    """Write what nobody else can tell again: notes, tags, and calls that the log did not list.

    Raises StorageTrouble; doing it again does no harm.
    """
    after = None
    while True:
        page = await makeshift.full_page(EVERYTHING, after)
        for full in page.calls:
            if full.note or full.call.tags or not full.call.entry.is_final:
                await _carry(full, archive)
        after = page.next
        if after is None:
            return


async def _carry(full: FullCall, archive: Archive) -> None:
    await archive.add_call(full.call.entry, ring_s=full.ring_s)
    for call in await archive.find(full.call.entry.session_id):
        if call.entry.direction is not full.call.entry.direction:
            continue
        details = await archive.details(call.id)
        known = details.note if details is not None else ""
        if full.note and full.note not in known:
            await archive.set_note(call.id, f"{known}\n{full.note}".lstrip())
        if full.call.tags:
            await archive.set_tags(call.id, (*call.tags, *full.call.tags))
