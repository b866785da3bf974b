import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import pytest_asyncio
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from rcdesk.simulator.company import Company
from rcdesk.simulator.history import CallLog
from rcdesk.simulator.live_calls import CallEnd
from rcdesk.simulator.server import Simulator, running
from rcdesk.simulator.tokens import Lifetimes
from tests.simulator.manual_clock import ManualClock

# Loading the authorities' certificates anew for each client would take most of a test's time.
TLS = httpx.create_ssl_context()
SPECIFICATION = Path(__file__).parents[2] / "../shared/platform/openapi.json"
ACCOUNT = "/restapi/v1.0/account/{accountId}"
EXTENSION = ACCOUNT + "/extension/{extensionId}"
SESSION = ACCOUNT + "/telephony/sessions/{telephonySessionId}"
PARTY = SESSION + "/parties/{partyId}"
SUBSCRIPTION = "/restapi/v1.0/subscription"
ERROR = {"$ref": "#/components/schemas/ApiErrorResponseModel"}
ADDRESS = re.compile(r"(https?|wss?)://[^\s/]+(/\S*)?|sips?:[^\s@]+@\S+")

pytestmark = pytest.mark.skipif(
    not SPECIFICATION.exists(), reason=f"the platform's specification is not at {SPECIFICATION}"
)

CHECKER = jsonschema.FormatChecker(formats=("date-time", "email"))


@CHECKER.checks("int64")
def is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@CHECKER.checks("int32")
def is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@CHECKER.checks("uri")
def is_address(value: object) -> bool:
    return not isinstance(value, str) or ADDRESS.fullmatch(value) is not None


EVENTS = {
    "extension/~/presence": "ExtensionPresenceEvent",
    "extension/~/presence?detailedTelephonyState=true": "DetailedExtensionPresenceEvent",
    "extension/~/presence?detailedTelephonyState=true&sipData=true": (
        "DetailedExtensionPresenceWithSIPEvent"
    ),
    "presence": "AccountPresenceEvent",
    "extension/~/telephony/sessions": "ExtensionTelephonySessionsEvent",
    "telephony/sessions": "AccountTelephonySessionsEvent",
}
# Beside what the specification lists, the vendor's samples and recordings have these.
SEEN_BESIDE = {
    **dict.fromkeys(EVENTS.values(), ("ownerId",)),
    "PresenceInfoResponse": ("totalActiveCalls",),
    "ExtensionPresenceEventBody": ("meetingStatus",),
    "WebSocketDeliveryMode": ("encryption",),
}


@cache
def specification() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    for name, seen in SEEN_BESIDE.items():
        document["components"]["schemas"][name]["properties"] |= {each: {} for each in seen}
    return document


@cache
def registry() -> Any:
    schemas = specification()["components"]["schemas"]
    converted = {name: as_json_schema(schema) for name, schema in schemas.items()}
    resource = DRAFT202012.create_resource({"components": {"schemas": converted}})
    return Registry().with_resource("openapi:", resource)


def as_json_schema(schema: Any) -> dict[str, Any]:
    """An OpenAPI 3.0 schema in the words of JSON Schema 2020-12; refs lead into `registry`."""
    if "$ref" in schema:
        return {"$ref": f"openapi:{schema['$ref']}"}
    converted: dict[str, Any] = dict(schema)
    converted.pop("discriminator", None)
    for keyword in ("allOf", "anyOf", "oneOf"):
        if keyword in schema:
            converted[keyword] = [as_json_schema(branch) for branch in schema[keyword]]
    if "properties" in schema:
        converted["properties"] = {n: closed(p) for n, p in schema["properties"].items()}
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            converted[keyword] = closed(schema[keyword])
    if converted.pop("nullable", False):
        return {"anyOf": [converted, {"type": "null"}]}
    return converted


def closed(schema: Any) -> dict[str, Any]:
    """Let no properties through but those listed: a misspelt optional one would be valid."""
    converted = as_json_schema(schema)
    return converted | {"unevaluatedProperties": False} if is_listed(schema) else converted


