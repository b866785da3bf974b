import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from rcdesk.system import handover
from rcdesk.system.filelock import FileLock
from rcdesk.system.handover import MAX_LINE, NotUnderstood, Request, Verb, send_now
from rcdesk.system.instance import SingleInstance
from rcdesk.system.paths import Paths

HOLDER = """
import asyncio, sys
from pathlib import Path
from rcdesk.system.instance import SingleInstance
from rcdesk.system.paths import Paths

async def main():
    instance = SingleInstance(Paths.below(Path(sys.argv[1])))
    assert instance.acquire()
    await instance.serve(lambda request: print(request.uri, flush=True))
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(params=[False, True], ids=["unix", "loopback"])
async def instance(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Paths, list[Request]]]:
    paths, taken = Paths.below(tmp_path), list[Request]()
    only = SingleInstance(paths, loopback=request.param)
    assert only.acquire()
    await only.serve(taken.append)
    yield paths, taken
    await only.close()


async def send(paths: Paths, request: Request) -> bool:
    """Hand it over while the app listens, as another process would."""
    return await asyncio.to_thread(send_now, paths.socket_file, request)


async def ask_raw(paths: Paths, data: bytes) -> bytes:
    connection, secret = handover.connect(str(paths.socket_file), 5)
    if secret and data.startswith(b"{}"):
        data = data.replace(b"{}", json.dumps({"secret": secret}).encode(), 1)
    reader, writer = await asyncio.open_connection(sock=connection)
    try:
        writer.write(data)
        if not data.endswith(b"\n"):
            writer.write_eof()
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b"refused\n"
    finally:
        writer.close()


async def test_a_command_arrives_whole(instance: tuple[Paths, list[Request]]) -> None:
    paths, taken = instance
    request = Request(Verb.OPEN_URI, "tel:+16505550100;ext=5", "token-1_TIME42")
    assert await send(paths, request)
    assert taken == [request]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"not json\n",
        b"[]\n",
        b"null\n",
        b'"show"\n',
        b"{}\n",
        b'{"verb": "quit"}\n',
        b'{"verb": ["show"]}\n',
        b'{"verb": null}\n',
        b'{"verb": "show", "uri": 5}\n',
        b'{"verb": "show", "uri": "a\\u0000b"}\n',
        b'{"verb": "show", "secret": "guess"}\n',
        b'{"verb": "open-uri", "uri": "' + b"9" * 3000 + b'"}\n',
        b'{"verb": "show"' + b" " * MAX_LINE + b"}\n",
        b'{"verb": "show"}',
        b"[" * 4000 + b"\n",
        b"\xff\xfe\n",
        b"",
    ],
)
async def test_anything_else_is_refused_and_harms_nothing(
    instance: tuple[Paths, list[Request]], line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    paths, taken = instance
    assert await ask_raw(paths, line) == b"refused\n"
    assert taken == []
    assert "Refused a command" in caplog.text
    assert await send(paths, Request(Verb.SHOW))


async def test_a_handler_that_fails_takes_nobody_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = Paths.below(tmp_path)
    only = SingleInstance(paths)
    assert only.acquire()

    def fail(_: Request) -> None:
        raise RuntimeError("window is gone")

    await only.serve(fail)
    assert not await send(paths, Request(Verb.SHOW))
    assert not await send(paths, Request(Verb.SHOW))
    await only.close()
    assert "window is gone" in caplog.text


def test_an_unusable_request_is_not_sent(tmp_path: Path) -> None:
    for uri in ("tel:1\n", "tel:" + "1" * 5000, "\x00"):
        with pytest.raises(NotUnderstood):
            send_now(tmp_path / "none", Request(Verb.OPEN_URI, uri))


def test_an_unusable_activation_token_is_left_out() -> None:
    line = handover.encode(Request(Verb.SHOW, activation_token="x" * 9999))
    assert handover.decode(line) == Request(Verb.SHOW)


@pytest.mark.parametrize(
    ("environ", "token"),
    [
        ({"XDG_ACTIVATION_TOKEN": "wayland", "DESKTOP_STARTUP_ID": "x11"}, "wayland"),
        ({"DESKTOP_STARTUP_ID": "x11"}, "x11"),
        ({}, ""),
    ],
)
def test_the_activation_token_is_taken_from_the_desktop(
    environ: dict[str, str], token: str
) -> None:
    assert handover.activation_token(environ) == token


def test_nobody_there(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    assert not send_now(paths.socket_file, Request(Verb.SHOW))
    paths.runtime_dir.mkdir(parents=True)
    paths.socket_file.write_text("")
    assert not send_now(paths.socket_file, Request(Verb.SHOW))


async def test_the_second_does_not_get_it_until_the_first_lets_go(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    first, second = SingleInstance(paths), SingleInstance(paths)
    assert first.acquire()
    assert not second.acquire()
    await first.close()
    assert second.acquire()
    await second.close()
    assert not paths.socket_file.exists()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is for Unix")
async def test_kill_9_of_the_holder_leaves_the_way_free(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    paths = Paths.below(tmp_path)
    assert holder.stdout
    assert holder.stdout.readline() == "ready\n"
    only = SingleInstance(paths)
    assert not only.acquire()
    assert await send(paths, Request(Verb.OPEN_URI, "tel:1"))
    assert holder.stdout.readline() == "tel:1\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert stat.S_ISSOCK(paths.socket_file.stat().st_mode)
    assert not send_now(paths.socket_file, Request(Verb.SHOW))
    taken: list[Request] = []
    assert only.acquire()
    await only.serve(taken.append)
    assert await send(paths, Request(Verb.SHOW))
    assert taken == [Request(Verb.SHOW)]
    await only.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are for Unix")
async def test_only_the_user_can_reach_it(instance: tuple[Paths, list[Request]]) -> None:
    paths, _ = instance
    assert stat.S_IMODE(paths.runtime_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(paths.socket_file.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can shorten such a path")
async def test_a_path_longer_than_a_socket_address(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path / ("long" * 30))
    assert len(str(paths.socket_file)) > 108
    taken: list[Request] = []
    only = SingleInstance(paths)
    assert only.acquire()
    await only.serve(taken.append)
    assert await send(paths, Request(Verb.SHOW))
    assert taken
    await only.close()


async def test_a_silent_caller_holds_nobody_up(instance: tuple[Paths, list[Request]]) -> None:
    paths, taken = instance
    silent, _ = handover.connect(str(paths.socket_file), 5)
    with silent:
        assert await send(paths, Request(Verb.SHOW))
    assert taken


async def test_a_guess_at_the_loopback_secret_fails(tmp_path: Path) -> None:
    paths, taken = Paths.below(tmp_path), list[Request]()
    only = SingleInstance(paths, loopback=True)
    assert only.acquire()
    await only.serve(taken.append)
    port = int(paths.socket_file.read_text().split()[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(handover.encode(Request(Verb.SHOW)))
    assert await reader.read() == b"refused\n"
    writer.close()
    await only.close()
    assert taken == []


async def test_the_lock_passes_on_when_it_is_released(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_acquire()
    waiting = asyncio.create_task(second.acquire(timeout_s=10))
    await asyncio.sleep(0)
    assert not waiting.done()
    first.release()
    await waiting
    assert not first.try_acquire()
    second.release()


def test_handing_over_imports_nothing_heavy() -> None:
    code = "import sys, rcdesk.system.handover; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"asyncio", "dataclasses", "pathlib", "platformdirs", "msgspec"} & set(loaded)


def test_an_app_that_hangs_is_given_up_on(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    paths.runtime_dir.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(paths.socket_file))
        mute.listen()
        assert not send_now(paths.socket_file, Request(Verb.SHOW), timeout_s=0.1)
