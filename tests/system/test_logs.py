import logging
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rcdesk.system.logs import configure_logging, redact
from rcdesk.system.paths import Paths

TOKEN = "U0pDMTFQMDFQQVMwMHxBQUFGTVJ1WnRkQ1FHNUp2Z1d4"
JWT = "eyJraWQiOiI4NzYyZjU5.eyJhdWQiOiJodHRwczovL3BsYXRm.SflKxwRJSMeKKF2QT4"
SECRET = "s3cr3t-Value"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization: Basic {SECRET}=",
        f"{{'Authorization': 'Bearer {SECRET}'}}",
        f"[(b'authorization', b'Bearer {SECRET}')]",
        f'"Authorization":"{SECRET}"',
        f"sending bearer {SECRET}",
        f"Set-Cookie: session={SECRET}; Path=/",
        f"https://x/ws?access_token={SECRET}&a=1",
        f"wss://x/ws?wsc={SECRET}x&access_token={SECRET}",
        f"http://localhost:47623/oauth2callback?code={SECRET}&state=abc",
        f"http://localhost/cb?state={SECRET}",
        f"grant_type=refresh_token&refresh_token={SECRET}",
        f"grant_type=password&username=a&password={SECRET}",
        f"code_verifier={SECRET}&code=1",
        f"code_challenge={SECRET}",
        f"redirect=http%3A%2F%2Fx%3Fcode%3D{SECRET}",
        f"assertion={SECRET}",
        f'{{"access_token" : "{SECRET} and more", "expires_in": 3600}}',
        f"{{'refresh_token': '{SECRET}', 'scope': 'x'}}",
        f'{{\\"access_token\\":\\"{SECRET}\\"}}',
        f'{{"ws_access_token":"{SECRET}"}}',
        f'{{"password":"with \\" quote {SECRET}"}}',
        f"Settings(client_secret='{SECRET}')",
        f"password: {SECRET}",
        f"proxy http://me:{SECRET}@proxy.example:3128",
        f"{SECRET}.lovelace@example.com",
        f"login with jwt={SECRET}",
    ],
)
def test_secrets_by_name_are_removed(text: str) -> None:
    assert SECRET not in redact(text)


@pytest.mark.parametrize("text", [TOKEN, f"got {TOKEN}.", JWT, f"x {JWT} y", f"['{TOKEN}=']"])
def test_secrets_by_shape_are_removed(text: str) -> None:
    for secret in (TOKEN, JWT, JWT.split(".")[1]):
        assert secret not in redact(text)


@pytest.mark.parametrize(
    "number",
    [
        *("+16505550142", "%2B16505550142", "16505550142", "6505550142", "5550142"),
        *("+1 650 555 0142", "+1 (650) 555-0142", "(650) 555-0142", "650-555-0142"),
        *("650.555.0142", "1-650-555-0142", "+44 20 7946 0042", "020 7946 0042", "+4930123442"),
    ],
)
@pytest.mark.parametrize(
    "around",
    ["{}", "call from {}", "tel:{};x", "to={}&x=1", '{{"phoneNumber":"{}"}}', "({}).", "{}."],
)
def test_of_a_phone_number_two_digits_stay(number: str, around: str) -> None:
    redacted = redact(around.format(number))
    assert sum(character.isdigit() for character in redacted.replace("x=1", "")) <= 2
    assert "…42" in redacted


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 20:15:07,123 INFO rcdesk.app: started",
        "the socket closed with code=1006",
        "error codes: CMN-401, OAU-210",
        'HTTP Request: GET https://platform.ringcentral.com/restapi/v1.0/account/~ "HTTP/1.1 429"',
        "RCRequestId 7f2e1a9c-9f0b-11ee-8c90-0242ac120002",
        "telephony session s-a0d17cc5d0f5az18f3e7c1f9az2b1ae0000",
        "listening on 127.0.0.1:47623, pid 12345",
        "extension 101, retry in 40.5 s",
        "state changed from connecting to online",
        "/home/user/.local/state/rcdesk/rcdesk.log",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert redact(text) == text


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def refuse() -> None:
    raise ValueError(f"refresh_token={SECRET} for +16505550142")


def fail() -> None:
    try:
        refuse()
    except ValueError as cause:
        raise RuntimeError(f"Bearer {SECRET}") from cause


