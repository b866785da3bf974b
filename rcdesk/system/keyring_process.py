"""The keyring, asked by a process of its own.

keyring, its D-Bus library and cryptography would take 10 MB of the tray app all day, for an
entry that is read at the start and written once an hour. And a keyring that hangs in an
unlock prompt hangs in a process that can be ended.
"""

import asyncio
import contextlib
import json
import sys
from typing import Any

from rcdesk.core.errors import StorageTrouble
from rcdesk.system.children import child_environment, module_command
from rcdesk.system.paths import Paths
from rcdesk.system.secrets import BROKEN, NO_ANSWER, PROMPT_TIMEOUT_S, KeyringVault, NoKeyring

_MAX_LINE = 1 << 20


class KeyringProcess(KeyringVault):
    """The same entry and the same lock as a KeyringVault's; only the work is done elsewhere.

    Secrets pass through the child's pipes, never its arguments. Cancelling an operation ends
    the child.
    """

    def __init__(
        self, service: str, account: str, paths: Paths, *, timeout_s: float = PROMPT_TIMEOUT_S
    ) -> None:
        super().__init__(service, account, paths, timeout_s=timeout_s)

    async def is_open(self) -> bool | None:
        """See Vault."""
        is_open = await self._ask("is_open")
        return is_open if isinstance(is_open, bool) else None

    async def read(self) -> str | None:
        """See Vault."""
        secret = await self._ask("read")
        return secret if isinstance(secret, str) else None

    async def write(self, secret: str) -> None:
        """See Vault."""
        await self._ask("write", secret)

    async def delete(self) -> None:
        """See Vault."""
        await self._ask("delete")

    async def self_test(self) -> None:
        """See Vault."""
        await self._ask("self_test")

    async def _ask(self, operation: str, *arguments: str) -> object:
        question = [self._service, self._account, operation, *arguments]
        try:
            child = await asyncio.create_subprocess_exec(
                *module_command(__name__),
                env=child_environment(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise StorageTrouble(BROKEN.format(reason=error.strerror or error)) from error
        try:
            async with asyncio.timeout(self._timeout_s):
                output, _ = await child.communicate(json.dumps(question).encode())
        except TimeoutError:
            raise StorageTrouble(NO_ANSWER.format(seconds=self._timeout_s)) from None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        return _understood(output)


def _understood(output: bytes) -> object:
    try:
        answer: Any = json.loads(output)
        trouble, result = answer["trouble"], answer["result"]
        is_missing = answer["is_missing"]
    except (ValueError, TypeError, KeyError):
        raise StorageTrouble(BROKEN.format(reason="no answer")) from None
    if trouble:
        raise (NoKeyring if is_missing else StorageTrouble)(str(trouble))
    return result


async def _do(service: str, account: str, operation: str, *arguments: str) -> dict[str, object]:
    # The parent holds the lock and keeps the time.
    vault = KeyringVault(service, account, Paths.from_environment(), timeout_s=PROMPT_TIMEOUT_S)
    result: object = None
    try:
        match operation:
            case "is_open":
                result = await vault.is_open()
            case "read":
                result = await vault.read()
            case "write":
                await vault.write(*arguments)
            case "delete":
                await vault.delete()
            case _:
                await vault.self_test()
    except StorageTrouble as trouble:
        is_missing = isinstance(trouble, NoKeyring)
        return {"result": None, "trouble": str(trouble), "is_missing": is_missing}
    return {"result": result, "trouble": "", "is_missing": False}


def main() -> None:
    """Answer the one question on standard input."""
    question = json.loads(sys.stdin.buffer.read(_MAX_LINE))
    sys.stdout.write(json.dumps(asyncio.run(_do(*question))))


if __name__ == "__main__":
    main()
