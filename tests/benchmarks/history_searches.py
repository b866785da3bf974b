"""What somebody chooses and types who looks for one of a hundred thousand calls."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from rcdesk.ui.history.choices import EVERYTHING, Choices, Days, Quick
from tests.benchmarks.history_calls import LINES, NEWEST, QUEUES, TAGS

TODAY = NEWEST.date()

FILTERS = (
    EVERYTHING,
    Choices(quick=frozenset({Quick.MISSED})),
    Choices(quick=frozenset({Quick.UNRESOLVED})),
    Choices(quick=frozenset({Quick.RECORDED, Quick.OUTBOUND})),
    Choices(line=LINES[2].number, span=Days(TODAY - timedelta(days=400), TODAY)),
    Choices(queue=QUEUES[0], tag=TAGS[0]),
)

# Names, numbers in the ways people write them, places, queues, notes; common, rare and absent.
_TEXTS = (
    "smith", "Müller", "siobhan o'", "alder & finch", "(303) 555-01", "+1 415 555", "0014155550",
    "denver", "köln", "billing", "invoice again", "nobody at all",
)  # fmt: skip


def typed() -> Iterator[Choices]:
    """Each search letter by letter: all texts alone, then each within one of the filters."""
    searches = [(EVERYTHING, text) for text in _TEXTS]
    searches += [(FILTERS[1 + at % (len(FILTERS) - 1)], text) for at, text in enumerate(_TEXTS)]
    for choices, text in searches:
        for length in range(1, len(text) + 1):
            yield replace(choices, text=text[:length])
