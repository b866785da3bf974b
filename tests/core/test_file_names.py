from pathlib import Path

import pytest

from rcdesk.core.file_names import LONGEST_NAME_BYTES, fitted, spelled, unused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Lee", "Ann Lee"),
        ("  Ann \t\n Lee ", "Ann Lee"),
        ("AC/DC", "AC-DC"),
        ("a\\b|c", "a-b-c"),
        ('<b>"Ann": who?*', "b Ann who"),
        ("..", ""),
        ("../../etc/passwd", "-..-etc-passwd"),
        (".hidden.", "hidden"),
        ("Ann\u202egpj.exe", "Anngpj.exe"),
        ("\u200fדנה כהן\u200e", "דנה כהן"),
        ("nul\0byte", "nulbyte"),
        ("half \ud83d", "half"),
        ("Mum \U0001f469\u200d\U0001f4bb", "Mum \U0001f469\u200d\U0001f4bb"),
        ("Zoe\u0308", "Zo\u00eb"),
    ],
)
def test_what_may_stand_in_a_name(text: str, expected: str) -> None:
    assert spelled(text) == expected


@pytest.mark.parametrize("device", ["CON", "nul", "Com1", "LPT9", "COM¹", "CONIN$", "aux.b"])
def test_no_file_is_taken_for_a_device(device: str) -> None:
    assert fitted(device, "", ".mp3") == f"_{device}.mp3"
    assert fitted(f"{device}sole".replace(".b", ""), "", ".mp3")[0] != "_"


def test_a_name_without_any_letter_is_one_still() -> None:
    assert fitted("???", "", ".mp3") == "file.mp3"


@pytest.mark.parametrize("letter", ["a", "é", "日", "\U0001f600", "e\u0301\u0302"])
def test_a_long_name_is_cut_before_the_number(letter: str) -> None:
    name = fitted(letter * 300, "+1 303 555 0199", ".mp3")
    assert name.endswith(" +1 303 555 0199.mp3")
    assert LONGEST_NAME_BYTES - 8 <= len(name.encode()) <= LONGEST_NAME_BYTES


def test_nothing_joined_is_cut_in_two() -> None:
    family = "\U0001f469\u200d\U0001f467"
    stem = fitted(family * 100, "1", "").removesuffix(" 1")
    assert stem == family * (len(stem) // len(family))


def test_a_file_that_is_there_keeps_its_name(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-24 14.05 Ann.mp3"
    for expected in (path.name, "2026-11-24 14.05 Ann (2).mp3", "2026-11-24 14.05 Ann (3).mp3"):
        found = unused(path)
        assert found.name == expected
        found.touch()
    dangling = tmp_path / "link.mp3"
    dangling.symlink_to(tmp_path / "nowhere")
    assert unused(dangling).name == "link (2).mp3"
