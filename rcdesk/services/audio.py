"""Recordings and voicemails: fetched once, kept for a while, played and saved from there."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import NotFound, RcdeskError, Refused, SignedOut, Unreachable
from rcdesk.core.sounds import UNKNOWN_ENDING, Sound, SoundKind, ending_of
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.services.listeners import Listeners
from rcdesk.services.session import SessionService, SessionState, SessionStatus
from rcdesk.services.tasks import Tasks

if TYPE_CHECKING:
    from rcdesk.ringcentral.downloads import Downloaded
    from rcdesk.services.audio_cache import AudioCache

_log = logging.getLogger(__name__)

_DAY_S = 86_400.0
_MOST_RESUMPTIONS = 3
_NEEDS = {SoundKind.RECORDING: Ability.RECORDINGS, SoundKind.VOICEMAIL: Ability.MESSAGES}
_GROUPS = {SoundKind.RECORDING: RateGroup.HEAVY, SoundKind.VOICEMAIL: RateGroup.MEDIUM}
_GONE = {
    SoundKind.RECORDING: "RingCentral no longer has this recording: it keeps them for 90 days.",
    SoundKind.VOICEMAIL: "This voicemail has been deleted at RingCentral.",
}
_SIGNED_OUT = "You are signed out: sign in to listen to your calls."


class AudioKeeping(NamedTuple):
    """Where audio is kept, how long (zero: until rcdesk ends), and whether signing out deletes it.

    `folder` is rcdesk's alone: what is in it gets deleted.
    """

    folder: Path
    longest: timedelta = timedelta(days=7)
    wipes: bool = False


@dataclass(frozen=True, slots=True)
class Fetching:
    """Bytes that have come and those of the whole, None until RingCentral has said."""

    received: int = 0
    size: int | None = None


class _Source(NamedTuple):
    uri: str
    content_type: str


class _Fetch:
    """A fetch under way; it ends with the last who waits for it."""

    def __init__(self, task: "asyncio.Task[Path]") -> None:
        self.task = task
        self.waiting = 0
        self.state = Fetching()


class AudioService:
    """What calls left to be heard, as files.

    Attributes:
        changed: how the fetch of a sound stands has changed, or it has ended.
        notice: a sentence: what was to be deleted is still there.
    """

    def __init__(
        self,
        session: SessionService,
        tasks: Tasks,
        *,
        keeping: AudioKeeping | None,
        clock: Clock = instant_now,
    ) -> None:
        """Nothing can be fetched without `keeping`."""
        self.changed: Listeners[Sound] = Listeners()
        self.notice: Listeners[str] = Listeners()
        self._keeping = keeping
        self._session = session
        self._http = session.platform.http
        self._tasks = tasks
        self._clock = clock
        self._cache: AudioCache | None = None
        self._cache_of = ""
        self._sources: dict[Sound, _Source] = {}
        self._fetches: dict[Sound, _Fetch] = {}
        self._wiping: set[asyncio.Task[None]] = set()
        self._purging: asyncio.Task[None] | None = None
        session.changed.subscribe(self._session_changed)

    def begin(self) -> None:
        """Delete what has been kept long enough, now and every day."""
        # Who never listens to anything needs neither the thread nor what it loads.
        if self._keeping is not None and self._keeping.folder.is_dir():
            self._purge_from_now_on(self._keeping)

    async def aclose(self) -> None:
        """End all fetches, and delete what was to be kept until now."""
        await _ended(self._cancel_all())
        await _ended(self._wiping)
        if self._keeping is not None and not self._keeping.longest:
            await self._purge_all(self._keeping)

    def is_offered(self, sound: Sound) -> bool:
        """Nothing is known to speak against fetching it."""
        return not self._http.abilities.why_not(_NEEDS[sound.kind])

    def fetching(self, sound: Sound) -> Fetching | None:
        """How its fetch stands; None if there is none under way."""
        fetch = self._fetches.get(sound)
        return fetch.state if fetch else None

    def wait_s(self, sound: Sound) -> float:
        """How long RingCentral asks us to wait before the next request of its kind."""
        return self._http.limits.delay_s(_GROUPS[sound.kind], user=True)

    async def ending(self, sound: Sound) -> str:
        """The ending of a file of it, `.mp3` mostly.

        Raises:
            RcdeskError: RingCentral had to be asked, and did not tell: as `fetch`.
        """
        cache = self._whose()
        if (found := await asyncio.to_thread(cache.find, sound)) is not None:
            return found.suffix
        ending = ending_of((await self._source(sound)).content_type)
        return (await self.fetch(sound)).suffix if ending == UNKNOWN_ENDING else ending

    async def fetch(self, sound: Sound) -> Path:
        """The sound as a file, fetched if it is not there yet; goes on where it was cut off.

        Whoever asks for the same sound meanwhile waits for the same fetch. What has come is
        kept over cancelling, over every failure and over the end of rcdesk.

        Raises:
            NotFound: it is gone.
            PermissionMissing: the app or the user may not have it.
            PlatformError, SignedOut: RingCentral did not give it.
            StorageTrouble: the disk does not take it.
        """
        while (fetch := self._fetches.get(sound)) and fetch.task.cancelling():
            await _ended([fetch.task])
        fetch = fetch or self._start(sound)
        fetch.waiting += 1
        try:
            return await asyncio.shield(fetch.task)
        finally:
            fetch.waiting -= 1
            if not fetch.waiting:
                fetch.task.cancel()

    def cancel(self, sound: Sound) -> None:
        """End its fetch, whoever waits for it."""
        if sound in self._fetches:
            self._fetches[sound].task.cancel()

    def forget(self) -> None:
        """The user wants calls gone: nothing is to be found of what was heard of them.

        What is being fetched they want to have.
        """
        if self._cache is not None:
            work = partial(self._cache.empty, frozenset(self._fetches))
            self._tasks.start(self._try(work), "deleting audio")

    async def save(self, sound: Sound, wanted: Path) -> Path:
        """Fetch it and copy it to where the user wants it; returns the name that it got.

        Raises:
            RcdeskError: as `fetch`; nothing is left in the user's folder.
        """
        from rcdesk.services.audio_cache import save  # noqa: PLC0415 - at first use

        audio = await self.fetch(sound)
        return await asyncio.to_thread(save, audio, wanted)

    def _whose(self) -> "AudioCache":
        if self._cache is None:
            raise SignedOut(_SIGNED_OUT)
        return self._cache

    def _start(self, sound: Sound) -> _Fetch:
        cache = self._whose()
        task = asyncio.get_running_loop().create_task(self._receive(sound, cache), name="audio")
        fetch = self._fetches[sound] = _Fetch(task)

        def ended(task: "asyncio.Task[Path]") -> None:
            if self._fetches.get(sound) is fetch:
                del self._fetches[sound]
            if not task.cancelled():
                # Where nobody waited any more, nobody has to hear of it.
                task.exception()
            self.changed.tell(sound)

        task.add_done_callback(ended)
        self.changed.tell(sound)
        return fetch

    async def _receive(self, sound: Sound, cache: "AudioCache") -> Path:
        if (found := await asyncio.to_thread(cache.find, sound)) is not None:
            return found
        source = await self._source(sound)
        place = await asyncio.to_thread(cache.place, sound)
        done = await self._download(sound, source.uri, place)
        path = await asyncio.to_thread(cache.keep, sound, done.content_type or source.content_type)
        if self._keeping is not None and self._keeping.longest:
            self._purge_from_now_on(self._keeping)
        return path

    async def _download(self, sound: Sound, uri: str, place: Path) -> "Downloaded":
        """See `download`; a connection that breaks off on the way is taken up again at once."""
        from rcdesk.ringcentral.downloads import download  # noqa: PLC0415 - at first use

        progress, group = partial(self._progress, sound), _GROUPS[sound.kind]
        left = _MOST_RESUMPTIONS
        while True:
            had = self._fetches[sound].state.received
            try:
                with self._explained(sound):
                    return await download(self._http, uri, place, group=group, progress=progress)
            except Unreachable as error:
                has_come = self._fetches[sound].state.received > had
                if not left or not has_come or type(error) is not Unreachable:
                    raise
                left -= 1
                _log.info("A download broke off and goes on: %s", error)

    async def _source(self, sound: Sound) -> _Source:
        """Where its content is, as RingCentral tells; asked once."""
        if sound not in self._sources:
            with self._explained(sound):
                if sound.kind is SoundKind.RECORDING:
                    self._sources[sound] = await self._recording(sound.id)
                else:
                    self._sources[sound] = await self._voicemail(sound.id)
        return self._sources[sound]

    async def _recording(self, recording_id: str) -> _Source:
        from rcdesk.ringcentral.recordings import get_recording  # noqa: PLC0415 - at first use

        found = await get_recording(self._http, recording_id)
        return _Source(found.content_uri, found.content_type)

    async def _voicemail(self, message_id: str) -> _Source:
        from rcdesk.ringcentral.messages import get_message  # noqa: PLC0415 - brings email

        message = await get_message(self._http, message_id, user=True)
        for each in message.attachments:
            is_audio = each.content_type.startswith("audio/")
            if each.type == "AudioRecording" or (is_audio and not each.type):
                return _Source(each.uri, each.content_type)
        raise NotFound(_GONE[SoundKind.VOICEMAIL], status=404)

    @contextmanager
    def _explained(self, sound: Sound) -> Iterator[None]:
        """Ask only for what may be had, and say of what is gone what it was."""
        try:
            with self._http.abilities.needed(_NEEDS[sound.kind]):
                yield
        except Refused as error:
            if error.status not in (404, 410):
                raise
            self._sources.pop(sound, None)
            raise NotFound(
                _GONE[sound.kind],
                status=error.status,
                codes=error.codes,
                request_id=error.request_id,
            ) from error

    def _progress(self, sound: Sound, received: int, size: int | None) -> None:
        if (fetch := self._fetches.get(sound)) is not None:
            fetch.state = Fetching(received, size)
            self.changed.tell(sound)

    def _session_changed(self, status: SessionStatus) -> None:
        if self._keeping is None:
            return
        stored = self._session.platform.session
        if status.state is SessionState.SIGNED_OUT and not status.was_ended:
            self._let_go(wipes=self._keeping.wipes or not self._keeping.longest)
        if status.state is SessionState.SIGNED_IN and stored.owner_id != self._cache_of:
            self._let_go(wipes=False)
            self._cache_of = stored.owner_id
            if stored.owner_id:
                from rcdesk.services.audio_cache import AudioCache  # noqa: PLC0415 - who signs in

                self._cache = AudioCache(
                    self._keeping.folder, stored.app.server_url, stored.owner_id
                )

    def _let_go(self, *, wipes: bool) -> None:
        """What is kept is another user's, or nobody's, from now on."""
        fetches = self._cancel_all()
        if self._cache is not None and wipes:
            wiping = self._tasks.start(self._wipe(self._cache, fetches), "deleting audio")
            self._wiping.add(wiping)
            wiping.add_done_callback(self._wiping.discard)
        self._cache, self._cache_of = None, ""
        self._sources.clear()

    def _cancel_all(self) -> "list[asyncio.Task[Path]]":
        tasks = [fetch.task for fetch in self._fetches.values()]
        for task in tasks:
            task.cancel()
        return tasks

    async def _wipe(self, cache: "AudioCache", fetches: "list[asyncio.Task[Path]]") -> None:
        # Whatever they write last is to be deleted, too.
        await _ended(fetches)
        await self._try(cache.wipe)

    def _purge_from_now_on(self, keeping: AudioKeeping) -> None:
        """Now, and every day after it."""
        if self._purging is not None:
            self._purging.cancel()
        work = self._purge_daily(keeping) if keeping.longest else self._purge_all(keeping)
        self._purging = self._tasks.start(work, "deleting old audio")

    async def _purge_daily(self, keeping: AudioKeeping) -> None:
        from rcdesk.services.audio_cache import purge  # noqa: PLC0415 - after the icon

        while True:
            before_s = (self._clock().utc - keeping.longest).timestamp()
            await self._try(partial(purge, keeping.folder, before_s))
            await asyncio.sleep(_DAY_S)

    async def _purge_all(self, keeping: AudioKeeping) -> None:
        from rcdesk.services.audio_cache import purge_all  # noqa: PLC0415 - after the icon

        await self._try(partial(purge_all, keeping.folder))

    async def _try(self, work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(work)
        except RcdeskError as error:
            _log.warning("%s", error)
            self.notice.tell(str(error))


async def _ended(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Wait for the end of `tasks`, whatever it is."""
    if waiting := set(tasks):
        await asyncio.wait(waiting)
