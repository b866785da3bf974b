"""What RingCentral's rate limits ask of this user, remembered for every process of theirs."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import msgspec

from rcdesk.core.call import Instant
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.waits import LONGEST_ASKED_S
from rcdesk.system.paths import make_private, replace_file

_log = logging.getLogger(__name__)

_MOST_BYTES = 1024
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class _Penalty(msgspec.Struct, frozen=True):
    """Both clocks of its beginning: one may be set, the other starts anew with the computer."""

    began_utc_s: float
    began_monotonic_s: float
    boot_id: str
    lasts_s: Annotated[float, msgspec.Meta(gt=0, le=LONGEST_ASKED_S)]


class PenaltyFiles:
    """The penalties of one app registration, a file for each rate group that had one.

    A process that does not know of a penalty sends a request, and has it begin anew for all of
    them. Where the files cannot be used each process is on its own again; nothing here raises.

    Args:
        folder: need not exist.
        registration: tells the app registrations of this profile apart.
        boot_id: names what `Instant.monotonic_s` counts from; empty where that is not known.
    """

    def __init__(
        self,
        folder: Path,
        registration: str,
        clock: Callable[[], Instant],
        *,
        boot_id: str | None = None,
    ) -> None:
        name = hashlib.sha256(registration.encode()).hexdigest()[:16]
        self._stem = folder / f"penalty-{name}"
        self._clock = clock
        self._boot_id = this_boot() if boot_id is None else boot_id

    async def left_s(self, group: str) -> float:
        """How long nobody may ask anything of `group`; 0 where there is no penalty."""
        penalty = await asyncio.to_thread(self._read, group)
        return 0.0 if penalty is None else self._left_s(penalty)

    async def keep(self, groups: Iterable[str], lasts_s: float) -> None:
        """Tell every process that nobody may ask anything of `groups`, from now on.

        Once begun it is completed even if the caller is cancelled.
        """
        if lasts_s > 0:
            await asyncio.to_thread(self._write_all, tuple(groups), min(lasts_s, LONGEST_ASKED_S))

    def _left_s(self, penalty: _Penalty) -> float:
        now = self._clock()
        if self._boot_id and penalty.boot_id == self._boot_id:
            passed_s = now.monotonic_s - penalty.began_monotonic_s
        else:
            passed_s = now.utc.timestamp() - penalty.began_utc_s
        # It begins in the future where the clock was set back: when it was is not known any more.
        return max(penalty.lasts_s - passed_s, 0.0) if passed_s >= 0 else 0.0

    def _read(self, group: str) -> _Penalty | None:
        try:
            with self._file(group).open("rb") as file:
                return msgspec.json.decode(file.read(_MOST_BYTES), type=_Penalty)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _log.warning("What is kept of a penalty cannot be read: %s", error)
            return None

    def _write_all(self, groups: Iterable[str], lasts_s: float) -> None:
        now = self._clock()
        penalty = _Penalty(now.utc.timestamp(), now.monotonic_s, self._boot_id, lasts_s)
        content = msgspec.json.encode(penalty)
        try:
            make_private(self._stem.parent)
            for group in groups:
                known = self._read(group)
                if known is None or self._left_s(known) < lasts_s:
                    replace_file(self._file(group), content)
        except (OSError, StorageTrouble) as error:
            _log.warning("Other processes cannot be told of a penalty: %s", error)

    def _file(self, group: str) -> Path:
        return self._stem.with_name(f"{self._stem.name}-{group}")


def this_boot() -> str:
    """What tells this start of the computer from every other; empty where nothing does."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
