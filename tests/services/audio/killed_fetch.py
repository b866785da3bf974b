"""Children that fetch a recording until they are killed.

Standard input's first line says what of whom (JSON); each further line starts one. Its process
id is the first line that comes back, then the bytes that it has; `end` is the last. They are
forked, because an interpreter takes longer to start than to be killed.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.ringcentral import downloads, recordings  # noqa: F401 - loaded before the fork
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services import audio_cache  # noqa: F401 - as above
from rcdesk.services.audio import AudioKeeping
from rcdesk.services.desk import Desk


async def fetch(given: dict[str, str]) -> None:
    app = AppRegistration(given["url"], given["client_id"], given["client_secret"])
    keeping = AudioKeeping(Path(given["folder"]))
    sound = Sound(SoundKind.RECORDING, given["recording"])

    def tell(_sound: Sound) -> None:
        if (state := desk.audio.fetching(sound)) is not None:
            say(state.received)

    async with Desk(app, MemorySessionStore(), with_places=False, audio_keeping=keeping) as desk:
        await desk.session.sign_in_with_jwt(given["jwt"])
        desk.audio.changed.subscribe(tell)
        await desk.audio.fetch(sound)


def say(word: int | str) -> None:
    # In one piece, wherever the process is killed.
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


def main() -> None:
    given = json.loads(sys.stdin.readline())
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            say(os.getpid())
            asyncio.run(fetch(given))
            os._exit(0)
        os.waitpid(pid, 0)
        say("end")


if __name__ == "__main__":
    main()
