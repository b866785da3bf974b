"""Our requests and our decoding, held against the platform's specification.

A test that uses it is marked `needs_specification`.
"""

import copy
import itertools
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import httpx
import pytest

from rcdesk.core.errors import UnexpectedAnswer
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateLimits
from rcdesk.simulator.faults import RequestFault
from rcdesk.simulator.server import Simulator
from tests.simulator.test_schema import SPECIFICATION, faults, specification

T = TypeVar("T")
Json = Any

needs_specification = pytest.mark.skipif(
    not SPECIFICATION.exists(), reason=f"the platform's specification is not at {SPECIFICATION}"
)

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_DATE_TIME = "2026-11-23T08:09:10.123Z"
_DEEPEST = 8
# What a field of any kind may turn out to hold.
_EXTREMES: tuple[Json, ...] = (
    *(None, "", "NoSuchWord", "\ud83d", "\x00\u202e", 2**53, -(2**53), 10**400, -1, 0.5, -1e308),
    *(True, [], [None], {}, {"id": {}}),
)


@dataclass(frozen=True)
class Operation:
    """One method of one path of the specification."""

    method: str
    template: str
    details: Mapping[str, Json]
    shared_parameters: Sequence[Json] = ()

    def parameters(self, where: str) -> dict[str, Json]:
        """Those in `where` (`path`, `query`, `header`) by name."""
        listed = map(_resolved, [*self.shared_parameters, *self.details.get("parameters", ())])
        return {each["name"]: each for each in listed if each["in"] == where}

    def answer(self) -> tuple[int, Mapping[str, Json]]:
        """Status and JSON content of the success."""
        for status, response in self.details["responses"].items():
            content = _resolved(response).get("content", {})
            if status.startswith("2") and "application/json" in content:
                return int(status), content["application/json"]
        raise AssertionError(f"{self.method} {self.template} answers without JSON")


@cache
def operation(method: str, path: str) -> Operation:
    """The operation that `path`, an address or a template of the specification, belongs to."""
    matching = [t for t in specification()["paths"] if _pattern(t).fullmatch(path)]
    for template in sorted(matching, key=lambda t: t.count("{")):
        item = specification()["paths"][template]
        if method.lower() in _METHODS & item.keys():
            return Operation(
                method.upper(), template, item[method.lower()], item.get("parameters", ())
            )
    raise AssertionError(f"the specification has no {method} {path}")


def request_faults(request: Mapping[str, Json]) -> list[str]:
    """What the specification has against an entry of the simulator's journal."""
    asked = operation(request["method"], request["path"])
    return [
        f"{asked.method} {asked.template}: {fault}"
        for fault in (*_query_faults(asked, request["query"]), *_body_faults(asked, request))
    ]


def sent_faults(simulator: Simulator) -> list[str]:
    """The faults of all REST requests the simulator has got; there must have been one."""
    entries = simulator.world.journal.entries
    sent = [each for each in entries if each["path"].startswith("/restapi/v")]
    assert sent, "nothing was asked"
    return [fault for request in sent for fault in request_faults(request)]


def example_answers(asked: Operation) -> list[Json]:
    """The specification's own answers, last one made up of the examples of the fields."""
    _, content = asked.answer()
    named = (_resolved(each)["value"] for each in content.get("examples", {}).values())
    own = [content["example"]] if "example" in content else []
    return [_last_page(each) for each in (*own, *named, sample(content["schema"]))]


def sample(schema: Json, depth: int = 0) -> Json:
    """A value with every field that `schema` lists; examples of the specification first."""
    schema = _resolved(schema)
    if "allOf" in schema or "properties" in schema:
        return _sample_object(schema, depth)
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            return sample(schema[keyword][0], depth)
    if schema.get("type") == "array":
        return [sample(schema["items"], depth + 1)] if depth < _DEEPEST else []
    return _sample_leaf(schema)


def mutants(value: Json, *, spared: str = "") -> Iterator[tuple[str, Json]]:
    """`value` with one part after the other missing, extreme, of another type or not alone.

    With the JSON path of what was done. What is below the field `spared` stays.
    """
    for path in _paths(value, spared=spared):
        where = "".join(f"[{step!r}]" for step in path) or "everything"
        old = _at(value, path)
        for extreme in (*_EXTREMES, *_respelt(old)):
            yield f"{where} = {str(extreme)[:40]!r}", _replaced(value, path, extreme)
        if path:
            yield f"{where} missing", _without(value, path)
        if isinstance(old, dict):
            stuffed = old | {"unheardOf": [{"id": 1}], "": 2**64}
            yield f"{where} with extra fields", _replaced(value, path, stuffed)


def unpaced(platform: Platform, client: httpx.AsyncClient) -> PlatformHttp:
    """REST in the name of `platform` that never waits for the rate limit."""
    minutes = itertools.count(0.0, 61.0)
    limits = RateLimits(clock=lambda: next(minutes))
    return PlatformHttp(platform.session, client, limits=limits, delays_s=())


def give(simulator: Simulator, body: Json, *, status: int = 200) -> None:
    """Let the simulator answer every request with `body` from now on."""
    simulator.world.faults.clear()
    simulator.world.faults.add(
        RequestFault(
            path="/*",
            status=status,
            headers={"Content-Type": "application/json"},
            body=json.dumps(body),
            times=None,
        )
    )


