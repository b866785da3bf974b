"""Children that work on an archive until they are killed.

Each line on standard input, `WORK FIRST FILE`, starts one; its process id is the first line
that comes back. It then says what it has committed, as each work describes, and `end` is the
last. They are forked, because an interpreter takes longer to start than to be killed.
"""

import os
import sys
from importlib import import_module
from itertools import count
from pathlib import Path

from rcdesk.archive import writing
from rcdesk.archive.database import Database
from rcdesk.archive.schema import MIGRATIONS
from tests.archive.stored import annotate, log, number_of, record

BATCH = 60
STEPS = (
    "ALTER TABLE call ADD COLUMN mood TEXT NOT NULL DEFAULT '';\nUPDATE call SET mood = 'good';\n",
    "CREATE INDEX call_by_mood ON call (mood, started_ms);\nUPDATE call SET mood = 'bad';\n",
)


def sync(database: Database, first: int) -> None:
    """`N`: the calls from FIRST to before N are there."""
    for start in count(first, BATCH):
        records = [record(str(number), minutes=number) for number in range(start, start + BATCH)]
        log(database, *records)
        database.write(lambda db: writing.set_progress(db, {"at": str(start + BATCH)}))  # noqa: B023
        say(start + BATCH)


def note(database: Database, first: int) -> None:
    """`N`: the note and the tag of call 0 are at least N."""
    log(database, record("0"))
    call = number_of(database, "0")
    for number in count(first):
        annotate(database, call, f"{number} {'typed ' * (number % 200)}", f"tag {number}")
        say(number)


def migrate(path: Path) -> None:
    """`N`: the file has been through N steps more."""
    for steps in range(1, len(STEPS) + 1):
        Database.open(path, migrations=(*MIGRATIONS, *STEPS[:steps])).close()
        say(steps)


def wipe(database: Database, first: int) -> None:
    """`0`: nothing is there; `N`: calls are again, up to N."""
    for start in count(first, BATCH):
        log(database, *(record(str(start + i), minutes=i) for i in range(BATCH)))
        say(start + BATCH)
        database.erase(writing.wipe)
        say(0)


def listing(file: Path) -> None:
    """`N`: so many calls have been taken in from the simulator that the file names."""
    from tests.archive.listing import take_in_everything

    take_in_everything(file, say)


def say(word: int | str) -> None:
    # In one piece, wherever the process is killed: print may write the end of the line apart.
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


def rescue(path: Path) -> None:
    """`1`: the damaged file has been set aside."""
    Database.open(path).close()
    say(1)


def run(work: str, first: int, path: Path) -> None:
    match work:
        case "migrate":
            migrate(path)
        case "rescue":
            rescue(path)
        case "listing":
            listing(path)
        case _:
            {"sync": sync, "note": note, "wipe": wipe}[work](Database.open(path), first)


def main() -> None:
    for line in sys.stdin:
        work, first, path = line.rstrip("\n").split(" ", 2)
        if work == "listing":
            # Here, or each child would import it anew.
            import_module("tests.archive.listing")
        pid = os.fork()
        if not pid:
            say(os.getpid())
            run(work, int(first), Path(path))
            os._exit(0)
        os.waitpid(pid, 0)
        say("end")


if __name__ == "__main__":
    main()
