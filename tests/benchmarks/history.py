"""The call history with a hundred thousand calls: what the user waits for, and what it takes."""

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.benchmarks.children import child
from tests.benchmarks.harness import Measurement, p95
from tests.benchmarks.history_calls import CALLS, records, write_archive

_FEW_CALLS = 1000
_INSERTED = 10_000
_PATIENCE_S = 300

Told = dict[str, Any]


async def history() -> list[Measurement]:
    """All of it, on files that are made for it.

    A first page and a keystroke are timed from the press on the page's own search field or chips
    until Qt, having painted what was found, is back in its loop; their floor is SQLite alone
    with the same statement. Each of them is done twice and the faster time counts, for what
    else the machine does is not ours. Scrolling goes from the first call to the last with
    a frame every few screens; its floor, and that of the window, is a plain list of strings.
    """
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder, "many.db"), Path(folder, "few.db")
        write_archive(many, CALLS)
        write_archive(few, _FEW_CALLS)
        size = _size(many)
        bare_insert_s = _bare_insert_s(Path(folder, "bare.db"))
        rest, little = (
            await _told("history", "rest", str(many)),
            await _told("history", "rest", str(few)),
        )
        floor = await _told("history_floor")
        speed = await _told("history", "speed", str(many))
    return [
        _answer("archive_first_page_p95", speed, "archive_page_s", "bare_page_s"),
        _answer("archive_keystroke_p95", speed, "archive_key_s", "bare_key_s"),
        _answer("history_first_page_p95", speed, "page_s", "bare_page_s"),
        _answer("history_keystroke_p95", speed, "key_s", "bare_key_s"),
        _in_ms("history_open_window", speed["open_s"], floor["open_s"], limit=150),
        _in_ms(
            "history_scroll_longest_frame",
            speed["scroll_frame_s"],
            floor["scroll_frame_s"],
            limit=32,
        ),
        Measurement("archive_insert_10k", speed["insert_s"], "s", bare_insert_s, limit=1),
        _in_ms(
            "archive_insert_longest_frame", speed["insert_frame_s"], speed["rest_frame_s"], limit=32
        ),
        size,
        Measurement("history_memory", rest["memory_mib"], "MiB", little["memory_mib"], budget=1.03),
    ]


def _answer(bench: str, told: Told, value: str, floor: str) -> Measurement:
    return Measurement(bench, p95(told[value]) * 1000, "ms", p95(told[floor]) * 1000, 3, 30)


def _in_ms(bench: str, value_s: float, floor_s: float, limit: float) -> Measurement:
    return Measurement(bench, value_s * 1000, "ms", floor_s * 1000, limit=limit)


def _size(path: Path) -> Measurement:
    """The file beside its tables without any index."""
    with closing(sqlite3.connect(path)) as db:
        (tables,) = db.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name IN ('call', 'leg', 'party', 'person')"
        ).fetchone()
    megabytes = path.stat().st_size / 1e6
    return Measurement("archive_size", megabytes, "MB", tables / 1e6, limit=60)


def _bare_insert_s(path: Path) -> float:
    """Into one table, indexed so that no call is there twice and all are in order."""
    rows = [
        (
            it.session_id, it.telephony_session_id, it.record_id, it.caller.number, it.caller.name,
            it.callee.number, it.callee.name, str(it.started_at), it.duration_s, it.result,
        )
        for it in records(_INSERTED, seed=2)
    ]  # fmt: skip
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE call (session PRIMARY KEY, a, b, c, d, e, f, started, g, h)")
        db.execute("CREATE INDEX by_time ON call (started)")
        began_s = time.perf_counter()
        with db:
            db.executemany(f"INSERT INTO call VALUES ({', '.join('?' * 10)})", rows)
        return time.perf_counter() - began_s


async def _told(module: str, *arguments: str) -> Told:
    """What a process says until it ends."""
    command = (sys.executable, "-m", f"tests.benchmarks.{module}_process", *arguments)
    async with child(*command) as process, asyncio.timeout(_PATIENCE_S):
        output, _ = await process.communicate()
    told: Told = {}
    for line in output.splitlines():
        told |= json.loads(line)
    return told


if __name__ == "__main__":
    for measurement in asyncio.run(history()):
        print(measurement.line(), flush=True)
