import pytest

from rcdesk.core import waits


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "1 s"),
        (0.4, "1 s"),
        (40, "40 s"),
        (119.4, "119 s"),
        (119.6, "2 min"),
        (300, "5 min"),
        (3569, "59 min"),
        (3599.9, "an hour or more"),
        (3600, "an hour or more"),
    ],
)
def test_a_wait_that_ringcentral_asks_for_in_words(seconds: float, said: str) -> None:
    assert waits.asked(seconds) == said


def test_a_wait_of_our_own_is_known_to_its_end() -> None:
    assert waits.span(3602) == "60 min"
