"""What is left to say about an error that nobody foresaw."""

import errno
import os
import sys
import traceback
from datetime import UTC, datetime

from rcdesk.cli.output import discard, note
from rcdesk.core.errors import StorageTrouble
from rcdesk.system.logs import redact
from rcdesk.system.paths import Paths, make_private

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def report(error: Exception) -> None:
    """Write the traceback to the log file, redacted, and say where it is.

    A disk that takes no more is nothing to investigate: that is said instead.
    """
    if isinstance(error, OSError) and error.errno in _FULL:
        discard(sys.stdout)
        note(f"The output cannot be written: {error.strerror or error}.")
        return
    path = Paths.from_environment().log_file
    kind = type(error).__name__
    text = "".join(traceback.format_exception(error))
    entry = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} CRITICAL rcdesk.cli: a command failed\n{text}"
    try:
        make_private(path.parent)
        # In one write, since the app may be writing there too.
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(log, redact(entry).encode(errors="backslashreplace"))
        finally:
            os.close(log)
    except (OSError, StorageTrouble):
        note(f"rcdesk failed unexpectedly ({kind}), and the log file {path} cannot be written.")
    else:
        note(f"rcdesk failed unexpectedly ({kind}); the details are in {path}.")
