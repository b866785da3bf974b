import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rcdesk.signin.messages import SignInTask
from tests.signin.identity_provider import FORM, IdentityProvider, serving

DRIVER = Path(__file__).with_name("window_driver.py")


def drive(action: str, task: SignInTask) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(DRIVER), action, task.to_line()],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def task_of(server: IdentityProvider) -> SignInTask:
    return SignInTask(server.url, server.redirect_uri, "light")


def test_the_window_says_where_the_page_is_from() -> None:
    with serving(server := IdentityProvider()):
        report = drive("close", task_of(server))
    assert server.origin in report["title"]
    assert server.origin in report["texts"]
    assert report["answer"] == {"closed": True}


def test_closing_on_a_refused_redirect_uri_tells_which_one_to_register() -> None:
    refusal = "<h1>Sorry</h1><p>Redirect URIs do not match (<b>OAU-109</b>)</p>"
    with serving(server := IdentityProvider(refusal, status=400)):
        report = drive("close", task_of(server))
    assert report["answer"] == {
        "refused": f"The redirect URI is not registered: add {server.redirect_uri} to the app's "
        "settings (OAU-109)."
    }


def test_the_browser_is_one_click_away() -> None:
    with serving(server := IdentityProvider()):
        report = drive("Use my browser instead", task_of(server))
    assert report["answer"] == {"use_browser": True}


def test_a_person_types_the_password_and_presses_enter() -> None:
    page = FORM.replace('type="password"', 'type="password" autofocus')
    with serving(server := IdentityProvider(page)):
        report = drive("type", task_of(server))
    assert report["answer"] == {"redirect": "code=C%2FO+DE&state=s"}
    assert not [line for line in server.seen if "oauth2callback" in line]


def test_an_unreachable_server_is_a_sentence_and_a_way_to_try_again() -> None:
    with serving(server := IdentityProvider()):
        pass
    report = drive("report", task_of(server))
    assert any("127.0.0.1 could not be reached" in text for text in report["texts"])
    assert "Try again" in report["buttons"]


def test_a_failing_server_without_a_page_is_a_sentence() -> None:
    with serving(server := IdentityProvider(page="", status=503)):
        report = drive("report", task_of(server))
    assert any("error 503" in text for text in report["texts"])


def test_a_failing_servers_own_page_is_shown() -> None:
    with serving(server := IdentityProvider(page="<h1>Back at noon</h1>", status=503)):
        report = drive("report", task_of(server))
    assert "Try again" not in report["buttons"]


def test_a_server_that_asks_for_a_password_itself_is_asked_once_and_is_a_sentence() -> None:
    server = IdentityProvider(status=401)
    server.challenge = 'Basic realm="work"'
    with serving(server):
        report = drive("report", task_of(server))
    assert any("sign in with your own browser instead" in text for text in report["texts"])
    assert len(server.seen) == 1


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_an_untrusted_certificate_is_refused_in_words(tmp_path: Path) -> None:
    pem = tmp_path / "server.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(pem), "-out", str(tmp_path / "certificate.pem")),
        ],
        check=True,
        capture_output=True,
    )
    pem.write_text(pem.read_text() + (tmp_path / "certificate.pem").read_text())
    server = IdentityProvider()
    with serving(server, pem):
        report = drive("report", task_of(server))
    assert any("could not prove that it is who it says" in text for text in report["texts"])
    assert server.seen == []
