import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.archive.folding import digits, fold, person_key, searched


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "muller"),
        ("Mu\u0308ller", "muller"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź Ørsted", "lodz orsted"),
        ("İstanbul ısı", "istanbul isi"),
        ("ﬁ Ⅷ ℌ", "fi viii h"),
        ("李 Ωμέγα", "李 ωμεγα"),
        ("", ""),
    ],
)
def test_case_and_accents_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_any_text_has_a_person_key_or_none(text: str) -> None:
    assert isinstance(person_key(text, text), str)


def test_a_name_is_searched_with_place_and_digits() -> None:
    assert searched("+1 (303) 555-0199", "Zoë", "Denver, CO") == "zoe\ndenver, co\n13035550199"
    assert digits("+1855201XXXX") == "1855201"


@pytest.mark.parametrize(
    ("number", "name", "key"),
    [
        ("+13035550199", "", "13035550199"),
        ("1 (303) 555-0199", "", "13035550199"),
        ("0041446681800", "", "41446681800"),
        ("101", "", "x101"),
        ("+101", "", "101"),
        ("00", "", "x00"),
        ("+1855201XXXX", "", "1855201XXXX"),
        ("*67", "", "=*67"),
        ("sip:Zoë@example.com", "", "=sip:zoe@example.com"),
        ("", "Zoë", "=zoe"),
        ("", "Private Number", ""),
        ("", "Private Eyes", "=private eyes"),
        ("anonymous", "Ann", ""),
        (" ", " ", ""),
    ],
)
def test_whom_a_number_stands_for(number: str, name: str, key: str) -> None:
    assert person_key(number, name) == key
