import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BEGIN = """
import faulthandler, os, sys
from pathlib import Path
faulthandler.dump_traceback_later(60, exit=True)
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
qt = QApplication([])
from rcdesk.ui.audio.playback import CannotPlay, Playback
from tests.ui.audio.sounds import R1, wav

file = wav(Path(sys.argv[1]), 5)

def turn(ms):
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
"""
MANY = """
for number in range(100):
    playback = Playback()
    playback.open(R1, file)
    turn(number % 20)
    playback.close()
    playback.deleteLater()
    turn(0)
print("silent", flush=True)
os._exit(0)
"""
NONE = """
playback = Playback()
assert "PySide6.QtMultimedia" not in sys.modules
try:
    playback.open(R1, file)
except CannotPlay as sentence:
    print(sentence, playback.sound)
"""
LAZY = """
import rcdesk.ui.audio.call_audio
playback = Playback()
playback.pause(); playback.toggle(); playback.seek(1); playback.speed = 2; playback.close()
print([name for name in sys.modules if "Multimedia" in name])
"""


def ran(script: str, file: Path, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script, str(file)],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.usefixtures("loudspeaker")
def test_no_thread_of_the_player_waits_for_the_interpreter(tmp_path: Path) -> None:
    assert ran(MANY, tmp_path / "a.wav") == "silent"


@pytest.mark.skipif(sys.platform != "linux", reason="nothing has to be installed elsewhere")
def test_without_libpulse_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "libpulse.so.0").write_bytes(b"")
    said = ran(NONE, tmp_path / "a.wav", LD_LIBRARY_PATH=str(tmp_path))
    assert "install libpulse0 (“sudo apt install libpulse0”)" in said
    assert said.endswith("None")


def test_nothing_of_multimedia_is_loaded_before_it_plays(tmp_path: Path) -> None:
    assert ran(LAZY, tmp_path / "a.wav") == "[]"
