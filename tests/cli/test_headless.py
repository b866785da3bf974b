import pytest

from rcdesk.cli.headless import unkept
from rcdesk.system import secrets

BY_JWT = "set RC_USER_JWT, by which each command signs in by itself."


@pytest.mark.parametrize(
    ("trouble", "begins"),
    [
        (secrets.LOCKED, "The keyring is locked; unlock it, or "),
        (secrets.NO_KEYRING, "This computer has no keyring to keep the sign-in in; install one ("),
        (secrets.PLAINTEXT.format(name="Plain"), "The only keyring here writes secrets to a plain"),
        (secrets.NO_ANSWER.format(seconds=60), "The keyring did not answer in 60 s; look for its"),
        (secrets.BROKEN.format(reason="IOError"), f"The keyring failed (IOError); {BY_JWT}"),
        ("Something else is wrong.", f"Something else is wrong; {BY_JWT}"),
    ],
)
def test_trouble_with_the_keyring_is_one_sentence_for_a_command(trouble: str, begins: str) -> None:
    sentence = unkept(trouble)
    assert sentence.startswith(begins)
    assert sentence.endswith(BY_JWT)
    assert ". " not in sentence
    assert "each start" not in sentence
