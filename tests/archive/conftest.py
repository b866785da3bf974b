from collections.abc import Iterator
from pathlib import Path

import pytest

from rcdesk.archive.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "calls-1-2.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database.open(path, patience_s=0.2)
    yield opened
    opened.close()
