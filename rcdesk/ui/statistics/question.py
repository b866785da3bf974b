"""Asks for the statistics, the newest question only."""

import asyncio
from datetime import date

from PySide6.QtCore import QObject, Signal

from rcdesk.core.errors import RcdeskError
from rcdesk.ui.history.choices import Choices
from rcdesk.ui.history.model import Spawn
from rcdesk.ui.statistics.source import StatisticsSource
from rcdesk.ui.statistics.texts import Span


class Question(QObject):
    """Nothing here waits; the answer to a question that another one followed is dropped."""

    answered = Signal(object, object)
    """The CallStatistics, and the Span they are of."""
    failed = Signal(str)
    """A sentence."""

    def __init__(self, spawn: Spawn, parent: QObject) -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._work: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """The answer has not come yet."""
        return self._work is not None

    def drop(self) -> None:
        """Nobody waits for the answer any more."""
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def ask(self, source: StatisticsSource, span: Span, today: date) -> None:
        """Ask about a span, as its days are today."""
        self.drop()
        self._work = self._spawn(self._ask(source, span, today), "statistics")

    async def _ask(self, source: StatisticsSource, span: Span, today: date) -> None:
        this = asyncio.current_task()
        try:
            counted = await source.statistics(Choices(span=span).wanted(today))
        except RcdeskError as error:
            if this is self._work:
                self._work = None
                self.failed.emit(str(error))
            return
        if this is self._work:
            self._work = None
            self.answered.emit(counted, span)
