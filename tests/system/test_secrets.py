import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from rcdesk.core.errors import StorageTrouble
from rcdesk.system.filelock import FileLock
from rcdesk.system.paths import Paths
from rcdesk.system.secrets import CHUNK_CHARS, KeyringVault, Vault

DRIVER = Path(__file__).with_name("vault_driver.py")
UNLOCKED = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null"
needs_gnome_keyring = pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="needs gnome-keyring and dbus",
)


class Drawer(KeyringBackend):
    """A keyring as strict as the Windows one, that can die after so many writes."""

    # KeyringBackend makes candidates of all its subclasses; this one is never to be found.
    priority = -1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.entries: dict[tuple[str, str], str] = {}
        self.writes_left = 10_000
        self.threads: set[int] = set()

    def get_password(self, service: str, username: str) -> str | None:
        self.threads.add(threading.get_ident())
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._count_down()
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError(1783, "The stub received bad data")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._count_down()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("No such password!")

    def _count_down(self) -> None:
        if not self.writes_left:
            raise OSError("the keyring died")
        self.writes_left -= 1


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def vault(drawer: Drawer, tmp_path: Path) -> KeyringVault:
    return KeyringVault("rcdesk", "me", Paths.below(tmp_path), backend=lambda: drawer)


def run_driver(
    home: Path, commands: list[str], *, daemon: str = "", **environ: str
) -> list[object]:
    inner = f'{daemon}; exec "$0" "$@"' if daemon else 'exec "$0" "$@"'
    command = ["sh", "-c", inner, sys.executable, str(DRIVER), *commands]
    if daemon:
        command = ["dbus-run-session", "--", *command]
    own = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "DBUS_", "DISPLAY"))}
    done = subprocess.run(
        command,
        env=own | {"HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line[:1] in "n[{"]


in_thread_and_process = pytest.mark.parametrize("kind", ["thread", "process"])


@needs_gnome_keyring
@in_thread_and_process
def test_an_unlocked_keyring_keeps_the_secret(tmp_path: Path, kind: str) -> None:
    commands = ["test", "read", "write:3500", "read", "write:10", "read", "delete", "read"]
    assert run_driver(tmp_path, commands, daemon=UNLOCKED, VAULT=kind) == [
        *(None, None, None, [3500, True]),
        *(None, [10, True], None, None),
    ]


@needs_gnome_keyring
@in_thread_and_process
@pytest.mark.parametrize(
    ("daemon", "found"), [(UNLOCKED, [{"open": True}] * 2), (LOCKED, [{"open": False}] * 2)]
)
def test_a_look_tells_whether_it_is_locked(
    tmp_path: Path, kind: str, daemon: str, found: list[object]
) -> None:
    run_driver(tmp_path, ["write:100"], daemon=UNLOCKED)
    assert run_driver(tmp_path, ["look", "look"], daemon=daemon, VAULT=kind) == found


@needs_gnome_keyring
def test_a_look_makes_no_keyring_where_there_is_none(tmp_path: Path) -> None:
    assert run_driver(tmp_path, ["look"], daemon=LOCKED) == [{"open": False}]
    assert list(tmp_path.rglob("*.keyring")) == []


@needs_gnome_keyring
def test_the_secret_outlives_the_keyrings_process(tmp_path: Path) -> None:
    run_driver(tmp_path, ["write:2500"], daemon=UNLOCKED)
    assert run_driver(tmp_path, ["read"], daemon=UNLOCKED) == [[2500, True]]


@needs_gnome_keyring
@in_thread_and_process
def test_a_locked_keyring_is_one_sentence_and_loses_nothing(tmp_path: Path, kind: str) -> None:
    run_driver(tmp_path, ["write:100"], daemon=UNLOCKED)
    troubles = run_driver(
        tmp_path, ["test", "read", "write:5", "delete"], daemon=LOCKED, VAULT=kind
    )
    assert len(troubles) == 4
    for trouble in troubles:
        assert isinstance(trouble, dict)
        assert "keyring is locked" in trouble["trouble"]
    assert run_driver(tmp_path, ["read"], daemon=UNLOCKED) == [[100, True]]


@needs_gnome_keyring
@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb for the prompt to appear")
@in_thread_and_process
def test_an_unlock_prompt_that_nobody_answers_holds_nobody_up(tmp_path: Path, kind: str) -> None:
    run_driver(tmp_path, ["write:100"], daemon=UNLOCKED)
    read, write = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(write)
        with os.fdopen(read) as pipe:
            display = f":{pipe.readline().strip()}"
        try:
            answers = run_driver(
                tmp_path,
                ["test", "read"],
                daemon=LOCKED,
                DISPLAY=display,
                TIMEOUT_S="1.5",
                VAULT=kind,
            )
        finally:
            server.terminate()
    assert len(answers) == 2
    for answer in answers:
        assert isinstance(answer, dict)
        assert "did not answer" in answer["trouble"]


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "no keyring"),
        ({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, "no keyring"),
        ({"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}, "no keyring"),
        ({"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}, "plain file"),
        ({"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.EncryptedKeyring"}, "plain file"),
        ({"PYTHON_KEYRING_BACKEND": "not.installed.Keyring"}, "keyring failed"),
    ],
)
@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system's keyring is always there"
)
@in_thread_and_process
def test_an_unfit_keyring_is_refused(
    tmp_path: Path, environ: dict[str, str], says: str, kind: str
) -> None:
    # What keyrings.alt would be, were it installed: only its module's name matters.
    package = tmp_path / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(
        "from keyring.backends import null\n"
        "class PlaintextKeyring(null.Keyring):\n    priority = 1\n"
        "class EncryptedKeyring(PlaintextKeyring):\n    pass\n"
    )
    environ["PYTHONPATH"] = os.pathsep.join([str(tmp_path), *sys.path])
    environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    commands = ["test", "look", "read", "write:5"]
    for trouble in run_driver(tmp_path, commands, VAULT=kind, **environ):
        assert isinstance(trouble, dict)
        assert says in trouble["trouble"]
        assert trouble["missing"] is (says != "keyring failed")
    assert list(tmp_path.rglob("*.cfg")) == []


@pytest.mark.parametrize("length", [0, 1, CHUNK_CHARS, CHUNK_CHARS + 1, 5 * CHUNK_CHARS + 7])
async def test_a_secret_of_any_length_comes_back(vault: KeyringVault, length: int) -> None:
    await vault.write("ж" * length)
    assert await vault.read() == "ж" * length


async def test_nothing_is_left_behind(vault: KeyringVault, drawer: Drawer) -> None:
    for length in (4500, 10, 2500, 1):
        await vault.write("x" * length)
    assert len(drawer.entries) == 2
    await vault.self_test()
    assert len(drawer.entries) == 2
    await vault.delete()
    await vault.delete()
    assert drawer.entries == {}


@pytest.mark.parametrize("new_length", [10, 4200])
async def test_a_write_that_dies_anywhere_leaves_one_whole_secret(
    vault: KeyringVault, drawer: Drawer, new_length: int
) -> None:
    old, new = "o" * 2200, "n" * new_length
    steps = 0
    while True:
        drawer.writes_left = 10_000
        await vault.write(old)
        drawer.writes_left = steps
        try:
            await vault.write(new)
        except StorageTrouble:
            drawer.writes_left = 10_000
            assert await vault.read() in (old, new)
            steps += 1
        else:
            break
    assert steps > 2
    assert await vault.read() == new
    drawer.writes_left = 10_000
    await vault.delete()
    assert drawer.entries == {}


@pytest.mark.parametrize("damage", ["drop", "change", "header", "old_header"])
async def test_a_damaged_entry_counts_as_none(
    vault: KeyringVault, drawer: Drawer, damage: str
) -> None:
    await vault.write("s" * 1500)
    part = next(key for key in drawer.entries if key[0] != "rcdesk")
    match damage:
        case "drop":
            del drawer.entries[part]
        case "change":
            drawer.entries[part] = "other"
        case "header":
            drawer.entries["rcdesk", "me"] = "rcdesk:v2:?"
        case _:
            drawer.entries["rcdesk", "me"] = f"rcdesk:v1:a:99:{'0' * 64}"
    assert await vault.read() is None
    await vault.write("new")
    assert await vault.read() == "new"


async def test_the_keyring_is_never_used_on_the_event_loops_thread(
    vault: KeyringVault, drawer: Drawer
) -> None:
    await vault.read()
    await vault.write("x")
    assert len(drawer.threads) == 1
    assert threading.get_ident() not in drawer.threads


async def test_a_keyring_that_hangs_holds_only_its_own_callers_up(
    drawer: Drawer, tmp_path: Path
) -> None:
    let_go = threading.Event()

    def slow_backend() -> KeyringBackend:
        let_go.wait(30)
        return drawer

    vault = KeyringVault("rcdesk", "me", Paths.below(tmp_path), backend=slow_backend, timeout_s=0.1)
    with pytest.raises(StorageTrouble, match="did not answer"):
        await vault.write("first")
    with pytest.raises(StorageTrouble, match="did not answer"):
        await vault.write("second, given up before it began")
    let_go.set()
    assert await vault.read() == "first"


def test_a_keyring_that_hangs_does_not_keep_the_process(tmp_path: Path) -> None:
    code = (
        "import asyncio, threading\n"
        "from pathlib import Path\n"
        "from rcdesk.system.paths import Paths\n"
        "from rcdesk.system.secrets import KeyringVault\n"
        f"vault = KeyringVault('s', 'a', Paths.below(Path({str(tmp_path)!r})), timeout_s=0.1,\n"
        "    backend=lambda: threading.Event().wait())\n"
        "asyncio.run(vault.read())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert "did not answer" in done.stderr


@pytest.fixture
def make_vault(drawer: Drawer, tmp_path: Path) -> Callable[[], Vault]:
    return lambda: KeyringVault("rcdesk", "me", Paths.below(tmp_path), backend=lambda: drawer)


async def test_the_lock_lets_one_in_at_a_time(make_vault: Callable[[], Vault]) -> None:
    inside = 0

    async def enter() -> None:
        nonlocal inside
        async with make_vault().lock():
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(enter() for _ in range(5)))


async def test_a_vault_keeps_and_forgets(make_vault: Callable[[], Vault]) -> None:
    vault = make_vault()
    await vault.self_test()
    assert await vault.read() is None
    await vault.write("secret")
    assert await vault.read() == "secret"
    await vault.delete()
    assert await vault.read() is None


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    code = (
        "import sys, pathlib; from rcdesk.system.filelock import FileLock\n"
        "assert FileLock(pathlib.Path(sys.argv[1])).try_acquire()\n"
        "print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


async def test_a_dead_process_gives_the_lock_back(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    lock = FileLock(tmp_path / "lock")
    with pytest.raises(StorageTrouble, match="busy with the session"):
        await lock.acquire(timeout_s=0.05)
    holder.kill()
    await lock.acquire(timeout_s=10)
    lock.release()
