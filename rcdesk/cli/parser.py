"""The command line's parser: argparse, with errors of one sentence."""

import argparse
from typing import NoReturn

from rcdesk.core.errors import BadInput

_LONGEST = 1500


class Parser(argparse.ArgumentParser):
    """Raises BadInput instead of printing the usage and a line below it."""

    def error(self, message: str) -> NoReturn:
        """What argparse found wrong, and where to read on."""
        said = message.removeprefix("argument ").rstrip(".")[:_LONGEST]
        raise BadInput(f"{said[0].upper()}{said[1:]} (see `{self.prog} --help`).")
