"""Python processes that rcdesk starts of itself."""

import os
import sys

# The sign-in page's scripts run in one of them, and none has any use for these.
_WITHHELD = frozenset({"RC_USER_JWT", "RC_APP_CLIENT_SECRET"})


def module_command(module: str) -> list[str]:
    """The command that runs `module` with this very interpreter."""
    return [sys.executable, "-P", "-m", module]


def child_environment() -> dict[str, str]:
    """For a child that needs the same modules, but none of the user's own credentials."""
    environment = {name: value for name, value in os.environ.items() if name not in _WITHHELD}
    # The very modules that this process uses, and none of the current directory.
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return environment
