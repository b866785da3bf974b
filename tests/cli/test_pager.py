import pytest

from tests.cli.terminal import Terminal


def test_a_message_goes_to_several_extensions(terminal: Terminal) -> None:
    sent = terminal.run("pager", "--to", "102", "--to", "103", "Lunch?", "--json")
    told = sent.json
    assert (sent.code, sent.err) == (0, "")
    assert (told["type"], told["status"], told["text"]) == ("Pager", "Sent", "Lunch?")
    assert (told["from"], told["to"]) == (terminal.simulator.extension, ["102", "103"])


def test_people_read_a_sentence(terminal: Terminal) -> None:
    colleague = terminal.simulator.world.company.colleagues[0]
    sent = terminal.run("pager", "--to", "102", "-", stdin="Lunch?\n")
    assert sent.out == (f"Message from Alex Navarro ext. 101 to {colleague.name} ext. 102: sent.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--to", "102", ""], 2, "The message is empty: give it a text."),
        (
            ["--to", "102", "x" * 1025],
            2,
            "The message has 1,025 of at most 1,024 characters: shorten it.",
        ),
        (
            ["--to", "+16505550199", "x"],
            2,
            "“+16505550199” is not an extension: pager messages stay inside.",
        ),
        (
            ["--to", "102", "--to", "999", "x"],
            4,
            "Your company has no such extension, so the message went to nobody.",
        ),
    ],
)
def test_what_cannot_be_sent_is_one_sentence(
    terminal: Terminal, arguments: list[str], code: int, sentence: str
) -> None:
    ended = terminal.run("pager", *arguments)
    assert (ended.code, ended.out, ended.sentence) == (code, "", sentence)
