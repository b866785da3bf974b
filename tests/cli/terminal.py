"""Runs the real commands as processes against a simulator on a socket."""

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from rcdesk.simulator.server import Simulator, running

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 30.0
Json = dict[str, Any]


@contextmanager
def simulator_in_a_thread(**options: Any) -> Iterator[Simulator]:
    """A simulator that serves while the test waits for processes; without rate limits."""
    started: queue.Queue[Simulator | BaseException] = queue.Queue()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with running(**options) as simulator:
            simulator.world.rate_limits.limits.update(
                dict.fromkeys(("light", "medium", "heavy", "auth"), 5000)
            )
            started.put(simulator)
            await stop.wait()

    def work() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:
            started.put(error)
            raise
        finally:
            loop.close()

    thread = threading.Thread(target=work, name="simulator")
    thread.start()
    simulator = started.get(timeout=TIMEOUT_S)
    assert isinstance(simulator, Simulator), simulator
    try:
        yield simulator
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(TIMEOUT_S)


@dataclass
class Run:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Json]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def sentence(self) -> str:
        """What stderr says, which is one line and no traceback."""
        assert "Traceback" not in self.err
        (line,) = self.err.splitlines()
        return line


@dataclass
class Terminal:
    """Starts commands with a profile of its own.

    `environment` is what the simulator's user would set; `said` collects all output.
    """

    simulator: Simulator
    home: Path
    environment: dict[str, str] = field(init=False)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        own = {k: v for k, v in os.environ.items() if not k.startswith(("RC_", "RCDESK_"))}
        self.environment = own | {
            "RCDESK_HOME": str(self.home),
            "RC_SERVER_URL": self.simulator.url,
            "RC_APP_CLIENT_ID": self.simulator.client_id,
            "RC_APP_CLIENT_SECRET": self.simulator.client_secret,
            "RC_USER_JWT": self.simulator.jwt,
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
        }

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Run:
        """Run `rcdesk` to its end; an empty value in `environment` unsets the variable."""
        process = subprocess.run(
            self.command(*arguments),
            input=stdin,
            env=self._with(environment),
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            check=False,
        )
        self.said += [process.stdout, process.stderr]
        return Run(process.returncode, process.stdout, process.stderr)

    @contextmanager
    def started(self, *arguments: str, **environment: str) -> Iterator["Running"]:
        """Run `rcdesk` beside the test; killed at the end if it still runs."""
        process = subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._with(environment),
            encoding="utf-8",
        )
        command = Running(process)
        try:
            yield command
        finally:
            command.close()
            self.said += [*command.read, command.err]

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "rcdesk", *arguments]

    def _with(self, changes: dict[str, str]) -> dict[str, str]:
        environment = self.environment | changes
        return {name: value for name, value in environment.items() if value}

    def control(self, resource: str, verb: str = "POST", /, **body: Any) -> Any:
        """Ask the simulator's control surface."""
        answer = httpx.request(
            verb, f"{self.simulator.control}/{resource}", json=body or None, timeout=TIMEOUT_S
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, path: str, **fault: Any) -> None:
        """Let requests for `path` fail until cleared."""
        self.control("faults", path=path, **{"times": None} | fault)


class Running:
    """A command under way; its output is read line by line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.read: list[str] = []
        self.err = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._errors = threading.Thread(target=self._read_errors)
        self._output = threading.Thread(target=self._read_output)
        self._errors.start()
        self._output.start()

    @property
    def json(self) -> list[Json]:
        """Everything read so far."""
        return [json.loads(line) for line in self.read]

    def next_line(self) -> str:
        line = self._lines.get(timeout=TIMEOUT_S)
        assert line is not None, f"ended too early: {self.read} {self.err}"
        self.read.append(line)
        return line

    def until_text(self, wanted: str) -> str:
        """The next line that holds `wanted`."""
        while wanted not in (line := self.next_line()):
            pass
        return line

    def until(self, wanted: Callable[[Json], bool]) -> Json:
        """The next line, as JSON, that is wanted."""
        while not wanted(value := json.loads(self.next_line())):
            pass
        return value  # type: ignore[no-any-return]  # JSON

    def until_change(self, change: str, session_id: str = "") -> Json:
        """The next line of that change, of one call if given."""
        return self.until(
            lambda line: (
                line["change"] == change
                and (not session_id or line.get("session_id") == session_id)
            )
        )

    def until_online(self) -> None:
        self.until(lambda line: line.get("state") == "online")

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """The exit code, once everything is read."""
        code = self.process.wait(TIMEOUT_S)
        self._finish()
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(TIMEOUT_S)
        self._finish()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _finish(self) -> None:
        self._errors.join(TIMEOUT_S)
        self._output.join(TIMEOUT_S)
        while not self._lines.empty():
            line = self._lines.get()
            if line is not None:
                self.read.append(line)

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.err = self.process.stderr.read()
