"""A keyring of a person who locks and unlocks it."""

import json
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from rcdesk.system.paths import Paths
from rcdesk.system.secrets import KeyringVault


class FileKeyring(KeyringBackend):
    """A keyring in a file, that may be locked, and counts how often it has been asked while so.

    It cannot be looked at without a question, as the kinds that are not the Secret Service.
    """

    priority = -1

    def __init__(self, file: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self._file = file
        self.is_locked = False
        self.prompts = 0

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep(self._entries() | {f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        if entries.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError("No such password!")
        self._keep(entries)

    def _entries(self) -> dict[str, str]:
        if self.is_locked:
            self.prompts += 1
            raise KeyringLocked("Failed to unlock the collection!")
        return json.loads(self._file.read_bytes()) if self._file.exists() else {}

    def _keep(self, entries: dict[str, str]) -> None:
        self._file.write_text(json.dumps(entries))


class LookableVault(KeyringVault):
    """The same keyring of the kind that tells whether it is locked."""

    def __init__(self, keyring: FileKeyring, folder: Path) -> None:
        super().__init__("rcdesk", "me", Paths.below(folder), backend=lambda: keyring)
        self._keyring = keyring

    async def is_open(self) -> bool | None:
        return not self._keyring.is_locked
