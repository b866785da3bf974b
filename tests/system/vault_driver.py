"""Does to a KeyringVault what its arguments say, one JSON line each; run by test_secrets."""

import asyncio
import json
import os
import sys
from pathlib import Path

from rcdesk.core.errors import StorageTrouble
from rcdesk.system.keyring_process import KeyringProcess
from rcdesk.system.paths import Paths
from rcdesk.system.secrets import KeyringVault, NoKeyring


async def main(commands: list[str]) -> None:
    paths = Paths.below(Path(os.environ["HOME"]))
    kind = KeyringProcess if os.environ.get("VAULT") == "process" else KeyringVault
    vault = kind(
        "rcdesk-test", "default", paths, timeout_s=float(os.environ.get("TIMEOUT_S", "20"))
    )
    for command in commands:
        name, _, argument = command.partition(":")
        result: object = None
        try:
            match name:
                case "test":
                    await vault.self_test()
                case "write":
                    await vault.write("é" * int(argument))
                case "look":
                    result = {"open": await vault.is_open()}
                case "read":
                    secret = await vault.read()
                    result = None if secret is None else [len(secret), set(secret) == {"é"}]
                case "delete":
                    await vault.delete()
                case _:
                    raise ValueError(command)
        except StorageTrouble as error:
            result = {"trouble": str(error), "missing": isinstance(error, NoKeyring)}
        print(json.dumps(result), flush=True)


asyncio.run(main(sys.argv[1:]))
