from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF

from rcdesk.ui.statistics.plot import Plot

ROOM = QRectF(40, 10, 240, 100)


@pytest.mark.parametrize("dpr", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("bars", [1, 7, 24, 36])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_bars_share_the_room_without_gaps_and_overlap(
    bars: int, is_mirrored: bool, dpr: float
) -> None:
    plot = Plot(ROOM, bars, 10, is_mirrored, dpr)
    slots = [plot.slot(at) for at in range(bars)]
    if is_mirrored:
        slots.reverse()
    assert slots[0].left() == pytest.approx(ROOM.left(), abs=1 / dpr)
    assert slots[-1].right() == pytest.approx(ROOM.right(), abs=1 / dpr)
    for one, other in pairwise(slots):
        assert one.right() == pytest.approx(other.left())
    for at in range(bars):
        piece = plot.piece(at, 0, 10)
        assert plot.slot(at).left() <= piece.left() < piece.right() <= plot.slot(at).right()


@pytest.mark.parametrize("dpr", [1.0, 1.25, 2.0])
def test_edges_fall_on_pixels(dpr: float) -> None:
    plot = Plot(QRectF(41.3, 9.7, 231.9, 97.1), 24, 7, dpr=dpr)
    for at in range(24):
        piece = plot.piece(at, 1, 5)
        for edge in (piece.left(), piece.right(), piece.top(), piece.bottom()):
            assert edge * dpr == pytest.approx(round(edge * dpr))


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_the_bar_that_is_pointed_at_is_found(is_mirrored: bool) -> None:
    plot = Plot(ROOM, 24, 10, is_mirrored)
    for at in range(24):
        assert plot.at(plot.slot(at).center().x()) == at
    assert plot.at(ROOM.left() - 1) is None
    assert plot.at(ROOM.right()) is None


def test_without_bars_nothing_is_found() -> None:
    assert Plot(ROOM, 0, 0).at(ROOM.center().x()) is None


def test_pieces_stand_on_each_other() -> None:
    plot = Plot(ROOM, 7, 10)
    below, above = plot.piece(2, 0, 6), plot.piece(2, 6, 8)
    assert below.bottom() == ROOM.bottom()
    assert above.bottom() == below.top()
    assert (below.height(), above.height()) == (60, 20)


def test_one_call_among_thousands_can_be_seen() -> None:
    assert Plot(ROOM, 7, 10_000).piece(0, 0, 1).height() == 2
    assert Plot(ROOM, 7, 10_000).piece(0, 0, 0).height() == 0


@pytest.mark.parametrize(
    ("bars", "label_px", "labelled"),
    [
        (7, 30, [0, 1, 2, 3, 4, 5, 6]),
        (24, 25, [0, 3, 6, 9, 12, 15, 18, 21]),
        (24, 45, [0, 6, 12, 18]),
        (24, 100, [0, 12]),
        (1, 1000, [0]),
    ],
)
def test_labels_have_room(bars: int, label_px: float, labelled: list[int]) -> None:
    plot = Plot(ROOM, bars, 10)
    found = list(plot.labelled(label_px))
    assert found == labelled
    assert len(found) == 1 or (found[1] - found[0]) * plot.slot_px >= label_px
