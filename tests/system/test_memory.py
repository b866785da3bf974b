import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's business")

RESIDENT = """
import pathlib
from rcdesk.system.memory import give_back, keep_little

def resident_kib():
    return int(pathlib.Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0])
"""
# Every hundredth stays, so that what is free lies between.
FRAGMENTS = """
blocks = [bytes(2000) for _ in range(20_000)]
before = resident_kib()
blocks = blocks[::100]
give_back()
print(before - resident_kib())
"""
LARGE = """
keep_little()
for size in (1 << 20, 1 << 22, 1 << 24):
    block = bytearray(size)
    del block
before = resident_kib()
block, pin = bytearray(b"x" * (1 << 23)), [bytes(2000) for _ in range(100)]
del block
print(before - resident_kib())
"""


def kib(script: str) -> int:
    command = [sys.executable, "-c", RESIDENT + script]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def test_what_lies_free_between_other_things_goes_back() -> None:
    assert kib(FRAGMENTS) > 30_000


def test_large_blocks_go_back_by_themselves_however_large_those_before() -> None:
    assert kib(LARGE) > -1000
