"""`python -m rcdesk` and the `rcdesk` command."""

import os
import sys

from rcdesk.system.quick_handover import hand_over_link


def main() -> None:
    """Entry point of the `rcdesk` command."""
    try:
        if hand_over_link(sys.argv[1:], os.environ):
            return
        from rcdesk.cli.main import main as run  # noqa: PLC0415 - a link must not wait for it

        sys.exit(run())
    except KeyboardInterrupt:
        # Before or after what the command itself answers to.
        sys.exit(130)


if __name__ == "__main__":
    main()
