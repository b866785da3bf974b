"""`python -m rcdesk`."""

import sys

from rcdesk.cli.main import main as run


def main() -> None:
    """Entry point of the `rcdesk` command."""
    sys.exit(run())


if __name__ == "__main__":
    main()
