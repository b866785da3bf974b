import phonenumbers
import pytest

from rcdesk.simulator.company import Company

COMPANY = Company.seeded(7)


def test_equal_seeds_give_equal_companies() -> None:
    assert Company.seeded(7) == COMPANY
    assert Company.seeded(8).contacts != COMPANY.contacts


def test_every_number_parses_and_is_possible() -> None:
    numbers = [COMPANY.main_number, COMPANY.toll_free_number, COMPANY.mobile_number]
    numbers += [person.direct_number for person in COMPANY.people]
    numbers += [queue.number for queue in COMPANY.queues]
    numbers += [contact.number for contact in COMPANY.contacts]

    assert [n for n in numbers if not phonenumbers.is_possible_number(phonenumbers.parse(n))] == []
    assert len(set(numbers)) == len(numbers)


def test_ids_and_extension_numbers_are_unique() -> None:
    ids = [e.extension_id for e in COMPANY.people] + [e.extension_id for e in COMPANY.queues]
    short = [e.extension_number for e in COMPANY.people]
    short += [e.extension_number for e in COMPANY.queues]
    assert len(set(ids)) == len(ids) == len(set(short))
    assert COMPANY.account_id.isdecimal()


@pytest.mark.parametrize("spelling", ["+16505550142", "16505550142", "101"])
def test_the_user_is_found_by_any_spelling_of_a_number(spelling: str) -> None:
    assert COMPANY.name_of(spelling) == COMPANY.user.name


def test_unknown_numbers_have_no_name() -> None:
    assert COMPANY.name_of("+12125550000") == ""
    assert COMPANY.name_of("") == ""


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+16505550142", "Palo Alto, CA"),
        ("16505550142", "Palo Alto, CA"),
        ("+442079460123", "London, United Kingdom"),
        ("+18885550100", ""),
        ("101", ""),
        ("", ""),
        ("+1650", ""),
    ],
)
def test_place_goes_by_the_prefix(number: str, place: str) -> None:
    assert COMPANY.place_of(number) == place


def test_every_outside_number_has_a_place() -> None:
    assert [c.number for c in COMPANY.contacts if not COMPANY.place_of(c.number)] == []


def test_caller_id_covers_the_awkward_cases() -> None:
    names = [contact.name for contact in COMPANY.contacts]
    assert "" in names
    assert any(name.isupper() and len(name) <= 15 for name in names)
    assert any(len(name) > 80 for name in names)
    assert any("\u0590" <= name[:1] <= "\u06ff" for name in names)
    assert any("🦄" in name for name in names)


def test_email_addresses_are_plain_ascii() -> None:
    assert COMPANY.colleagues[2].email == "siobhan.kelleher@sequoia-instruments.example"
    assert all(person.email.isascii() for person in COMPANY.people)


def test_secrets_stay_out_of_the_representation() -> None:
    shown = repr(COMPANY)
    assert COMPANY.jwt not in shown
    assert COMPANY.password not in shown
    assert COMPANY.client_secret not in shown
