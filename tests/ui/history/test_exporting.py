import asyncio
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QToolButton,
)

from rcdesk.core.call import Outcome
from rcdesk.core.past_calls import CallFilter, FullPage, Position
from rcdesk.system.paths import Paths
from rcdesk.ui.history.choices import Choices, Period, Quick
from rcdesk.ui.history.export_dialog import ExportDialog, suggested_name
from tests.ui.history.calls import NOON, entry
from tests.ui.history.conftest import Stage
from tests.ui.on_screen import click, said

MISSED = Outcome.MISSED


@pytest.fixture
def folder(tmp_path: Path, profile: Paths) -> Path:
    """Where the last export went."""
    folder = tmp_path / "Documents"
    folder.mkdir()
    profile.state_dir.mkdir(parents=True)
    (profile.state_dir / "export-folder").write_text(str(folder))
    return folder


def shown_dialog(stage: Stage) -> ExportDialog | None:
    dialogs = stage.page.findChildren(ExportDialog)
    return next((dialog for dialog in dialogs if dialog.isVisible()), None)


def open_dialog(stage: Stage) -> ExportDialog:
    QTest.mouseClick(export_button(stage), Qt.MouseButton.LeftButton)
    stage.until(lambda: shown_dialog(stage))
    dialog = shown_dialog(stage)
    assert dialog is not None
    return dialog


def export_button(stage: Stage) -> QToolButton:
    buttons = stage.page.findChildren(QToolButton)
    return next(button for button in buttons if button.accessibleName() == "Export calls")


def choose(dialog: ExportDialog, begins: str) -> None:
    radios = dialog.findChildren(QRadioButton)
    next(radio for radio in radios if radio.text().startswith(begins)).click()


def name_field(dialog: ExportDialog) -> QLineEdit:
    (name,) = dialog.findChildren(QLineEdit)
    return name


def sessions(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["session_id"] for row in csv.DictReader(file)]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_the_filters_show_is_exported(stage: Stage, folder: Path) -> None:
    stage.show(*(entry(n, outcome=MISSED if n % 2 else Outcome.ANSWERED) for n in range(6)))
    stage.page.bar.choose(Choices(quick=frozenset({Quick.MISSED}), span=Period.MONTH))
    stage.settle()
    dialog = open_dialog(stage)
    assert "Missed · This month" in said(dialog)
    texts = [radio.text() for radio in dialog.findChildren(QRadioButton) if radio.isVisible()]
    assert texts[:2] == ["The 3 calls that the filters show", "All 6 calls on this computer"]
    assert str(folder) in said(dialog)
    click(dialog, "Export")
    stage.until(lambda: "exported" in said(stage.page))
    name = "Calls 2026-11-01 to 2026-11-18.csv"
    assert f"3 calls exported to {name}" in said(stage.page)
    assert files(folder) == [name]
    assert sessions(folder / name) == ["s1", "s3", "s5"]
    assert shown_dialog(stage) is None


def test_all_calls_can_be_had_though_some_are_filtered(stage: Stage, folder: Path) -> None:
    stage.show(*(entry(n) for n in range(3)))
    stage.page.bar.choose(Choices(text="Caller 1", span=Period.TODAY))
    stage.settle()
    dialog = open_dialog(stage)
    assert name_field(dialog).text() == "Calls 2026-11-18.csv"
    choose(dialog, "All")
    assert name_field(dialog).text() == "Calls up to 2026-11-18.csv"
    choose(dialog, "JSON")
    assert name_field(dialog).text() == "Calls up to 2026-11-18.json"
    click(dialog, "Export")
    stage.until(lambda: "3 calls exported" in said(stage.page))
    calls = json.loads((folder / "Calls up to 2026-11-18.json").read_text())
    assert [call["session_id"] for call in calls] == ["s0", "s1", "s2"]


def test_without_filters_there_is_nothing_to_choose(stage: Stage, folder: Path) -> None:
    stage.show(entry(1))
    dialog = open_dialog(stage)
    assert "The only call on this computer" in said(dialog)
    visible = [radio.text() for radio in dialog.findChildren(QRadioButton) if radio.isVisible()]
    assert visible == ["CSV, for spreadsheets", "JSON, for programs"]
    click(dialog, "Export")
    stage.until(lambda: "1 call exported" in said(stage.page))


def test_no_calls_are_not_exported(stage: Stage, folder: Path) -> None:
    stage.show(entry(1))
    stage.page.bar.choose(Choices(text="nobody"))
    stage.settle()
    dialog = open_dialog(stage)
    (export,) = (b for b in dialog.findChildren(QPushButton) if b.text() == "Export")
    assert not export.isEnabled()
    assert "There are no calls to export." in said(dialog)
    choose(dialog, "The only call")
    assert export.isEnabled()
    assert "There are no calls" not in said(dialog)


