import subprocess
import sys

import pytest

if sys.platform != "linux":
    pytest.skip("only X11 gives the key to fields", allow_module_level=True)

TIMEOUT_S = 60
APP = """
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from rcdesk.ui.history.search_field import SearchField
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.keys import EXPORT
from rcdesk.ui.widgets.number_field import NumberField

app = QApplication(["rcdesk"])
theme = Theme(app, "light")
window = QWidget()
fields = [QLineEdit(), SearchField(theme), NumberField(theme)]
column = QVBoxLayout(window)
for field in fields:
    column.addWidget(field)
pressed = []
QShortcut(EXPORT, window).activated.connect(lambda: pressed.append(True))
window.show()
window.activateWindow()
QTest.qWaitForWindowActive(window)
for field in fields:
    field.setText("123")
    field.setFocus()
    field.home(False)
    QTest.keyClick(field, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    print(len(pressed), field.cursorPosition())
    QTest.keyClick(field, Qt.Key.Key_End)
    print(field.cursorPosition())
"""


# A second of a process: only a real X11 has the binding.
def test_ctrl_e_is_the_windows_in_fields_that_would_take_it_for_end(
    desktop: dict[str, str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", APP],
        env=desktop | {"QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.stdout.split() == ["0", "3", "3", "1", "0", "3", "2", "0", "3"], done.stderr
