"""Where rcdesk keeps its files."""

import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from rcdesk.core.errors import BadInput, StorageTrouble
from rcdesk.system.handover import runtime_directory


@dataclass(frozen=True, slots=True)
class Paths:
    """The directories of one profile; none of them need exist yet.

    Attributes:
        config_dir: the user's settings.
        data_dir: the call history.
        state_dir: the log and locks: may be lost without regret.
        cache_dir: recordings that were listened to; RingCentral still has them.
        runtime_dir: the socket and lock of the running app; gone after a reboot.
        system_settings_file: shipped by an administrator, read only.
    """

    config_dir: Path
    data_dir: Path
    state_dir: Path
    cache_dir: Path
    runtime_dir: Path
    system_settings_file: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Paths":
        """The platform's usual places, or all below `RCDESK_HOME` where that is set."""
        environ = os.environ if environ is None else environ
        runtime_dir = Path(runtime_directory(environ))
        if home := environ.get("RCDESK_HOME"):
            return cls.below(Path(home))
        dirs = PlatformDirs("rcdesk", appauthor=False, roaming=False)
        return cls(
            config_dir=dirs.user_config_path,
            data_dir=dirs.user_data_path,
            state_dir=dirs.user_state_path,
            cache_dir=dirs.user_cache_path,
            runtime_dir=runtime_dir,
            system_settings_file=dirs.site_config_path / "config.toml",
        )

    @classmethod
    def below(cls, home: Path) -> "Paths":
        """A profile of its own under `home`, for the demo and for tests."""
        try:
            home = home.expanduser().absolute()
        except RuntimeError as error:
            raise BadInput(f"RCDESK_HOME is no folder: {error}") from None
        return cls(
            config_dir=home / "config",
            data_dir=home / "data",
            state_dir=home / "state",
            cache_dir=home / "cache",
            runtime_dir=Path(runtime_directory({"RCDESK_HOME": str(home)})),
            system_settings_file=home / "system" / "config.toml",
        )

    @property
    def settings_file(self) -> Path:
        """The user's settings, TOML."""
        return self.config_dir / "config.toml"

    @property
    def log_file(self) -> Path:
        """The newest log; older ones carry a number behind the name."""
        return self.state_dir / "rcdesk.log"

    @property
    def socket_file(self) -> Path:
        """Where the running app listens for commands."""
        return self.runtime_dir / "ipc.sock"

    @property
    def lock_file(self) -> Path:
        """Held by the running app."""
        return self.runtime_dir / "app.lock"


def make_private(directory: Path) -> Path:
    """Create `directory` for this user only (0700), or make it so, and return it.

    Raises:
        StorageTrouble: it cannot be created, or belongs to someone else (who could then read
            or replace what rcdesk puts there).
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            found = directory.stat()
            if found.st_uid != os.geteuid():
                raise StorageTrouble(
                    f"The folder {directory} belongs to another user; "
                    "remove it or set RCDESK_HOME to a folder of your own."
                )
            if stat.S_IMODE(found.st_mode) & 0o077:
                directory.chmod(0o700)
    except OSError as error:
        raise StorageTrouble(
            f"The folder {directory} cannot be used ({error.strerror or error}); "
            "correct its permissions or set RCDESK_HOME to another folder."
        ) from error
    return directory


def replace_file(path: Path, content: bytes) -> None:
    """Write `path` (0600) as a whole: whoever reads it finds the old content or the new.

    Raises:
        OSError: it cannot be written; the old content stays.
    """
    # mkstemp makes the file 0600.
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
