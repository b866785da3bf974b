import subprocess
import sys

import pytest

from rcdesk.core.places import place_of


@pytest.mark.parametrize(
    ("number", "region", "place"),
    [
        ("+16502530000", "US", "Mountain View, CA"),
        ("16502530000", "US", "Mountain View, CA"),
        ("+442079460958", "US", "United Kingdom"),
        ("101", "US", ""),
        ("", "US", ""),
        ("+1855201XXXX", "US", ""),
    ],
)
def test_a_number_has_a_place(number: str, region: str, place: str) -> None:
    assert place_of(number, region) == place


def test_a_process_of_its_own_answers_line_by_line() -> None:
    asked = "+16502530000\tUS\nnonsense\t\n\n"
    answer = subprocess.run(
        [sys.executable, "-m", "rcdesk.core.places"],
        input=asked, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert answer.stdout == "Mountain View, CA\n\n\n"
