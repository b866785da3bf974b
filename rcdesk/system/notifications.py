"""Desktop notifications about calls, with buttons where the desktop offers them."""

import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

OnAction = Callable[[str, str], None]
"""Called with the call's key and the action's; `DEFAULT_ACTION` is a click on the text."""

DEFAULT_ACTION = "default"


class Action(NamedTuple):
    """A button: `key` comes back when it is pressed."""

    key: str
    label: str


class Notifier(Protocol):
    """Shows one notification per call; none of its methods ever raises."""

    @property
    def is_available(self) -> bool:
        """Whether the user sees anything of it."""

    @property
    def has_actions(self) -> bool:
        """Whether buttons are shown."""

    async def show_call(
        self, key: str, title: str, body: str, actions: Sequence[Action] = ()
    ) -> None:
        """Show the call `key`, or change what is shown of it; both texts are plain."""

    async def close_call(self, key: str) -> None:
        """Take the notification of `key` away, if there is one."""

    async def close(self) -> None:
        """Take all away and let go of the desktop."""


class SilentNotifier:
    """For a desktop without notifications: does nothing."""

    is_available = False
    has_actions = False

    async def show_call(
        self, key: str, title: str, body: str, actions: Sequence[Action] = ()
    ) -> None:
        """Nothing."""

    async def close_call(self, key: str) -> None:
        """Nothing."""

    async def close(self) -> None:
        """Nothing."""


async def open_notifier(on_action: OnAction, desktop_entry: str = "rcdesk") -> Notifier:
    """The desktop's notifier; a SilentNotifier where there is none.

    Args:
        on_action: runs on this event loop.
        desktop_entry: name of the installed desktop file, without `.desktop`.
    """
    if sys.platform == "linux":
        # Imports D-Bus, which other systems lack and the start of the app need not wait for.
        from rcdesk.system.freedesktop import FreedesktopNotifier  # noqa: PLC0415

        notifier = await FreedesktopNotifier.open(on_action, desktop_entry)
        if notifier is not None:
            return notifier
    return SilentNotifier()