async def check_any_answer(
    simulator: Simulator, asked: Operation, ask: Callable[[], Awaitable[object]], *, list_of: str
) -> None:
    """Assert that `ask` takes the specification's examples, and survives every mutant of them.

    Only UnexpectedAnswer may be raised, and by mutants only. `list_of` names the field with
    the records of a listing, whose insides are for `check_good_records`; empty for none.
    """
    status, _ = asked.answer()
    failed: list[str] = []
    for example in example_answers(asked):
        give(simulator, example, status=status)
        await ask()
        for what, mutant in mutants(example, spared=list_of):
            give(simulator, mutant, status=status)
            try:
                await ask()
            except UnexpectedAnswer:
                pass
            except Exception as error:  # noqa: BLE001  whatever it is, it is a finding
                failed.append(f"{what}: {error!r}")
    assert not failed, "\n".join(failed)


async def check_good_records(
    simulator: Simulator,
    asked: Operation,
    ask: Callable[[], Awaitable[Sequence[T]]],
    *,
    list_of: str = "records",
) -> None:
    """Assert that no bad record in an answer costs the good ones before and behind it."""
    status, content = asked.answer()
    envelope = sample(content["schema"])
    # A next page would have the same records again.
    envelope.pop("navigation", None)
    (record,) = envelope[list_of]

    async def ask_for(*records: Json) -> Sequence[T]:
        give(simulator, envelope | {list_of: list(records)}, status=status)
        return await ask()

    first, last = _marked(record, 9001), _marked(record, 9002)
    good = await ask_for(first, last)
    assert len(good) == 2, f"two good records are read as {good}"
    bad = [mutant for _, mutant in mutants(record)]
    of_the_bad = await ask_for(*bad)
    kept = await ask_for(first, *bad, last)
    lost = [each for each in good if each not in kept]
    assert not lost, f"lost beside bad ones: {lost}"
    assert len(kept) == len(of_the_bad) + 2, "good records are lost beside bad ones"


def _query_faults(asked: Operation, query: Mapping[str, Sequence[str]]) -> Iterator[str]:
    known = asked.parameters("query")
    for name, parameter in known.items():
        if parameter.get("required") and name not in query:
            yield f"the query lacks {name}"
    for name, values in query.items():
        if name not in known:
            yield f"the query must not have {name}"
            continue
        schema = _resolved(known[name]["schema"])
        is_list = schema.get("type") == "array"
        if not is_list and len(values) > 1:
            yield f"the query has {name} {len(values)} times"
        if "" in values:
            yield f"the query has an empty {name}"
        for value in values:
            found = [faults(each, schema["items"] if is_list else schema) for each in _read(value)]
            if all(found):
                yield f"the query's {name}: {found[0]}"


def _body_faults(asked: Operation, request: Mapping[str, Json]) -> Iterator[str]:
    expected = _resolved(asked.details.get("requestBody", {}))
    content, body = expected.get("content", {}), request["body"]
    if body is None:
        if expected.get("required"):
            yield "the body is missing"
        return
    kind = request["headers"].get("content-type", "").partition(";")[0]
    if kind not in content:
        yield f"{kind or 'this kind of'} body instead of {', '.join(content) or 'none'}"
    elif kind == "application/json":
        yield from faults(body, content[kind]["schema"])


def _read(value: str) -> list[Json]:
    """What a value of a query may be meant as."""
    number = [int(value)] if re.fullmatch(r"-?\d+", value) else []
    return [value, *number, *({"true": [True], "false": [False]}.get(value, []))]


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(template)))


def _resolved(node: Json) -> Json:
    while "$ref" in node:
        found = specification()
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def _sample_leaf(schema: Json) -> Json:
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return _DATE_TIME
    samples = {"string": "text", "boolean": True, "integer": 1, "number": 1.5}
    return samples.get(schema.get("type", ""), {})


def _sample_object(schema: Json, depth: int) -> Json:
    fields: dict[str, Json] = {}
    if depth >= _DEEPEST:
        return fields
    for branch in schema.get("allOf", ()):
        part = sample(branch, depth)
        if not isinstance(part, dict):
            return part
        fields |= part
    return fields | {n: sample(p, depth + 1) for n, p in schema.get("properties", {}).items()}


def _last_page(answer: Json) -> Json:
    """`answer` with nothing behind it: the next page would be at RingCentral's own address."""
    navigation = answer.get("navigation") if isinstance(answer, dict) else None
    if not isinstance(navigation, dict) or "nextPage" not in navigation:
        return answer
    return answer | {"navigation": navigation | {"nextPage": {"uri": ""}}}


def _marked(record: Json, number: int) -> Json:
    """`record` with an id of its own, so that nothing takes it for another."""
    marked = copy.deepcopy(record)
    owners = [marked, *(each for each in marked.values() if isinstance(each, dict))]
    owner = next((each for each in owners if "id" in each), marked)
    owner["id"] = number if isinstance(owner.get("id"), int) else str(number)
    return marked


def _respelt(value: Json) -> list[Json]:
    """A number as text and the other way round."""
    if isinstance(value, bool):
        return ["true"]
    if isinstance(value, int | float):
        return [str(value)]
    return [int(value)] if isinstance(value, str) and value.isdecimal() else []


Path = tuple[str | int, ...]


def _paths(value: Json, *, spared: str) -> Iterator[Path]:
    yield ()
    items: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value[:1]))
    for step, part in items:
        if step == spared:
            yield (step,)
        else:
            yield from ((step, *rest) for rest in _paths(part, spared=spared))


def _at(value: Json, path: Path) -> Json:
    for step in path:
        value = value[step]
    return value


def _replaced(value: Json, path: Path, part: Json) -> Json:
    if not path:
        return part
    copied = copy.deepcopy(value)
    _at(copied, path[:-1])[path[-1]] = part
    return copied


def _without(value: Json, path: Path) -> Json:
    copied = copy.deepcopy(value)
    del _at(copied, path[:-1])[path[-1]]
    return copied
