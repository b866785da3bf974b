import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.core.spreadsheet import FORMULA_STARTS, csv_text, harmless

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
LOADED = st.text(st.sampled_from("=+-@＝＋－＠;,\"'\t\r\n 19ax\u200b"), max_size=12)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2", "'-2"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("\u00a0\u3000=1", "'\u00a0\u3000=1"),
        ("\u200b=1", "'\u200b=1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠A1", "'＠A1"),
        ("a;=1", "a;'=1"),
        ('a; "=1', "a;' \"=1"),
        ("a\r\n=1", "a\r\n'=1"),
        ("a\n\n- b", "a\n\n'- b"),
        ("a\t@b", "a\t'@b"),
        ("+", "'+"),
        ("+16505550100=1", "'+16505550100=1"),
        ("+16505550100\n", "'+16505550100\n"),
        ("+1 (650) 555-0100", "'+1 (650) 555-0100"),
        ("+A1", "'+A1"),
        ("+1A1", "'+1A1"),
        ("\x1b]0;title\x07Ada\x9b2J", "]0;titleAda2J"),
        ("\x00=1", "'=1"),
    ],
)
def test_what_a_spreadsheet_would_compute_is_text(cell: str, written: str) -> None:
    assert harmless(cell) == written
    assert read(csv_text([["name", cell]])) == [["name", written]]


@pytest.mark.parametrize(
    "cell",
    [
        "+16505550100",
        "16505550100",
        "101",
        "+1855201XXXX",
        "1855201XXXX",
        "2026-11-24T09:30:00.000-08:00",
        "ann@example.com",
        "Smith-Jones, Ann; Bob = x",
        'Ada, "Countess"\nof Lovelace',
        "2+2",
        "'=1",
        "",
    ],
)
def test_data_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell
    assert read(csv_text([["name", cell]])) == [["name", cell]]


def test_lines_end_as_rfc_4180_has_it() -> None:
    assert csv_text([["a", 1, 2.5], ["b\nc", "", 'd"']]) == 'a,1,2.5\r\n"b\nc",,"d"""\r\n'
    assert csv_text([]) == ""


def test_every_character_that_becomes_a_formulas_beginning_is_known() -> None:
    wide = {"\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63", "\ufe6b"}
    assert {unicodedata.normalize("NFKC", character) for character in wide} == set("=+-@")
    assert set(FORMULA_STARTS) == {*"=+-@\u2212", *wide}


@given(st.lists(st.lists(TEXT | LOADED, min_size=2, max_size=4), max_size=4))
def test_rows_come_back_but_for_apostrophes(rows: list[list[str]]) -> None:
    assert read(csv_text(rows)) == [[harmless(cell) for cell in row] for row in rows]


@given(TEXT | LOADED)
def test_only_apostrophes_are_added_and_only_control_characters_go(cell: str) -> None:
    kept = [each for each in cell if each in "\t\r\n" or unicodedata.category(each) != "Cc"]
    rest = iter(harmless(cell))
    assert all(any(found == wanted for found in rest) for wanted in kept)
    assert harmless(cell).replace("'", "") == "".join(kept).replace("'", "")


@given(LOADED)
def test_no_cell_begins_a_formula_wherever_it_is_split(cell: str) -> None:
    seen = harmless(cell)
    pieces = seen.replace("\r", ";").replace("\n", ";").replace("\t", ";").split(";")
    starts = [piece.strip(' "\u200b')[:1] for piece in pieces]
    number = seen.lstrip("+")
    assert not [start for start in starts if start and start in FORMULA_STARTS] or number.isdigit()
