import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from rcdesk.core.errors import BadInput
from rcdesk.system.settings import DEFAULT_REDIRECT_URI, PRODUCTION_SERVER, Settings
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.windows.welcome import WelcomeWindow, server_of
from tests.ui.on_screen import click, said


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> WelcomeWindow:
    shown = WelcomeWindow(theme, Settings())
    qtbot.addWidget(shown)
    shown.show()
    return shown


def field(window: WelcomeWindow, says: str) -> QLineEdit:
    return next(e for e in window.findChildren(QLineEdit) if says in e.accessibleName())


def test_a_client_id_is_enough(window: WelcomeWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(field(window, "Client ID"), " abc123 ")
    with qtbot.waitSignal(window.continue_requested) as asked:
        click(window, "Continue")
    assert asked.args == ["abc123", PRODUCTION_SERVER, "", DEFAULT_REDIRECT_URI]


def test_server_and_secret_are_folded_away_until_wanted(
    window: WelcomeWindow, qtbot: QtBot
) -> None:
    assert not field(window, "Server").isVisible()
    click(window, "Server and secret")
    field(window, "Server").setText("http://localhost:8080/")
    field(window, "Client secret").setText("s3")
    field(window, "Client ID").setText("abc")
    with qtbot.waitSignal(window.continue_requested) as asked:
        QTest.keyClick(field(window, "Client secret"), Qt.Key.Key_Return)
    assert asked.args == ["abc", "http://localhost:8080", "s3", DEFAULT_REDIRECT_URI]
    assert field(window, "Client secret").echoMode() is QLineEdit.EchoMode.Password


@pytest.mark.parametrize(
    ("says", "text", "sentence"),
    [
        ("Client ID", "", "Enter the client ID"),
        ("Client ID", "two words", "no spaces"),
        ("Redirect URI", "localhost", "must begin with http"),
        ("Server", "platform", "Enter a web address"),
        ("Server", "http://platform.example.com", "must begin with https"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(
    window: WelcomeWindow, qtbot: QtBot, says: str, text: str, sentence: str
) -> None:
    field(window, "Client ID").setText("abc")
    field(window, says).setText(text)
    with qtbot.assertNotEmitted(window.continue_requested):
        click(window, "Continue")
    assert sentence in said(window)
    assert field(window, says).isVisible()
    assert sentence in field(window, says).accessibleDescription()
    QTest.keyClicks(field(window, says), "x")
    assert sentence not in said(window)


def test_the_redirect_uri_can_be_copied(window: WelcomeWindow) -> None:
    copy = next(b for b in window.findChildren(QToolButton) if "Copy" in b.accessibleName())
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == DEFAULT_REDIRECT_URI


def test_it_says_what_to_register(window: WelcomeWindow) -> None:
    for words in ("REST API App", "3-legged OAuth", "PKCE", "Read Call Log", "RingOut"):
        assert words in said(window)


def test_the_demo_is_one_click(window: WelcomeWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.demo_requested):
        click(window, "Try the demo")


def test_a_problem_from_elsewhere_shows(window: WelcomeWindow) -> None:
    window.show_problem("The demo could not be started: see the log.")
    assert "The demo could not be started" in said(window)
    window.show_problem("")
    assert "The demo could not be started" not in said(window)


def test_closing_says_so(window: WelcomeWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closed):
        window.close()


@pytest.mark.parametrize("text", ["https://[", "ftp://x", "", "https://"])
def test_a_server_that_is_none(text: str) -> None:
    with pytest.raises(BadInput):
        server_of(text)
