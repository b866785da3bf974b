import json

import pytest

from rcdesk.cli.output import note, print_json, print_table


def test_columns_count_what_a_terminal_shows(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("山田", "1"), ("e\u0301a", "10"), ("\u2068שרה\u2069", "100")]
    print_table(rows, right=frozenset({1}))
    assert capsys.readouterr().out == "山田    1\ne\u0301a     10\n\u2068שרה\u2069   100\n"


def test_json_is_ascii_so_that_no_name_commands_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "\x1b[2J\x9b2J\u202eשרה"
    print_json({"name": name})
    line = capsys.readouterr().out
    assert line.isascii()
    assert line.rstrip("\n").isprintable()
    assert json.loads(line) == {"name": name}


def test_a_note_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    note("RingCentral says: a\nb\x1b[2J \u202ec")
    assert capsys.readouterr().err == "RingCentral says: a b [2J c\n"
