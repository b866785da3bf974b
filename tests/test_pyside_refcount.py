import sys

import pytest
from PySide6.QtCore import QObject, Signal

EMITS = 100


class Sender(QObject):
    happened = Signal()


def do_nothing() -> None:
    pass


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None are immortal from 3.12 on")
@pytest.mark.parametrize("constant", [True, None])
def test_emitting_and_connecting_keeps_the_references_of_constants(constant: bool | None) -> None:
    sender = Sender()
    before = sys.getrefcount(constant)
    for _ in range(EMITS):
        sender.happened.connect(do_nothing)
        sender.happened.emit()
        sender.happened.disconnect(do_nothing)
    # PySide6 6.12.0 loses one for each emit and each connect.
    assert sys.getrefcount(constant) > before - EMITS // 2
