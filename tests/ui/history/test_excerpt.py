import pytest

from rcdesk.core.past_calls import EVERYTHING
from rcdesk.ui.history.excerpt import Excerpt
from tests.ui.history.calls import Shelf, listed

PER_PAGE = 10


@pytest.fixture
def shelf() -> Shelf:
    return Shelf([listed(n) for n in range(0, 200, 2)], per_page=PER_PAGE)


@pytest.fixture
def excerpt(shelf: Shelf) -> Excerpt:
    return Excerpt(shelf.page, EVERYTHING, most_pages=3)


def numbers(excerpt: Excerpt) -> list[int]:
    return [1_000_000 - item.call.id for item in excerpt.items]


async def test_it_holds_so_many_pages_however_far_it_goes(excerpt: Excerpt) -> None:
    await excerpt.begin()
    seen = numbers(excerpt)
    while excerpt.has_older:
        await excerpt.grow_older()
        assert len(excerpt.items) <= 3 * PER_PAGE
        seen += [n for n in numbers(excerpt) if n > seen[-1]]
    assert seen == list(range(0, 200, 2))
    assert numbers(excerpt) == list(range(140, 200, 2))


async def test_what_was_let_go_comes_back(excerpt: Excerpt) -> None:
    await excerpt.begin()
    while excerpt.has_older:
        await excerpt.grow_older()
    while excerpt.has_newer:
        first = numbers(excerpt)[0]
        await excerpt.grow_newer()
        assert numbers(excerpt)[PER_PAGE] == first
    assert numbers(excerpt) == list(range(0, 60, 2))
    assert excerpt.has_older


async def test_calls_that_came_in_between_are_there_on_the_way_back(
    excerpt: Excerpt, shelf: Shelf
) -> None:
    await excerpt.begin()
    for _ in range(4):
        await excerpt.grow_older()
    shelf.calls += [listed(n) for n in range(1, 38, 2)]
    while excerpt.has_newer:
        await excerpt.grow_newer()
    assert numbers(excerpt)[:49] == [*range(39), *range(40, 60, 2)]


async def test_a_refresh_stays_where_it_is(excerpt: Excerpt, shelf: Shelf) -> None:
    await excerpt.begin()
    for _ in range(5):
        await excerpt.grow_older()
    assert numbers(excerpt) == list(range(60, 120, 2))
    shelf.calls += [listed(n) for n in (1, 61, 63)]
    del shelf.calls[35]
    await excerpt.refresh()
    assert numbers(excerpt)[:7] == [60, 61, 62, 63, 64, 66, 68]
    assert set(numbers(excerpt)) >= set(range(60, 120, 2)) - {70}


async def test_a_refresh_at_the_top_shows_what_is_new(excerpt: Excerpt, shelf: Shelf) -> None:
    await excerpt.begin()
    shelf.calls.append(listed(-5))
    for _ in range(30):
        await excerpt.refresh()
    assert numbers(excerpt)[:3] == [-5, 0, 2]
    assert not excerpt.has_newer
    assert excerpt.has_older


async def test_a_list_that_has_grown_at_its_end_goes_on(shelf: Shelf) -> None:
    older, shelf.calls = shelf.calls[5:], shelf.calls[:5]
    excerpt = Excerpt(shelf.page, EVERYTHING, most_pages=10)
    await excerpt.begin()
    await excerpt.grow_older()
    assert len(excerpt.items) == 5
    shelf.calls += older
    await excerpt.refresh()
    while excerpt.has_older:
        await excerpt.grow_older()
    assert numbers(excerpt) == list(range(0, 200, 2))


async def test_at_rest_only_the_first_page_is_kept(excerpt: Excerpt) -> None:
    await excerpt.begin()
    await excerpt.grow_older()
    assert excerpt.let_go()
    assert numbers(excerpt) == list(range(0, 20, 2))
    assert excerpt.has_older
    assert not excerpt.let_go()


async def test_everything_may_be_gone(excerpt: Excerpt, shelf: Shelf) -> None:
    await excerpt.begin()
    await excerpt.grow_older()
    shelf.calls.clear()
    await excerpt.refresh()
    assert numbers(excerpt) == []
    assert not excerpt.has_older
