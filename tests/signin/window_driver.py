"""Opens a SignInWindow, does to it what the first argument says, prints how it ended."""

import json
import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from rcdesk.signin.messages import SignInAnswer, SignInTask
from rcdesk.signin.window import SignInWindow

action, task = sys.argv[1:]
app = QApplication([])
app.setQuitOnLastWindowClosed(False)
window = SignInWindow(SignInTask.from_line(task.encode()))
report: dict[str, object] = {}


def ended(answer: SignInAnswer) -> None:
    report["answer"] = json.loads(answer.to_line())
    app.exit()


def buttons() -> list[QPushButton]:
    return [button for button in window.findChildren(QPushButton) if button.isVisible()]


def act() -> None:
    report["title"] = window.windowTitle()
    report["texts"] = [x.text() for x in window.findChildren(QLabel) if x.isVisible()]
    report["buttons"] = [button.text() for button in buttons()]
    if action == "close":
        window.close()
    elif action == "report":
        app.exit()
    elif action == "type":
        target = window.focusWidget()
        report["focus"] = type(target).__name__
        child = target.focusProxy() or target
        QTest.keyClicks(child, "open sesame")
        QTest.keyClick(child, Qt.Key.Key_Return)
    else:
        next(button for button in buttons() if button.text() == action).click()


window.answered.connect(ended)
window.page.loadFinished.connect(lambda _: QTimer.singleShot(300, act))
QTimer.singleShot(20_000, lambda: app.exit(1))
window.show()
window.load()
app.exec()
window.hide()
window.discard()
app.processEvents()
print(json.dumps(report), flush=True)
