"""Recordings and voicemails that were listened to, as files for this user only.

Every function may block, and raises StorageTrouble where the disk is the trouble.
"""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rcdesk.core.errors import StorageTrouble
from rcdesk.core.file_names import unused
from rcdesk.core.sounds import Sound, ending_of
from rcdesk.services.account import account_mark, digest
from rcdesk.system.paths import make_private

MOST_BYTES = 500 << 20
"""Of all files together; an hour of telephone sound is 29 to 58 MB."""

_UNFINISHED = (".part", ".json")


class AudioCache:
    """The files of one account, below the `root` that all accounts share."""

    def __init__(self, root: Path, server_url: str, owner_id: str) -> None:
        self.folder = root / account_mark(server_url, owner_id)

    def place(self, sound: Sound) -> Path:
        """Where a download goes; `keep` gives it its ending."""
        make_private(self.folder.parent)
        make_private(self.folder)
        return self.folder / _name(sound)

    def find(self, sound: Sound) -> Path | None:
        """The whole file, if it is there; it counts as just listened to."""
        name = _name(sound)
        with _told("cannot be read"), suppress(FileNotFoundError):
            for path in self.folder.glob(f"{name}*"):
                if path.suffix in _UNFINISHED:
                    continue
                # Without an ending rcdesk was ended when the last byte had just come.
                found = path if path.suffix else self.keep(sound, "")
                os.utime(found)
                return found
        return None

    def keep(self, sound: Sound, content_type: str) -> Path:
        """Give the finished download the ending of what it is."""
        path = self.folder / _name(sound)
        with _told("cannot be kept"):
            with path.open("rb") as file:
                ending = ending_of(content_type, file.read(4))
            return path.replace(path.with_name(path.name + ending))

    def empty(self, spared: Collection[Sound] = ()) -> None:
        """Delete all of it but what belongs to the `spared`."""
        kept = {_name(sound) for sound in spared}
        with _told("cannot be deleted"):
            for path in self.folder.glob("*"):
                if path.name.partition(".")[0] not in kept:
                    path.unlink(missing_ok=True)

    def wipe(self) -> None:
        """Delete all of it."""
        _remove(self.folder)


def purge(root: Path, before_s: float) -> None:
    """Delete of all accounts what was last listened to before `before_s` (POSIX time).

    Unfinished downloads age too. Of the rest the oldest go until there is room again.
    """
    with _told("cannot be deleted"):
        found = []
        for path in root.glob("*/*"):
            # Meanwhile the user may have signed out, which deletes, too.
            with suppress(FileNotFoundError):
                about = path.stat()
                found.append((about.st_mtime, about.st_size, path))
        size = sum(each[1] for each in found)
        newest = max(found, default=None)
        for each in sorted(found):
            listened_s, bytes_, path = each
            if listened_s < before_s or (size > MOST_BYTES and each is not newest):
                path.unlink(missing_ok=True)
                size -= bytes_


def purge_all(root: Path) -> None:
    """Delete the files of all accounts."""
    _remove(root)


def save(audio: Path, wanted: Path) -> Path:
    """Copy `audio` to where the user wants it; returns the name it got: no file is replaced.

    It appears whole or not at all.
    """
    part: Path | None = None
    try:
        part = unused(wanted.with_name(f"{wanted.name}.part"))
        with audio.open("rb") as source, part.open("xb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        return part.rename(unused(wanted))
    except OSError as error:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise StorageTrouble(
            f"The file cannot be saved in {wanted.parent} ({reason}): choose another folder."
        ) from error


def _name(sound: Sound) -> str:
    # An id is the platform's and may be anything.
    is_plain = sound.id.isascii() and sound.id.isalnum() and len(sound.id) <= 40
    return f"{sound.kind}-{sound.id if is_plain else digest(sound.id)}"


def _remove(folder: Path) -> None:
    with _told("cannot be deleted"), suppress(FileNotFoundError):
        shutil.rmtree(folder)


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageTrouble(f"Recordings {what} on this computer: {reason}.") from error
