"""What the players ask of whoever has the sounds."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rcdesk.core.sounds import Sound


class Progress(Protocol):
    """See `rcdesk.services.audio.Fetching`."""

    @property
    def received(self) -> int:
        """Bytes that have come."""
        ...

    @property
    def size(self) -> int | None:
        """Bytes of the whole; None while unknown."""
        ...


class Changes(Protocol):
    """See `rcdesk.services.listeners.Listeners`."""

    def subscribe(self, callback: Callable[[Sound], None]) -> Callable[[], None]:
        """Call `callback` with every change."""
        ...


class AudioSource(Protocol):
    """See `rcdesk.services.audio.AudioService`, which is one."""

    @property
    def changed(self) -> Changes:
        """How a fetch stands."""
        ...

    def is_offered(self, sound: Sound) -> bool:
        """Nothing is known to speak against fetching it."""
        ...

    def fetching(self, sound: Sound) -> Progress | None:
        """How its fetch stands; None if there is none under way."""
        ...

    def wait_s(self, sound: Sound) -> float:
        """How long RingCentral asks us to wait."""
        ...

    async def ending(self, sound: Sound) -> str:
        """The ending of a file of it."""
        ...

    async def fetch(self, sound: Sound) -> Path:
        """The sound as a file."""
        ...

    def cancel(self, sound: Sound) -> None:
        """End its fetch."""
        ...

    async def save(self, sound: Sound, wanted: Path) -> Path:
        """Copy it to where the user wants it."""
        ...
