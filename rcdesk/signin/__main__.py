"""`python -m rcdesk.signin`: shows one authorize page, prints how it ended, ends."""

import os
import sys

from rcdesk.signin.messages import MAX_LINE, AnswerKind, SignInAnswer, SignInTask


def main() -> None:
    """Read the task from stdin, write the answer to stdout.

    Ends without an answer when stdin closes first: the app that asked has died.
    """
    # Whatever else prints to stdout (Chromium, a Qt plugin) must not mix with the answer.
    answers = os.dup(1)
    os.dup2(2, 1)
    answer = _answer(_read_line())
    if answer is not None:
        os.write(answers, answer.to_line())
    # Not sys.exit: a thread may still wait for stdin, and WebEngine's own threads outlive
    # their objects; there is nothing left to save.
    os._exit(0)


def _answer(line: bytes) -> SignInAnswer | None:
    try:
        task = SignInTask.from_line(line)
    except (ValueError, TypeError) as error:
        sentence = f"The sign-in window was started with something it cannot read ({error})."
        return SignInAnswer(AnswerKind.FAILED, sentence=sentence)
    try:
        # The import is the check: PySide6 may be installed without WebEngine, or without the
        # system libraries that WebEngine needs.
        from rcdesk.signin.window import show  # noqa: PLC0415
    except ImportError as error:
        print(f"No sign-in window: {error}", file=sys.stderr)  # noqa: T201 - stdout is taken
        return SignInAnswer(AnswerKind.USE_BROWSER)
    return show(task)


def _read_line() -> bytes:
    """The first line of stdin, read so that no buffer swallows what follows it."""
    line = b""
    while not line.endswith(b"\n") and len(line) < MAX_LINE:
        piece = os.read(0, 4096)
        if not piece:
            break
        line += piece
    return line


if __name__ == "__main__":
    main()
