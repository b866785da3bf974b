import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton

from rcdesk.system.paths import Paths
from rcdesk.ui.history.export_dialog import ExportDialog
from tests.archive.stored import ANN, record
from tests.e2e.conftest import Office
from tests.until import until

InOffice = Callable[..., None]
MANY = 3000


@pytest.fixture
def folder(tmp_path: Path, profile: Paths) -> Path:
    """Where the last export went."""
    folder = tmp_path / "Documents"
    folder.mkdir()
    profile.state_dir.mkdir(parents=True)
    (profile.state_dir / "export-folder").write_text(str(folder))
    return folder


def exported(folder: Path) -> list[str]:
    (path,) = folder.iterdir()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["session_id"] for row in csv.DictReader(file)]


async def begin(office: Office) -> None:
    archive = office.desk.archiving.archive
    assert archive is not None
    await archive.add_records([record(str(n), ANN, -n) for n in range(MANY)])
    window = office.desktop._window
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: window.findChild(ExportDialog))
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Export").click()
    bar = window.history.findChild(QProgressBar)
    assert bar is not None
    await until(lambda: bar.value() > 0)


def test_calls_come_in_while_others_are_exported(in_office: InOffice, folder: Path) -> None:
    async def day(office: Office) -> None:
        await begin(office)
        session_id = await office.ring()
        await until(lambda: office.cards)
        await office.move(session_id, "hangup")
        await until(lambda: office.listed[0] == session_id)
        await until(lambda: "exported" in office.desktop._window.history._exporting.text)
        sessions = exported(folder)
        assert len(sessions) == len(set(sessions))
        assert {str(n) for n in range(MANY)} <= set(sessions)

    in_office(day)


@pytest.mark.parametrize("leaves", ["quits", "signs out"])
def test_who_leaves_meanwhile_leaves_no_half_file(
    in_office: InOffice, folder: Path, leaves: str
) -> None:
    async def day(office: Office) -> None:
        await begin(office)
        if leaves == "signs out":
            office.desktop._sign_out()
            await until(lambda: not list(folder.glob("*.part")))

    in_office(day)
    assert not list(folder.glob("*.part"))
    for path in folder.iterdir():
        assert path.read_bytes().count(b"\r\n") > MANY
