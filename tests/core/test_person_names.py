import pytest

from rcdesk.core.person_names import NameParts, name_parts


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("Ada Lovelace", NameParts("Ada", "Lovelace")),
        ("  Ada   King  Lovelace ", NameParts("Ada King", "Lovelace")),
        ("Lovelace, Ada", NameParts("Ada", "Lovelace")),
        ("Ada", NameParts("Ada")),
        ("עדה לאבלייס", NameParts("עדה", "לאבלייס")),
        ("李小龙", NameParts("李小龙")),
        ("ACME TOOLS INC.", NameParts(company="ACME TOOLS INC.")),
        ("Harbor, Lane & Co", NameParts(company="Harbor, Lane & Co")),
        ("Müller GmbH", NameParts(company="Müller GmbH")),
        ("Esposito S.r.l.", NameParts(company="Esposito S.r.l.")),
        ("WIRELESS CALLER", NameParts()),
        ("+14155550123", NameParts()),
        ("🦄", NameParts()),
        ("", NameParts()),
    ],
)
def test_a_name_is_taken_apart(said: str, parts: NameParts) -> None:
    assert name_parts(said) == parts


def test_a_name_without_end_is_cut() -> None:
    assert len(name_parts("x" * 9_000).first_name) == 120