def is_listed(schema: Any) -> bool:
    if "$ref" in schema:
        schemas = specification()["components"]["schemas"]
        return is_listed(schemas[schema["$ref"].rpartition("/")[2]])
    return "properties" in schema or any(
        is_listed(branch) for k in ("allOf", "anyOf", "oneOf") for branch in schema.get(k, [])
    )


def faults(body: Any, schema: dict[str, Any], *, others_allowed: bool = False) -> list[str]:
    validator = jsonschema.Draft202012Validator(
        as_json_schema(schema) if others_allowed else closed(schema),
        registry=registry(),
        format_checker=CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def response_schema(method: str, template: str, status: int) -> dict[str, Any] | None:
    """What the specification says about this answer's JSON; None where it has no body."""
    document = specification()
    responses = document["paths"][template][method.lower()]["responses"]
    response = responses[str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = response.get("content")
    return None if content is None else content["application/json"]["schema"]


@dataclass(frozen=True)
class Case:
    method: str
    template: str
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    status: int = 200

    def __str__(self) -> str:
        name = re.sub(r"^/restapi(/v1\.0)?(/account/{accountId})?|{|}", "", self.template)
        return f"{self.method}-{name.strip('/')}-{'&'.join(self.query)}"


CALL_LOG = {"dateFrom": "2020-01-01", "perPage": "max"}
READS = [
    Case("GET", ACCOUNT),
    Case("GET", EXTENSION),
    Case("GET", EXTENSION + "/phone-number"),
    Case("GET", EXTENSION + "/phone-number", {"usageType": "DirectNumber"}),
    Case("GET", EXTENSION + "/forwarding-number"),
    Case("GET", EXTENSION + "/device"),
    Case("GET", EXTENSION + "/caller-id"),
    Case("GET", EXTENSION + "/features"),
    Case("GET", ACCOUNT + "/extension"),
    Case("GET", ACCOUNT + "/extension", {"perPage": "5", "page": "2"}),
    Case("GET", ACCOUNT + "/directory/entries"),
    Case("GET", ACCOUNT + "/call-queues"),
    Case("GET", EXTENSION + "/call-log", CALL_LOG),
    Case("GET", EXTENSION + "/call-log", CALL_LOG | {"view": "Detailed"}),
    Case("GET", EXTENSION + "/call-log", CALL_LOG | {"perPage": "7", "page": "3"}),
    Case("GET", EXTENSION + "/call-log", {"dateTo": "2020-01-01"}),
    Case("GET", EXTENSION + "/call-log/{callRecordId}"),
    Case("GET", EXTENSION + "/call-log/{callRecordId}", {"view": "Detailed"}),
    Case("GET", ACCOUNT + "/call-log", CALL_LOG | {"view": "Detailed"}),
    Case("GET", EXTENSION + "/call-log-sync", {"syncType": "FSync", "recordCount": "250"}),
    Case("GET", EXTENSION + "/active-calls"),
    Case("GET", EXTENSION + "/active-calls", {"view": "Detailed"}),
    Case("GET", ACCOUNT + "/active-calls", {"view": "Detailed"}),
    Case("GET", EXTENSION + "/presence"),
    Case("GET", EXTENSION + "/presence", {"detailedTelephonyState": "true", "sipData": "true"}),
    Case("GET", ACCOUNT + "/presence"),
    Case("GET", ACCOUNT + "/presence", {"detailedTelephonyState": "true"}),
    Case("GET", SESSION),
    Case("GET", SUBSCRIPTION),
    Case("GET", "/restapi"),
    Case("GET", "/.well-known/openid-configuration"),
    Case("GET", EXTENSION + "/presence", {"sipData": "false"}),
    Case("GET", ACCOUNT + "/presence", {"perPage": "3", "page": "2"}),
    Case("POST", "/restapi/oauth/wstoken"),
]
WRITES = [
    Case("PUT", EXTENSION + "/presence", body={"dndStatus": "DoNotAcceptAnyCalls"}),
    Case(
        "POST",
        EXTENSION + "/ring-out",
        body={"from": {"phoneNumber": "+14155550177"}, "to": {"phoneNumber": "+12125550199"}},
    ),
    Case("GET", EXTENSION + "/ring-out/{ringoutId}"),
    Case("DELETE", EXTENSION + "/ring-out/{ringoutId}", status=204),
    Case("DELETE", EXTENSION + "/call-log", status=204),
    Case("DELETE", SESSION, status=204),
    Case("POST", PARTY + "/hold"),
    Case("POST", PARTY + "/park", status=201),
    Case("POST", PARTY + "/transfer", body={"extensionNumber": "102"}),
]
REFUSALS = [
    Case("GET", EXTENSION + "/call-log", {"perPage": "x"}, status=400),
    Case("GET", EXTENSION + "/call-log", {"sessionId": "1", "type": "Fax"}, status=400),
    Case("GET", EXTENSION + "/call-log-sync", {"syncType": "ISync", "syncToken": "x"}, status=400),
    Case("GET", EXTENSION + "/call-log/nothing", status=404),
    Case("GET", ACCOUNT + "/extension/1", status=404),
    Case("GET", "/restapi/v1.0/account/1", status=404),
    Case("GET", EXTENSION + "/ring-out/nothing", status=404),
    Case("GET", ACCOUNT + "/telephony/sessions/nothing", status=404),
    Case("GET", SUBSCRIPTION + "/nothing", status=404),
    Case("POST", EXTENSION + "/ring-out", body={}, status=400),
    Case("POST", EXTENSION + "/ring-out", body=[], status=400),
    Case("GET", EXTENSION + "/presence", {"detailedTelephonyState": "maybe"}, status=400),
    Case("GET", "/restapi/v1.0/account/1/presence", status=404),
    Case("POST", SUBSCRIPTION, body={"eventFilters": []}, status=400),
    Case("PUT", EXTENSION + "/presence", body={"dndStatus": "Maybe"}, status=400),
    Case("POST", PARTY + "/unhold", status=409),
    Case("GET", "/restapi/v1.0/nothing", status=404),
    Case("DELETE", EXTENSION, status=405),
]


@cache
def one_of_each() -> str:
    """A JSON list with one call of each kind, the user's before their colleagues'."""
    log = CallLog.seeded(Company.seeded(1), 2500, 1, datetime.now(UTC))
    assert log.colleagues is not None
    calls = [*log.records, *log.colleagues.records[:20]]
    kinds: dict[Any, dict[str, Any]] = {}
    for call in calls:
        kind = (call["action"], call["result"], *sorted(call), *call["from"], *call["to"])
        kinds.setdefault(kind, call)
    return json.dumps(list(kinds.values()))


Ids = dict[str, str]


@contextlib.asynccontextmanager
async def furnished() -> AsyncIterator[tuple[httpx.AsyncClient, Ids]]:
    """A client, signed in, and one of everything that a path can name.

    The history holds every kind of call.
    """
    async with (
        running(clock=ManualClock(), calls=0) as simulator,
        httpx.AsyncClient(base_url=simulator.url, verify=TLS) as client,
    ):
        world = simulator.world
        world.rate_limits.limits = dict.fromkeys(world.rate_limits.limits, 1000)
        session = world.tokens.sign_in(Lifetimes())
        client.headers["Authorization"] = f"Bearer {session.current.access}"
        for record in json.loads(one_of_each()):
            world.call_log.add(record)
        queue = world.company.queues[0]
        user, caller = world.call_end(simulator.username), world.call_end("+12125550199")
        call = world.calls.start("Inbound", caller, user)
        world.calls.start("Outbound", user, world.call_end("101"))
        world.calls.start("Inbound", CallEnd(""), world.call_end(queue.number), queue=queue)
        world.calls.act(call, "answer")
        world.calls.act(world.calls.start("Inbound", caller, user), "hangup")
        ring_out = world.ring_outs.start("+14155550177", "+12125550199")
        yield (
            client,
            {
                "accountId": "~",
                "extensionId": "~",
                "callRecordId": world.call_log.records[0]["id"],
                "telephonySessionId": call.telephony_session_id,
                "partyId": call.party_id,
                "ringoutId": ring_out.id,
            },
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[tuple[httpx.AsyncClient, Ids]]:
    """For what changes nothing."""
    async with furnished() as client_and_ids:
        yield client_and_ids


async def ask(http: httpx.AsyncClient, ids: Ids, case: Case) -> httpx.Response:
    path = case.template.format_map(ids)
    answer = await http.request(case.method, path, params=case.query, json=case.body)
    assert answer.status_code == case.status, answer.text
    return answer


def misfits(case: Case, answer: httpx.Response) -> list[str]:
    schema = response_schema(case.method, case.template, case.status)
    if schema is None:
        return [answer.text] if answer.content else []
    assert answer.headers["Content-Type"] == "application/json"
    return faults(answer.json(), schema)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", READS, ids=str)
async def test_what_is_read_fits_the_specification(
    case: Case, shared: tuple[httpx.AsyncClient, Ids]
) -> None:
    assert misfits(case, await ask(*shared, case)) == []


@pytest.mark.parametrize("case", WRITES, ids=str)
async def test_what_changes_something_answers_as_specified(case: Case) -> None:
    async with furnished() as (client, ids):
        assert misfits(case, await ask(client, ids, case)) == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", REFUSALS, ids=str)
async def test_refusals_fit_the_specification(
    case: Case, shared: tuple[httpx.AsyncClient, Ids]
) -> None:
    body = (await ask(*shared, case)).json()
    assert faults(body, ERROR, others_allowed=True) == []
    assert body["message"]


async def test_a_missing_token_is_refused_as_specified(http: httpx.AsyncClient) -> None:
    answer = await http.get(EXTENSION.format(accountId="~", extensionId="~"))
    assert answer.status_code == 401
    assert faults(answer.json(), ERROR, others_allowed=True) == []


async def test_too_many_requests_are_refused_as_specified(
    signed_in: httpx.AsyncClient, simulator: Simulator
) -> None:
    simulator.world.rate_limits.limits["heavy"] = 0
    answer = await signed_in.get(f"{ACCOUNT.format(accountId='~')}/call-log")
    assert answer.status_code == 429
    assert faults(answer.json(), ERROR, others_allowed=True) == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"grant_type": "password"}, 200),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, 200),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400),
        ({"grant_type": "something"}, 400),
    ],
)
async def test_tokens_fit_the_specification(
    form: dict[str, str], status: int, http: httpx.AsyncClient, simulator: Simulator
) -> None:
    user = {
        "username": simulator.username,
        "password": simulator.password,
        "assertion": simulator.jwt,
    }
    basic = httpx.BasicAuth(simulator.client_id, simulator.client_secret)
    answer = await http.post("/restapi/oauth/token", data=user | form, auth=basic)

    assert answer.status_code == status
    schema = response_schema("POST", "/restapi/oauth/token", status)
    assert schema is not None
    assert faults(answer.json(), schema, others_allowed=status != 200) == []


async def test_subscriptions_fit_the_specification(connect: Callable[..., Any]) -> None:
    gateway = await connect()
    prefix = ACCOUNT.format(accountId="~")
    subscription = await gateway.subscribe(f"{prefix}/extension/~/presence", "/nonsense")
    assert faults(subscription, {"$ref": "#/components/schemas/SubscriptionInfo"}) == []


@pytest.mark.parametrize(("event_filter", "schema"), EVENTS.items())
async def test_events_fit_the_specification(
    event_filter: str,
    schema: str,
    connect: Callable[..., Any],
    start_call: Callable[..., Any],
    simulator: Simulator,
) -> None:
    gateway = await connect()
    await gateway.subscribe(f"{ACCOUNT.format(accountId='~')}/{event_filter}")
    await start_call(direction="Inbound", queue=simulator.world.company.queues[0].name)
    event = await gateway.event()

    assert faults(event, {"$ref": f"#/components/schemas/{schema}"}) == []