def test_arguments_and_tracebacks_are_redacted(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    close = configure_logging(paths)
    log = logging.getLogger("rcdesk.test")
    try:
        log.warning("asked %s with %r", f"https://x/?access_token={SECRET}", {"password": SECRET})
        try:
            fail()
        except RuntimeError:
            log.exception("refresh failed", stack_info=True)
        logging.getLogger("httpx").info("never shown")
        log.debug("too detailed")
    finally:
        close()
    text = paths.log_file.read_text()
    assert SECRET not in text
    assert "650555" not in text
    assert "RuntimeError" in text
    assert "test_arguments_and_tracebacks_are_redacted" in text
    assert "…42" in text
    assert "never shown" not in text
    assert "too detailed" not in text


@pytest.mark.skipif(os.name != "posix", reason="modes are for Unix")
def test_an_endless_entry_keeps_its_ends_without_half_a_token(tmp_path: Path) -> None:
    token = "U0pDMDFQMDFQQVMwMnxBQUFWZmY4ZXoxMlh"
    paths = Paths.below(tmp_path)
    close = configure_logging(paths)
    try:
        endless = f"{token} " * 20_000
        logging.getLogger("rcdesk.test").warning("it said %s and no more", endless)
    finally:
        close()
    text = paths.log_file.read_text()
    assert len(text) < 30_000
    assert "it said" in text
    assert text.endswith("and no more\n")
    assert token[:12] not in text
    assert token[-12:] not in text


def test_the_log_is_readable_by_its_user_only_and_stays_small(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    close = configure_logging(paths)
    for _ in range(3000):
        logging.getLogger("rcdesk.test").info("x" * 2000)
    close()
    files = [path for path in paths.state_dir.iterdir() if path.suffix != ".lock"]
    assert len(files) == 4
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert sum(file.stat().st_size for file in files) < 4_100_000


@pytest.mark.skipif(os.name != "posix", reason="modes are for Unix")
def test_a_log_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    paths.state_dir.mkdir()
    paths.log_file.touch(0o644)
    configure_logging(paths)()
    assert stat.S_IMODE(paths.log_file.stat().st_mode) == 0o600


WRITER = """
import logging, sys
from pathlib import Path
from rcdesk.system.logs import configure_logging
from rcdesk.system.paths import Paths
close = configure_logging(Paths.below(Path(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
for number in range(1500):
    logging.getLogger(sys.argv[2]).info("%s %s", number, "x" * 1000)
logging.getLogger(sys.argv[2]).info("the last of all")
close()
"""


def test_processes_that_share_a_log_do_not_rotate_it_to_pieces(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("first", "second")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    results = [writer.communicate("go\n", timeout=60) for writer in writers]
    assert [said for _, said in results] == ["", ""]
    files = [path for path in paths.state_dir.iterdir() if path.suffix != ".lock"]
    assert len(files) == 4
    assert max(path.stat().st_size for path in files) < 1_200_000
    lines = "".join(path.read_text() for path in files).splitlines()
    line = re.compile(r"\S+ \S+ INFO (first|second): (\d+ x{1000}|the last of all)")
    assert all(line.fullmatch(each) for each in lines)
    assert sum("the last of all" in each for each in lines) == 2
    # Both wrote 3 MB, of which the files hold all that fits.
    assert sum(path.stat().st_size for path in files) > 2_500_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_costs_the_log_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = Paths.below(tmp_path)
    paths.state_dir.mkdir(mode=0o700)
    paths.log_file.symlink_to("/dev/full")
    close = configure_logging(paths)
    for number in range(3):
        logging.getLogger("rcdesk.test").warning("number %d", number)
    close()
    assert capsys.readouterr().err == ("The log file cannot be written: No space left on device.\n")


def test_where_files_cannot_be_renamed_the_log_still_stays_small(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = Paths.below(tmp_path)
    # A folder can neither be replaced by a file nor removed as one.
    (paths.state_dir / "rcdesk.log.1").mkdir(parents=True, mode=0o700)
    (paths.state_dir / "rcdesk.log.2" / "x").mkdir(parents=True)
    close = configure_logging(paths)
    for number in range(1500):
        logging.getLogger("rcdesk.test").info("%s %s", number, "x" * 1000)
    close()
    assert paths.log_file.stat().st_size < 1_000_000
    assert "1499 " in paths.log_file.read_text()
    assert capsys.readouterr().err == ""


def test_a_log_that_is_deleted_meanwhile_is_begun_again(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    close = configure_logging(paths)
    logging.getLogger("rcdesk.test").info("before")
    paths.log_file.unlink()
    for number in range(1500):
        logging.getLogger("rcdesk.test").info("%s %s", number, "x" * 1000)
    close()
    assert "1499 " in paths.log_file.read_text()


def test_without_a_disk_the_log_goes_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").touch()
    close = configure_logging(Paths.below(tmp_path))
    logging.getLogger("rcdesk.test").warning("still here, token=%s", SECRET)
    close()
    shown = capsys.readouterr().err
    assert "There is no log file" in shown
    assert "still here" in shown
    assert SECRET not in shown


def test_closing_leaves_nothing_behind(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    configure_logging(Paths.below(tmp_path))()
    assert logging.getLogger().handlers == before
