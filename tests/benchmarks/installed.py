"""rcdesk as a user has it: beside what it needs to run and nothing else, compiled."""

import os
import tempfile
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True, slots=True)
class Installation:
    """A Python of its own, and the environment in which it starts."""

    python: str
    environment: Mapping[str, str]


@contextmanager
def installed() -> Iterator[Installation]:
    """A virtual environment of links, gone afterwards.

    Packages that only the demo and the tests need change what others import: httpx loads
    click, 5 MB of it, where uvicorn has brought it along. And who compiles nothing (as
    PYTHONDONTWRITEBYTECODE has it) measures the compiler's leavings.
    """
    with tempfile.TemporaryDirectory(prefix="rcdesk-bench-") as name:
        folder = Path(name)
        venv.create(folder / "venv", symlinks=True)
        (packages,) = (folder / "venv").glob("lib/python*/site-packages")
        for entry in _top_level_entries():
            link = packages / entry.name
            if not link.exists():
                link.symlink_to(entry)
        yield Installation(
            str(folder / "venv" / "bin" / "python"),
            {
                **os.environ,
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
            },
        )


def _top_level_entries() -> Iterator[Path]:
    for name in _needed():
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            yield Path(str(found.locate_file(top)))


def _needed() -> set[str]:
    """Everything that rcdesk requires, directly or not, without its extras."""
    needed: set[str] = set()
    unread = ["rcdesk"]
    while unread:
        for line in distribution(unread.pop()).requires or ():
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            is_wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if is_wanted and name not in needed:
                needed.add(name)
                unread.append(name)
    return needed
