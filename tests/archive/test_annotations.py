from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.archive import annotations
from rcdesk.archive.archive import Archive
from rcdesk.archive.database import Database
from rcdesk.core.past_calls import LONGEST_NOTE, LONGEST_TAG
from tests.archive.stored import annotate, log, number_of, record, rows


@pytest.fixture
def call(database: Database) -> int:
    log(database, record("1"), record("2"))
    return number_of(database, "1")


def notes(database: Database) -> list[str]:
    return [str(text) for (text,) in rows(database, "SELECT text FROM note")]


def found(database: Database, word: str) -> int:
    sql = "SELECT rowid FROM note_search WHERE note_search MATCH ?"
    return len(rows(database, sql, f'"{word}"'))


def tags_of(database: Database, call: int) -> list[str]:
    sql = "SELECT name FROM tag JOIN call_tag ON tag_id = tag.id WHERE call_id = ? ORDER BY name"
    return [str(name) for (name,) in rows(database, sql, call)]


def test_a_note_is_replaced_and_found(database: Database, call: int) -> None:
    annotate(database, call, "Rückruf morgen")
    annotate(database, call, "Angebot schicken")
    assert notes(database) == ["Angebot schicken"]
    assert (found(database, "ruckruf"), found(database, "angebot")) == (0, 1)


@pytest.mark.parametrize("nothing", ["", "  \n"])
def test_an_empty_note_is_none(database: Database, call: int, nothing: str) -> None:
    annotate(database, call, "something")
    annotate(database, call, nothing)
    assert notes(database) == []
    assert found(database, "something") == 0


def test_a_note_keeps_its_lines_and_has_an_end(database: Database, call: int) -> None:
    annotate(database, call, "  one\n\ntwo\n")
    assert notes(database) == ["  one\n\ntwo\n"]
    annotate(database, call, "x" * 20_000)
    assert notes(database) == ["x" * LONGEST_NOTE]


def test_a_call_that_is_gone_takes_no_notes(database: Database) -> None:
    annotate(database, 99, "whose?", "tag")
    assert notes(database) == []
    assert database.read(annotations.tags) == ()


def test_tags_are_one_whatever_their_case(database: Database, call: int) -> None:
    annotate(database, call, "", "Über", "offer")
    annotate(database, number_of(database, "2"), "", "ÜBER", "  über ", "later")
    assert tags_of(database, number_of(database, "2")) == ["later", "Über"]
    assert database.read(annotations.tags) == ("Über", "later", "offer")


def test_tags_without_calls_go(database: Database, call: int) -> None:
    annotate(database, call, "", "one", "two")
    annotate(database, call, "", "two")
    assert database.read(annotations.tags) == ("two",)


text = st.text(st.characters(), max_size=60)


@given(note=text, names=st.lists(text, max_size=4))
def test_any_text_can_be_written(note: str, names: list[str]) -> None:
    database = Database.open(None)
    log(database, record("1"))
    annotate(database, 1, note, *names)
    assert all(0 < len(name) <= LONGEST_TAG for name in tags_of(database, 1))
    clean = not any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in note)
    if clean and note.strip():
        assert notes(database) == [note]
    database.close()


async def test_what_was_begun_is_written_before_the_file_is_closed(path: Path) -> None:
    archive = await Archive.open(path)
    await archive.add_records([record("1")])
    (call,) = await archive.find("1")
    begun = [archive.set_note(call.id, str(number)) for number in range(50)]
    begun.append(archive.set_tags(call.id, ["vip"]))
    await archive.aclose()
    for each in begun:
        await each
    async with await Archive.open(path) as again:
        found = await again.details(call.id)
    assert found is not None
    assert found.note == "49"
    assert found.call.tags == ("vip",)
