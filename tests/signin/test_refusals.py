import pytest

from rcdesk.signin.messages import AnswerKind, SignInAnswer
from rcdesk.signin.refusals import answer_to_closing

REDIRECT_URI = "http://localhost:1/x"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("Redirect URIs do not match (OAU-109).", REDIRECT_URI),
        ("OAU-113\nOAU-113", REDIRECT_URI),
        ('{"errors":[{"errorCode":"OAU-153","message":"x"}]}', "client ID"),
        ("error=OAU-165", "sandbox"),
    ],
)
def test_a_known_code_is_put_into_our_own_words(page: str, said: str) -> None:
    answer = answer_to_closing(page, REDIRECT_URI)
    assert answer.kind is AnswerKind.REFUSED
    assert said in answer.sentence
    assert SignInAnswer.from_line(answer.to_line()) == answer


@pytest.mark.parametrize(
    "page",
    [
        "",
        "Sign in",
        "OAU-999",
        "OAU-1090",
        "XOAU-109",
        "OAU-109 or OAU-153",
        "OAU-\u0661\u0660\u0669",
    ],
)
def test_a_page_that_names_no_single_known_code_is_just_closed(page: str) -> None:
    assert answer_to_closing(page, REDIRECT_URI) == SignInAnswer(AnswerKind.CLOSED)
