"""What was typed into the search, as a condition on calls.

Words of three letters or more go through the trigram index, shorter ones through the ends of the
calls, which are few beside the calls. `instr` and quoted phrases know no special characters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rcdesk.archive.folding import digits, fold

LONGEST_SEARCH = 250
"""So many characters count: a pasted page of text is no search."""

_TRIGRAM = 3
# Besides spaces: what is invisible around a number copied from elsewhere, and half characters.
_BETWEEN_WORDS = re.compile(r"[\s\0\u200b\u200e\u200f\u2060\u202a-\u202e\ud800-\udfff]+")
_OF_A_NUMBER = re.compile(
    r"[0-9+()./\-\u2010-\u2015\u2212*#]*[0-9][0-9+()./\-\u2010-\u2015\u2212*#]*"
)
_TRUNK_ZERO = "(0)"
# Dialed before a number at home, and abroad from most countries and from North America.
_DIALED_BEFORE = ("0", "00", "011")


class Sql(NamedTuple):
    """A piece of a statement and what its places hold."""

    text: str
    values: tuple[object, ...] = ()


class Term(NamedTuple):
    """One of these has to occur, folded."""

    spellings: tuple[str, ...]

    def occurs_in(self, folded: str) -> bool:
        """In a text that has gone through `fold`."""
        return any(spelling in folded for spelling in self.spellings)


def terms(text: str) -> tuple[Term, ...]:
    """What has to occur: the words, or the digits of what looks like one number."""
    words = [word for word in _BETWEEN_WORDS.split(fold(text[:LONGEST_SEARCH])) if word]
    if _OF_A_NUMBER.fullmatch("".join(words)):
        words = [" ".join(words)]
    return tuple(dict.fromkeys(map(_term, words)))


def _term(word: str) -> Term:
    if not _OF_A_NUMBER.fullmatch(word.replace(" ", "")):
        return Term((word,))
    run = digits(word.replace(_TRUNK_ZERO, "")) or digits(word)
    bare = [run.removeprefix(prefix) for prefix in _DIALED_BEFORE]
    spellings = (run, *(rest for rest in bare if len(rest) >= _TRIGRAM), word)
    return Term(tuple(dict.fromkeys(spellings)))


class Found(NamedTuple):
    """Where what was typed occurs.

    Attributes:
        where: true for a row of `call` in whose other end, note or queue each term occurs.
        ids: finds the ids of such calls by index, some of them twice; None where too many ends
            would have to be looked through.
    """

    where: Sql
    ids: Sql | None


def found(wanted: Sequence[Term], queues: Iterable[str]) -> Found:
    """`queues` are the names of all queues there are."""
    named = {term: [name for name in queues if term.occurs_in(fold(name))] for term in wanted}
    other, of_queues, note = (
        _in_other(wanted),
        list(_in_queue(wanted, named)),
        _in_note(wanted, named),
    )
    where = _joined([other, *of_queues, note], " OR ")
    if not any(map(_is_indexed, wanted)):
        return Found(where, None)
    walks = [("call_by_other", other), *(("call_by_queue", piece) for piece in of_queues)]
    selects = [
        Sql(f"SELECT id FROM call INDEXED BY {index} WHERE {piece.text}", piece.values)  # noqa: S608 - own words
        for index, piece in walks
    ]
    selects.append(Sql(f"SELECT id FROM call NOT INDEXED WHERE {note.text}", note.values))  # noqa: S608 - own words
    text = " UNION ALL ".join(select.text for select in selects)
    return Found(where, Sql(text, tuple(value for select in selects for value in select.values)))


def _in_other(wanted: Sequence[Term]) -> Sql:
    """Each term in the name, place or number of the other end."""
    indexed = [term for term in wanted if _is_indexed(term)]
    rest = [_occurs(term, "party.folded") for term in wanted if not _is_indexed(term)]
    if not indexed:
        where = _joined(rest, " AND ")
        return Sql(f"other_id IN (SELECT id FROM party WHERE {where.text})", where.values)  # noqa: S608 - own words
    match = " AND ".join(f"({_match(term)})" for term in indexed)
    where = _joined([Sql("party_search MATCH ?", (match,)), *rest], " AND ")
    party = "JOIN party ON party.id = party_search.rowid" if rest else ""
    return Sql(
        f"other_id IN (SELECT party_search.rowid FROM party_search {party} WHERE {where.text})",  # noqa: S608 - own words
        where.values,
    )


def _in_queue(wanted: Sequence[Term], named: dict[Term, list[str]]) -> Iterator[Sql]:
    """Some terms in the queue's name, the others in the other end."""
    for name in {name for names in named.values() for name in names}:
        others = [term for term in wanted if name not in named[term]]
        pieces = [
            Sql("queue = ? AND queue <> ''", (name,)),
            *([_in_other(others)] if others else []),
        ]
        yield _joined(pieces, " AND ")


def _in_note(wanted: Sequence[Term], named: dict[Term, list[str]]) -> Sql:
    """At least one term in the note, the others anywhere."""
    if all(map(_is_indexed, wanted)):
        first = Sql(
            "note.call_id IN (SELECT rowid FROM note_search WHERE note_search MATCH ?)",
            (" OR ".join(map(_match, wanted)),),
        )
    else:
        first = _joined([_occurs(term, "note.folded") for term in wanted], " OR ")
    each = [
        _joined(
            [
                _occurs(term, "note.folded"),
                _occurs(term, "party.folded"),
                *(Sql("noted.queue = ?", (name,)) for name in named[term]),
            ],
            " OR ",
        )
        for term in wanted
    ]
    where = _joined([first, *each], " AND ")
    return Sql(
        "call.id IN (SELECT note.call_id FROM note CROSS JOIN call AS noted "  # noqa: S608 - own words
        "ON noted.id = note.call_id CROSS JOIN party ON party.id = noted.other_id "
        f"WHERE {where.text})",
        where.values,
    )


def _is_indexed(term: Term) -> bool:
    return all(len(spelling) >= _TRIGRAM for spelling in term.spellings)


def _match(term: Term) -> str:
    """In the language of FTS5, where a doubled quote is the only special thing in a string."""
    return " OR ".join('"' + spelling.replace('"', '""') + '"' for spelling in term.spellings)


def _occurs(term: Term, column: str) -> Sql:
    return _joined([Sql(f"instr({column}, ?)", (word,)) for word in term.spellings], " OR ")


def _joined(pieces: Sequence[Sql], word: str) -> Sql:
    """All of them in brackets."""
    text = word.join(piece.text for piece in pieces)
    return Sql(f"({text})", tuple(value for piece in pieces for value in piece.values))
