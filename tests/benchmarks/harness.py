"""What `make bench` prints: each measurement beside a floor taken in the same run."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value and the floor nobody could get below.

    `budget` bounds the ratio of the two; `limit`, where there is one, the value itself.
    """

    bench: str
    value: float
    unit: str
    floor: float
    budget: float | None = None
    limit: float | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.floor

    @property
    def is_within_budget(self) -> bool:
        return (self.budget is None or self.ratio <= self.budget) and (
            self.limit is None or self.value <= self.limit
        )

    def line(self) -> str:
        return json.dumps(
            {
                "bench": self.bench,
                "value": round(self.value, 3),
                "unit": self.unit,
                "floor": round(self.floor, 3),
                "ratio": round(self.ratio, 2),
                "budget": self.budget,
                "limit": self.limit,
                "ok": self.is_within_budget,
            }
        )


def fastest_s(*works: Callable[[], object], rounds: int = 9) -> list[float]:
    """The least processor time that each took.

    In turns, so that a busy moment of the machine hits all alike.
    """
    took_s = [[_processor_s(work) for work in works] for _ in range(rounds)]
    return [min(each) for each in zip(*took_s, strict=True)]


def _processor_s(work: Callable[[], object]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def p99(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[18]
