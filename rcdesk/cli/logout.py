"""`rcdesk logout`: end the session here and at RingCentral."""

import argparse
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import print_json
from rcdesk.core.errors import StorageTrouble

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Sign out; it is no error if nobody is signed in.

    Raises:
        StorageTrouble: what the keyring holds could not be read or deleted.
    """
    from rcdesk.cli.headless import run_headless, unread

    async def sign_out(headless: "Headless") -> int:
        store = headless.store
        was_signed_in = await headless.desk.session.resume()
        if store.is_unread:
            if args.json:
                print_json({"signed_in": None, "was_signed_in": None})
            raise StorageTrouble(f"You were not signed out: {unread(store.trouble)}")
        owner_id = headless.desk.platform.session.owner_id
        await headless.desk.session.sign_out()
        if headless.settings.wipe_on_sign_out:
            await _wipe(headless, owner_id)
        if args.json:
            print_json({"signed_in": False, "was_signed_in": was_signed_in})
        if was_signed_in and store.trouble:
            raise StorageTrouble(
                f"Your sign-in was ended, but not deleted: {unread(store.trouble)}"
            )
        if not args.json:
            print("Signed out." if was_signed_in else "You were signed out already.")
        return 0

    return run_headless(args, sign_out)


async def _wipe(headless: "Headless", owner_id: str) -> None:
    import asyncio

    from rcdesk.services.archiving import wipe
    from rcdesk.services.audio_cache import AudioCache
    from rcdesk.services.desk import audio_keeping
    from rcdesk.system.paths import Paths

    paths, server_url = Paths.from_environment(), headless.settings.server_url
    await wipe(paths.data_dir, server_url, owner_id)
    audio = audio_keeping(headless.settings, paths).folder
    await asyncio.to_thread(AudioCache(audio, server_url, owner_id).wipe)
