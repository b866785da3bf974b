"""`rcdesk presence`: what others see of the user, and whether calls reach them."""

import argparse
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import print_json

if TYPE_CHECKING:
    from rcdesk.cli.headless import Headless
    from rcdesk.ringcentral.presence_settings import PresenceSettings

# Those of ringcentral.presence_settings, which would take its time to import.
CHOICES = ("available", "busy", "dnd", "invisible")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--set",
        dest="choice",
        choices=CHOICES,
        help="dnd takes no calls; any other choice takes again those that were taken before it",
    )
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Set the presence where asked to, and tell it.

    Raises:
        PlatformError: RingCentral refused or could not be reached.
    """
    from rcdesk.cli.headless import run_signed_in

    async def act(headless: "Headless") -> int:
        from rcdesk.ringcentral.presence_settings import PresenceChoice
        from rcdesk.services.presence import PresenceSwitch
        from rcdesk.system.paths import Paths

        memory = Paths.from_environment().state_dir / "before-dnd"
        switch = PresenceSwitch(headless.desk.platform.http, memory)
        if args.choice:
            settings = await switch.choose(PresenceChoice(args.choice))
        else:
            settings = await switch.read()
        _tell(settings, as_json=args.json)
        return 0

    return run_signed_in(args, act)


def _tell(settings: "PresenceSettings", *, as_json: bool) -> None:
    from rcdesk.ui import words

    presence = settings.presence
    if as_json:
        print_json(
            {
                "telephony": presence.telephony.value,
                "presence": presence.presence.value,
                "user": presence.user.value,
                "dnd": presence.dnd.value,
            }
        )
        return
    said, message = words.presence(presence)[0], words.plain(settings.message)
    print(f"{said}: {words.isolate(message)}" if message else said)
