"""The log file, with everything taken out of it that nobody else may know."""

import atexit
import contextlib
import io
import logging
import logging.handlers
import os
import queue
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from rcdesk.core.errors import StorageTrouble
from rcdesk.system.filelock import FileLock
from rcdesk.system.paths import Paths, make_private

_MAX_BYTES = 1_000_000
_BACKUPS = 3
# Of each end of an entry: a platform that says ten megabytes must not drive all else out.
_LONGEST_END = 10_000
# They log whole URLs and headers below this.
_QUIET = ("httpx", "httpcore", "websockets", "asyncio", "jeepney", "keyring", "secretstorage")

_GONE = "[removed]"
_KEYS = (
    r"access_?token|refresh_?token|id_?token|ws_?access_?token|wsc|token|code_verifier|"
    r"code_challenge|code|verifier|client_?secret|secret|password|passwd|pin|assertion|jwt|state"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Headers, with their scheme: `Authorization: Bearer …`, `'authorization': 'Basic …'`.
    (
        re.compile(
            r"(?i)(\b(?:proxy-)?authorization\b\\?[\"']?\s*[:=,]\s*b?\\?[\"']?)(?:\w+\s+)?[^\s\"',;)}\]]+"
        ),
        rf"\1{_GONE}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {_GONE}"),
    (re.compile(r"(?i)((?:set-)?cookie\\?[\"']?\s*[:=]\s*).*"), rf"\1{_GONE}"),
    # Quoted values may hold spaces: JSON, a dict's repr, JSON inside JSON.
    (
        re.compile(rf"(?i)(\b(?:{_KEYS})\\?[\"']\s*[:=,]\s*b?)(\\?[\"'])(?:\\.|(?!\2).)*"),
        rf"\1\2{_GONE}",
    ),
    # URLs, form bodies and `name=value`; a short number is an error or close code.
    (
        re.compile(
            rf"(?i)((?:\b|_|%3F|%26)(?:{_KEYS})(?:=|%3D|:\s?)[\"']?)(?!\d{{1,4}}\b|\[)[^\s&\"',;)}}\]]+"
        ),
        rf"\1{_GONE}",
    ),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"), _GONE),
    # Proxies carry their password before the host.
    (re.compile(r"(?<=://)[^\s/@\"']{1,200}@"), f"{_GONE}@"),
    (re.compile(r"[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), _GONE),
    # Anything else as long and as mixed as RingCentral's opaque tokens.
    (
        re.compile(
            r"(?<![\w/-])(?=[\w=-]*[a-z])(?=[\w=-]*[A-Z])(?=[\w=-]*\d)[A-Za-z0-9_-]{32,}={0,2}"
        ),
        _GONE,
    ),
)
_NUMBERS = re.compile(
    r"(?:\+|%2B)\d(?:[ ().\-]{0,2}\d){5,16}"  # international
    r"|(?<![\w.])\(\d{3}\)[ .-]?\d{3}[ .-]?\d{4}(?!\d)"  # (650) 555-0100
    r"|(?<![\w.-])(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}(?!\d|[.-]\d)"  # 650-555-0100
    r"|(?<!\d:)(?<![\w.])\d{2,4}(?: \d{2,4}){2,4}(?![\w:])"  # 020 7946 0018
    # As the platform sends it; ids of that length go as well, which is the price.
    r"|(?<![\w.])\d{7,16}(?![\w.])"
    r"|(?<![\w.])\d{7,16}(?=\.(?:\s|$))"
)


def redact(text: str) -> str:
    """`text` without tokens, codes, passwords, JWTs and e-mail addresses.

    Of phone numbers the last two digits stay: they tell one call from another.
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return _NUMBERS.sub(lambda found: "…" + re.sub(r"\D", "", found[0])[-2:], text)


class RedactingFormatter(logging.Formatter):
    """Redacts the finished text.

    Not a filter: only the formatter sees what arguments, exceptions, their chained causes and
    stack traces turn into.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one text, redacted, and short enough for a log."""
        return redact(_shortened(super().format(record)))


def _shortened(text: str) -> str:
    """Cut between words, since half a token is none that `redact` would know."""
    if len(text) <= 3 * _LONGEST_END:
        return text
    head = text[:_LONGEST_END].rsplit(None, 1)[0]
    tail = text[-_LONGEST_END:].split(None, 1)[-1]
    return f"{head} … {tail}"


def configure_logging(
    paths: Paths, verbose: bool = False, *, to_file: bool = True
) -> Callable[[], None]:
    """Send the root logger to the log file, and to stderr where `verbose`.

    The file is written by a thread of its own, so that no coroutine waits for the disk; it is
    readable by its user only, and 4 files of 1 MB are kept, whatever other processes write into
    them. It is the app's: commands, of which many may run beside it, pass `to_file=False`.

    Returns:
        Writes out what is still queued and detaches the handlers; runs at exit by itself.
    """
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    targets, trouble = _targets(paths, verbose=verbose, to_file=to_file)
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    # The queue's handler formats, so the text is redacted before it leaves the caller.
    source = logging.handlers.QueueHandler(records)
    source.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    listener = logging.handlers.QueueListener(records, *targets)
    listener.start()
    root.addHandler(source)

    def close() -> None:
        atexit.unregister(close)
        root.removeHandler(source)
        listener.stop()
        for target in targets:
            target.close()

    atexit.register(close)
    if trouble:
        root.warning("%s", trouble)
    return close


def _targets(paths: Paths, *, verbose: bool, to_file: bool) -> tuple[list[logging.Handler], str]:
    targets: list[logging.Handler] = []
    trouble = ""
    if to_file:
        try:
            make_private(paths.log_file.parent)
            targets.append(
                _PrivateFileHandler(
                    paths.log_file, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8"
                )
            )
        except (OSError, StorageTrouble) as error:
            # A disk that is full is no reason not to show who is calling.
            trouble = f"There is no log file: {error}"
    if verbose or trouble:
        targets.append(logging.StreamHandler(sys.stderr))
    return targets, trouble


class _PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """Files for their user only; a disk that takes nothing costs the log and nothing else."""

    _has_complained = False

    def doRollover(self) -> None:  # noqa: N802 - logging's name
        """Rotate, unless another process is about to, or already has.

        Where files cannot be renamed, the newest one is started anew: it must not grow without
        end.
        """
        lock = FileLock(Path(f"{self.baseFilename}.lock"))
        try:
            if not lock.try_acquire():
                return
            try:
                if self._is_newest():
                    super().doRollover()
                else:
                    self._reopen()
            finally:
                lock.release()
        except (OSError, StorageTrouble):
            os.truncate(self.baseFilename, 0)
            self._reopen()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say once what is wrong; each record tries the file again."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._drop_stream()
        if not self._has_complained and sys.stderr is not None:
            self._has_complained = True
            with contextlib.suppress(OSError):
                reason = error.strerror or error
                print(f"The log file cannot be written: {reason}.", file=sys.stderr)  # noqa: T201

    def close(self) -> None:
        """As logging has it, on a full disk too."""
        with contextlib.suppress(OSError):
            super().close()

    def _is_newest(self) -> bool:
        """False where another process has renamed the file that this one has open."""
        if self.stream is None:
            return False
        try:
            return os.path.samestat(os.fstat(self.stream.fileno()), os.stat(self.baseFilename))  # noqa: PTH116 - a str
        except FileNotFoundError:
            return False

    def _reopen(self) -> None:
        self._drop_stream()
        self.stream = self._open()

    def _drop_stream(self) -> None:
        # logging opens it again.
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()

    def _open(self) -> io.TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        fd = os.open(self.baseFilename, flags, 0o600)
        mode = os.fstat(fd).st_mode
        if os.name == "posix" and stat.S_ISREG(mode) and stat.S_IMODE(mode) & 0o077:
            os.fchmod(fd, 0o600)
        return os.fdopen(fd, "a", encoding=self.encoding)
