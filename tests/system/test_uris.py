import os
import stat
import sys
from pathlib import Path

import pytest

from rcdesk.core.errors import BadInput
from rcdesk.system.uris import (
    LinkTarget,
    NoProgram,
    Verb,
    open_uri,
    parse_link,
    rcmobile_uri,
    tel_uri,
)


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("tel:+16505550100", "+16505550100"),
        ("TEL:+1-650-555-0100", "+16505550100"),
        ("tel:+1.650.555.0100", "+16505550100"),
        ("tel:(650)%20555%2D0100", "6505550100"),
        ("tel:%2B16505550100", "+16505550100"),
        ("tel:+16505550100;ext=5;phone-context=example.com", "+16505550100"),
        ("tel:7042;phone-context=+1650555", "7042"),
        ("tel:+16505550100?subject=x", "+16505550100"),
        ("tel://+16505550100", "+16505550100"),
        (" tel:+16505550100 ", "+16505550100"),
        ("tel:*82%2316505550100", "*82#16505550100"),
        ("tel:*123#", "*123#"),
        ("tel:101", "101"),
        ("tel:+16505550100,,5#", "+16505550100"),
        ("tel:+16505550100p5", "+16505550100"),
        ("tel:%E2%80%AA+1%C2%A0650%E2%80%91555%E2%80%930100%E2%80%AC", "+16505550100"),
        ("tel:+\uff11\uff16", "+16"),
        ("tel:\u0661\u0662\u0663", "123"),
        ("callto:+16505550100", "+16505550100"),
        ("callto://16505550100/", "16505550100"),
        ("callto:+16505550100?call", "+16505550100"),
        ("rcdesk:+16505550100", "+16505550100"),
        ("rcdesk://+16505550100", "+16505550100"),
        ("rcdesk://call?number=%2B16505550100", "+16505550100"),
        ("rcdesk://call/?number=+16505550100", "+16505550100"),
        ("rcdesk:call?number=101", "101"),
    ],
)
def test_the_number_in_a_link(uri: str, number: str) -> None:
    assert parse_link(uri) == LinkTarget(Verb.CALL, number)


@pytest.mark.parametrize(
    "uri",
    [
        "sms:+16505550100",
        "sms:+16505550100?body=hi",
        "sms:+16505550100,+16505550101",
        "sms://+1-650-555-0100",
        "rcdesk://sms?number=%2B16505550100",
    ],
)
def test_a_text_message_link(uri: str) -> None:
    assert parse_link(uri) == LinkTarget(Verb.SMS, "+16505550100")


@pytest.mark.parametrize(
    "uri",
    [
        *("", ":", "tel", "tel:", "tel://", "tel:;", "tel:?", "tel:+", "tel:++1", "tel:1+1"),
        *("+16505550100", "http://example.com/", "file:///etc/passwd", "javascript:alert(1)"),
        *("tel:alice", "tel:1-800-FLOWERS", "sip:alice@example.com", "callto:alice"),
        *("tel:$(reboot)", "tel:`id`", "tel:1|2", "tel:1&2", "tel:1<b>", "tel:-e"),
        *("tel:1%00", "tel:1%0A2", "tel:1\r\n2", "tel:1\x00", "tel:%", "tel:%zz", "tel:%FF"),
        *("tel:%252B1650", "tel:" + "1" * 33, "tel:" + "1" * 100_000, "tel:" + "-" * 100_000),
        *("rcdesk://quit", "rcdesk://quit?number=1", "rcdesk://call", "rcdesk://call?number="),
        *("rcdesk://call?number=1&number=2", "rcdesk://call?" + "a=1&" * 100),
        *("rcdesk://call?number=%252B1", "rcdesk://dial/now?number=1", "--help", "tel:²³"),
        *("tel:\udcff\udcfe", "rcdesk:\ud83d", "\udcff:1"),
    ],
)
def test_a_hostile_link_is_one_sentence(uri: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_link(uri)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 120


def test_links_for_other_programs() -> None:
    assert rcmobile_uri("+1 (650) 555-0100") == "rcmobile://call?number=%2B16505550100"
    assert tel_uri("+1 650 555 0100") == "tel:+16505550100"
    assert tel_uri("*123#") == "tel:*123%23"


@pytest.mark.parametrize("number", ["", "alice", "1&foo=2", "1 2 3 x"])
def test_no_link_is_made_of_no_number(number: str) -> None:
    with pytest.raises(BadInput):
        rcmobile_uri(number)
    with pytest.raises(BadInput):
        tel_uri(number)


class Desktop:
    """A home directory with programs registered for links, as xdg-utils see it."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = home / "opened"
        self._applications = home / "share" / "applications"
        self._applications.mkdir(parents=True)
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("XDG_DATA_HOME", str(home / "share"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        monkeypatch.setenv("XDG_DATA_DIRS", str(home / "share"))
        monkeypatch.setenv("XDG_CONFIG_DIRS", str(home / "config"))
        for name in ("XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "DISPLAY", "BROWSER"):
            monkeypatch.delenv(name, raising=False)
        # xdg-open looks for programs of a graphical session only in one.
        monkeypatch.setenv("DISPLAY", ":0")

    def register(self, scheme: str, name: str) -> None:
        program = self._applications.parent / f"{name}-program"
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{self.opened}"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        (self._applications / f"{name}.desktop").write_text(
            "[Desktop Entry]\nType=Application\nName=Test\n"
            f"Exec={program} %u\nMimeType=x-scheme-handler/{scheme};\n"
        )
        (self._applications / "mimeapps.list").write_text(
            f"[Default Applications]\nx-scheme-handler/{scheme}={name}.desktop\n"
        )


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    if sys.platform != "linux" or not any(
        os.access(Path(place) / "xdg-open", os.X_OK) for place in os.get_exec_path()
    ):
        pytest.skip("needs xdg-utils")
    return Desktop(tmp_path, monkeypatch)


async def test_the_desktop_opens_the_link(desktop: Desktop) -> None:
    desktop.register("rcmobile", "ringcentral")
    await open_uri(rcmobile_uri("+16505550100"))
    assert desktop.opened.read_text() == "rcmobile://call?number=%2B16505550100\n"


async def test_no_program_for_the_link_is_one_sentence(desktop: Desktop) -> None:
    with pytest.raises(NoProgram, match="No program on this computer opens rcmobile: links"):
        await open_uri("rcmobile://call?number=1")


async def test_a_call_is_not_handed_to_rcdesk_itself(desktop: Desktop) -> None:
    desktop.register("tel", "io.github.rcdesk.Rcdesk")
    with pytest.raises(NoProgram, match="come straight back"):
        await open_uri("tel:+16505550100")
    assert not desktop.opened.exists()


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "-h", "", "tel:1\n2", "mailto:a@b"])
async def test_nothing_else_is_opened(uri: str) -> None:
    with pytest.raises(ValueError, match="does not open"):
        await open_uri(uri)
