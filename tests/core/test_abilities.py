import pytest

from rcdesk.core.abilities import NEEDS, Ability, lost, mend, missing

EVERYTHING = frozenset(need.scopes[0] for need in NEEDS.values())


def test_every_ability_has_its_needs() -> None:
    assert set(NEEDS) == set(Ability)
    assert missing(EVERYTHING) == ()


@pytest.mark.parametrize("ability", Ability)
def test_without_its_scopes_an_ability_is_missing(ability: Ability) -> None:
    found = missing(EVERYTHING - set(NEEDS[ability].scopes))
    assert ability in found
    assert NEEDS[ability].feature in lost(found)
    assert NEEDS[ability].scopes[0] in mend(found)


@pytest.mark.parametrize(
    ("ability", "scope"),
    [(ability, scope) for ability, need in NEEDS.items() for scope in need.scopes],
)
def test_each_of_its_scopes_will_do(ability: Ability, scope: str) -> None:
    assert ability not in missing({scope})


def test_nothing_is_missing_where_nothing_was_said() -> None:
    assert missing(set()) == ()


def test_a_scope_that_several_features_want_is_named_once() -> None:
    assert mend((Ability.EDIT_PRESENCE, Ability.EDIT_PRESENCE)).count("EditPresence") == 1
