"""Fuzz what the gateway sends, guided by coverage: `python tests/fuzz/frames.py [CORPUS] [-…]`.

An input is a stream of frames, one a line; `following.follow` says what must hold. It begins
from real frames and keeps in the directory CORPUS, if given, what reached new code. Options
are libFuzzer's: `-max_total_time=600` for ten minutes, `-runs=N`. A finding is written to
`crash-…`; shorten it with `-minimize_crash=1 crash-…` and make it a row of `FOUND` in
tests/ringcentral/test_fuzz_frames.py.

Needs atheris (`pip install atheris`), which is no dependency of the tests; pytest does not run
this file.
"""

import asyncio
import logging
import random
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["rcdesk.core", "rcdesk.ringcentral", "json"]):
    from tests.fuzz.following import follow
    from tests.fuzz.mutation import changed_stream
    from tests.fuzz.seeds import recorded, written

# Half of the inputs are changed as JSON: changes of bytes alone seldom get past the parser.
_SHARE_OF_JSON = 0.5


def take(data: bytes) -> None:
    """Take in one input."""
    follow(data.split(b"\n"))


def change(data: bytes, max_size: int, seed: int) -> bytes:
    """Another input made of `data`."""
    generator = random.Random(seed)
    if generator.random() < _SHARE_OF_JSON:
        changed = changed_stream(data, generator)
        if len(changed) <= max_size:
            return changed
    return bytes(atheris.Mutate(data, max_size))


def main() -> None:
    """Fuzz until told to stop."""
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        for number, stream in enumerate([*written(), *asyncio.run(recorded())]):
            (Path(folder) / str(number)).write_bytes(stream)
        # libFuzzer writes into the first directory and only reads the others.
        places = [each for each in sys.argv[1:] if not each.startswith("-")]
        Path(*places[:1] or [folder]).mkdir(parents=True, exist_ok=True)
        atheris.Setup(
            [*sys.argv, "-max_len=32768", "-timeout=10", folder], take, custom_mutator=change
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
