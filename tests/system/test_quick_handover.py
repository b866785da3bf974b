import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rcdesk.system.handover import Request, Verb
from rcdesk.system.instance import SingleInstance
from rcdesk.system.paths import Paths
from rcdesk.system.quick_handover import hand_over_link, socket_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Unix socket here")

LINK = "tel:+16505550100;ext=5"


@pytest.fixture
async def taken(tmp_path: Path) -> AsyncIterator[list[Request]]:
    requests = list[Request]()
    app = SingleInstance(Paths.below(tmp_path))
    assert app.acquire()
    await app.serve(requests.append)
    yield requests
    await app.close()


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"RCDESK_HOME": str(tmp_path), **more}


@pytest.mark.parametrize(
    ("uri", "variables", "token"),
    [
        (LINK, {}, ""),
        ("rcdesk:call?number=%2B16505550100", {"XDG_ACTIVATION_TOKEN": "1_TIME42"}, "1_TIME42"),
        ("sms:+16505550100?body=it's%20%22fine%22 {}", {"DESKTOP_STARTUP_ID": "x11"}, "x11"),
    ],
)
async def test_a_link_arrives_as_it_was(
    taken: list[Request], tmp_path: Path, uri: str, variables: dict[str, str], token: str
) -> None:
    environ = environment(tmp_path, **variables)
    assert await asyncio.to_thread(hand_over_link, ["open", uri], environ)
    assert taken == [Request(Verb.OPEN_URI, uri, token)]


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        ([], {}),
        (["open"], {}),
        (["open", ""], {}),
        (["open", "--help"], {}),
        (["open", LINK, "--verbose"], {}),
        (["dial", "6505550100"], {}),
        (["open", "tel:١٢٣"], {}),
        (["open", 'tel:1", "verb": "show'], {}),
        (["open", "tel:1\\u0000"], {}),
        (["open", "tel:1\n"], {}),
        (["open", "tel:1\udc80"], {}),
        (["open", "tel:" + "1" * 3000], {}),
        (["open", LINK], {"XDG_ACTIVATION_TOKEN": "x" * 500}),
        (["open", LINK], {"XDG_ACTIVATION_TOKEN": '"'}),
    ],
)
async def test_what_is_unusual_goes_the_usual_way(
    taken: list[Request], tmp_path: Path, arguments: list[str], variables: dict[str, str]
) -> None:
    environ = environment(tmp_path, **variables)
    assert not await asyncio.to_thread(hand_over_link, arguments, environ)
    assert taken == []


def test_without_an_app_the_usual_way_starts_one(tmp_path: Path) -> None:
    environ = environment(tmp_path)
    assert not hand_over_link(["open", LINK], environ)
    file = Path(socket_file(environ))
    file.parent.mkdir(parents=True)
    file.write_text("12345 secret")
    assert not hand_over_link(["open", LINK], environ)


async def test_an_app_that_refuses_has_not_taken_it(tmp_path: Path) -> None:
    def fail(_: Request) -> None:
        raise RuntimeError("window is gone")

    app = SingleInstance(Paths.below(tmp_path))
    assert app.acquire()
    await app.serve(fail)
    assert not await asyncio.to_thread(hand_over_link, ["open", LINK], environment(tmp_path))
    await app.close()


async def test_the_command_imports_next_to_nothing(taken: list[Request], tmp_path: Path) -> None:
    code = f"""
import sys
before = set(sys.modules)
sys.argv = ["rcdesk", "open", "{LINK}"]
from rcdesk.__main__ import main
main()
print(*(set(sys.modules) - before))
"""
    environ = environment(tmp_path)
    command = [sys.executable, "-c", code]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, check=True, env=environ, text=True
    )
    assert set(done.stdout.split()) == {
        "rcdesk",
        "rcdesk.__main__",
        "rcdesk.system",
        "rcdesk.system.quick_handover",
        "_socket",
    }
    assert len(taken) == 1
