"""Memory that was freed, given back to the system."""

import gc
import sys
from collections.abc import Callable

# malloc.h
_MMAP_THRESHOLD = -3
_LARGE_BYTES = 128 * 1024


def keep_little() -> None:
    """Have large blocks go back as soon as they are freed; call it early.

    glibc begins so, but each large block that is freed makes it keep all up to that size.
    """
    if (adjust := _of_glibc("mallopt")) is not None:
        adjust(_MMAP_THRESHOLD, _LARGE_BYTES)


def give_back() -> None:
    """Call it where much was needed for a moment, and nothing of the kind will follow soon.

    glibc keeps what lies between other things. It takes a few milliseconds.
    """
    gc.collect()
    if (trim := _of_glibc("malloc_trim")) is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    from ctypes import CDLL  # noqa: PLC0415 - no command needs it

    return getattr(CDLL(None), name, None)