@pytest.mark.parametrize("where", ["search", "view"])
def test_ctrl_e_opens_the_dialog_from_wherever_the_keyboard_is(
    stage: Stage, folder: Path, where: str
) -> None:
    stage.show(entry(1))
    focused = stage.page.bar.search if where == "search" else stage.page.view
    focused.setFocus()
    QTest.keyClick(focused, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(focused, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    stage.until(lambda: shown_dialog(stage))
    dialog = shown_dialog(stage)
    assert dialog is not None
    assert name_field(dialog).hasFocus()
    assert name_field(dialog).selectedText() == "Calls up to 2026-11-18"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    stage.until(lambda: "exported" in said(stage.page))
    assert len(stage.page.findChildren(ExportDialog)) <= 1


def test_a_name_of_ones_own_stays_and_ends_as_the_format_does(stage: Stage, folder: Path) -> None:
    stage.show(entry(1))
    dialog = open_dialog(stage)
    QTest.keyClicks(name_field(dialog), "Mine v1.2")
    choose(dialog, "JSON")
    assert name_field(dialog).text() == "Mine v1.2.json"
    choose(dialog, "CSV")
    name_field(dialog).selectAll()
    QTest.keyClicks(name_field(dialog), "  Ours  ")
    click(dialog, "Export")
    stage.until(lambda: "exported" in said(stage.page))
    assert files(folder) == ["Ours.csv"]


@pytest.mark.parametrize("name", ["", "   ", "a/b", "a\\b", "../x", "a:b", "x\u202ey"])
def test_a_name_that_no_file_can_have_is_refused_in_place(
    stage: Stage, folder: Path, name: str
) -> None:
    stage.show(entry(1))
    dialog = open_dialog(stage)
    name_field(dialog).setText(name)
    click(dialog, "Export")
    assert dialog.isVisible()
    assert ("Enter a name" if not name.strip() else "cannot contain") in said(dialog)
    assert name_field(dialog).property("invalid")
    name_field(dialog).selectAll()
    QTest.keyClicks(name_field(dialog), "fine")
    assert not name_field(dialog).property("invalid")
    click(dialog, "Export")
    stage.until(lambda: "exported" in said(stage.page))
    assert files(folder) == ["fine.csv"]


def test_a_file_is_replaced_only_when_asked_to(stage: Stage, folder: Path) -> None:
    stage.show(entry(1))
    (folder / "Calls up to 2026-11-18.csv").write_text("the old one")
    dialog = open_dialog(stage)
    click(dialog, "Export")
    stage.until(lambda: "already" in said(dialog))
    assert files(folder) == ["Calls up to 2026-11-18.csv"]
    choose(dialog, "JSON")
    assert "already" not in said(dialog)
    choose(dialog, "CSV")
    click(dialog, "Export")
    stage.until(lambda: "already" in said(dialog))
    assert (folder / "Calls up to 2026-11-18.csv").read_text() == "the old one"
    click(dialog, "Replace")
    stage.until(lambda: "exported" in said(stage.page))
    assert sessions(folder / "Calls up to 2026-11-18.csv") == ["s1"]


def test_another_folder_is_chosen_and_remembered(
    stage: Stage, folder: Path, tmp_path: Path
) -> None:
    stage.show(entry(1))
    other = tmp_path / "Other"
    other.mkdir()
    dialog = open_dialog(stage)
    click(dialog, "Change…")
    (picker,) = dialog.findChildren(QFileDialog)
    assert picker.directory().path() == str(folder)
    picker.fileSelected.emit(str(other))
    picker.close()
    assert str(other) in said(dialog)
    click(dialog, "Export")
    stage.until(lambda: "exported" in said(stage.page))
    assert (files(folder), files(other)) == ([], ["Calls up to 2026-11-18.csv"])
    assert str(other) in said(open_dialog(stage))


def test_a_folder_at_home_is_told_as_such(
    stage: Stage, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    stage.show(entry(1))
    assert "~/Documents" in said(open_dialog(stage)).splitlines()


def test_a_failure_is_one_sentence_with_a_way_to_try_again(stage: Stage, folder: Path) -> None:
    stage.show(entry(1))
    dialog = open_dialog(stage)
    name_field(dialog).selectAll()
    QTest.keyClicks(name_field(dialog), "Mine")
    folder.rmdir()
    click(dialog, "Export")
    stage.until(lambda: "No calls were exported: the folder" in said(stage.page))
    click(stage.page, "Try again")
    stage.until(lambda: shown_dialog(stage))
    again = shown_dialog(stage)
    assert again is not None
    assert name_field(again).text() == "Mine.csv"
    folder.mkdir()
    click(again, "Export")
    stage.until(lambda: "1 call exported to Mine.csv" in said(stage.page))
    assert "No calls were exported" not in said(stage.page)
    assert files(folder) == ["Mine.csv"]


def test_a_call_that_has_just_been_deleted_is_not_exported(stage: Stage, folder: Path) -> None:
    stage.show(entry(1), entry(2))
    stage.select("s1")
    QTest.keyClick(stage.page.view, Qt.Key.Key_Delete)
    dialog = open_dialog(stage)
    assert "The only call" in said(dialog)
    click(dialog, "Export")
    stage.until(lambda: "1 call exported" in said(stage.page))
    assert sessions(folder / "Calls up to 2026-11-18.csv") == ["s2"]


@dataclass
class Slow:
    """The stage's archive, whose second page comes when `goes_on` is set."""

    stage: Stage
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    is_asked: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage.archive, name)

    async def full_page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 500
    ) -> FullPage:
        if after is not None:
            self.is_asked = True
            await self.goes_on.wait()
        return await self.stage.archive.full_page(wanted, after, limit=min(limit, 2))


@pytest.fixture
def slow(stage: Stage, folder: Path) -> Slow:
    """Half an export: two of four calls are in the file."""
    source = Slow(stage)
    stage.add(*(entry(n) for n in range(4)))
    stage.page.set_source(source)
    stage.settle()
    click(open_dialog(stage), "Export")
    stage.until(lambda: source.is_asked)
    return source


def bar(stage: Stage) -> QProgressBar:
    (shown,) = stage.page.findChildren(QProgressBar)
    return shown


@pytest.mark.usefixtures("slow")
def test_progress_is_shown_and_only_one_goes_on_at_a_time(stage: Stage, folder: Path) -> None:
    assert "Exporting 4 calls…" in said(stage.page)
    assert (bar(stage).isVisible(), bar(stage).value(), bar(stage).maximum()) == (True, 500, 1000)
    assert files(folder) == ["Calls up to 2026-11-18.csv.part"]
    assert not export_button(stage).isEnabled()
    QTest.keyClick(stage.page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    stage.add(entry(-1))
    stage.refresh()
    assert stage.shown()[0] == "s-1"
    assert shown_dialog(stage) is None


def test_cancelling_leaves_nothing(stage: Stage, folder: Path, slow: Slow) -> None:
    click(stage.page, "Cancel")
    assert "Export" not in said(stage.page)
    stage.until(lambda: export_button(stage).isEnabled())
    assert files(folder) == []
    slow.goes_on.set()
    click(open_dialog(stage), "Export")
    stage.until(lambda: "4 calls exported" in said(stage.page))
    assert not bar(stage).isVisible()


def test_it_goes_on_while_the_window_is_closed(stage: Stage, folder: Path, slow: Slow) -> None:
    stage.page.close()
    slow.goes_on.set()
    stage.until(lambda: files(folder) == ["Calls up to 2026-11-18.csv"])
    stage.until(lambda: export_button(stage).isEnabled())
    stage.page.show()
    assert "4 calls exported" in said(stage.page)
    assert sessions(folder / "Calls up to 2026-11-18.csv") == ["s0", "s1", "s2", "s3"]


@pytest.mark.usefixtures("slow")
def test_who_signs_out_exports_no_further(stage: Stage, folder: Path) -> None:
    stage.page.set_source(None)
    stage.until(lambda: files(folder) == [])
    stage.until(lambda: export_button(stage).isEnabled())
    assert "Export" not in said(stage.page)
    QTest.mouseClick(export_button(stage), Qt.MouseButton.LeftButton)
    stage.until(lambda: True)
    assert shown_dialog(stage) is None


@pytest.mark.usefixtures("slow")
def test_who_quits_leaves_nothing(stage: Stage, folder: Path) -> None:
    async def cancel_all() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stage.run(cancel_all())
    assert files(folder) == []


def test_the_dialog_goes_with_the_account(stage: Stage, folder: Path) -> None:
    stage.show(entry(1))
    dialog = open_dialog(stage)
    stage.page.set_source(None)
    assert not dialog.isVisible()


class Desktop(QObject):
    """Takes what would be opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url)


@pytest.fixture
def desktop_services() -> Iterator[Desktop]:
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "open")  # type: ignore[arg-type]  # the stub wants bytes, PySide6 text
    yield desktop
    QDesktopServices.unsetUrlHandler("file")


def test_the_folder_is_shown(stage: Stage, folder: Path, desktop_services: Desktop) -> None:
    stage.show(entry(1))
    click(open_dialog(stage), "Export")
    stage.until(lambda: "exported" in said(stage.page))
    click(stage.page, "Show in folder")
    stage.until(lambda: desktop_services.opened)
    assert desktop_services.opened == [QUrl.fromLocalFile(str(folder))]
    assert "exported" in said(stage.page)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (None, None, "Calls up to 2026-11-18"),
        (-17, 1, "Calls 2026-11-01 to 2026-11-18"),
        (0, 1, "Calls 2026-11-18"),
        (-1, None, "Calls 2026-11-17 to 2026-11-18"),
        (None, 0, "Calls up to 2026-11-17"),
    ],
)
def test_a_file_is_named_by_its_days(first: int | None, last: int | None, name: str) -> None:
    midnight = NOON.astimezone().replace(hour=0)
    first_at, last_at = (
        None if days is None else midnight + timedelta(days=days) for days in (first, last)
    )
    wanted = CallFilter(date_from=first_at, date_to=last_at)
    assert suggested_name(wanted, midnight.date()) == name
