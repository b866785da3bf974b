"""What becomes of every refusal: how often it is asked again, and what the user reads."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import (
    Conflict,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    RcdeskError,
    Refused,
    ServerTrouble,
    SignedOut,
    UnexpectedAnswer,
)
from rcdesk.ringcentral import contacts
from rcdesk.ringcentral.faults import ServerBusy
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire_account import ExtensionAnswer

PATH = "/restapi/v1.0/account/~/extension/~"
HTML = "<html><title>Sign in to the hotel's network</title></html>"
IN_TROUBLE = r"RingCentral is in trouble \(HTTP {}\): try again later\."
NOT_ALLOWED = "does not allow this for your user: Said by the platform"
NO_FEATURE = "account does not have this feature: Said by the platform"
SIGN_IN_AGAIN = "Signed out by RingCentral: sign in again."


@dataclass(frozen=True)
class Row:
    """A refusal and its consequences; `sent` for GET, what must not be repeated is sent once."""

    status: int
    code: str
    kind: type[RcdeskError]
    sentence: str
    sent: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    detail: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def __str__(self) -> str:
        kind = self.code or ("HTML" if self.body else "empty")
        return "-".join([str(self.status), kind, *self.headers, *self.detail])

    @property
    def answer(self) -> Any:
        if self.body is not None or not self.code:
            return self.body
        entry = {"errorCode": self.code, "message": "Said by the platform", **self.detail}
        return {"errorCode": self.code, "message": entry["message"], "errors": [entry]}


def top_level(code: str) -> dict[str, str]:
    return {"errorCode": code, "message": "Said by the platform"}


def scope(name: str) -> dict[str, str]:
    return {"permissionName": name}


WAIT = {"Retry-After": "40", "X-Rate-Limit-Group": "light"}
AT_ONCE = {"Retry-After": "0", "X-Rate-Limit-Group": "light"}
WAIT_40_S = "RingCentral asks us to wait 40 s."
SAID = "RingCentral refused this: Said by the platform"
TABLE = [
    *(Row(400, code, Refused, SAID) for code in ("CMN-101", "CMN-102", "CMN-103")),
    Row(400, "CMN-101", Refused, r"platform \(dateFrom\)", detail={"parameterName": "dateFrom"}),
    *(Row(400, f"CLG-{n}", Refused, SAID) for n in (101, 102, 103, 104, 105, 110)),
    Row(400, "MSG-333", Refused, SAID),
    Row(400, "OAU-213", Refused, SAID),
    Row(400, "TAS-102", Refused, SAID, body=top_level("TAS-102")),
    *(
        Row(401, code, SignedOut, SIGN_IN_AGAIN, sent=2)
        for code in ("CMN-405", "OAU-128", "OAU-129", "OAU-149", "OAU-210", "OAU-211")
    ),
    Row(401, "", SignedOut, SIGN_IN_AGAIN, sent=2),
    Row(401, "", UnexpectedAnswer, "Something else answered", body=HTML),
    Row(
        403,
        "CMN-401",
        PermissionMissing,
        "The app registration lacks the ReadContacts scope",
        detail=scope("ReadContacts"),
    ),
    Row(403, "CMN-401", PermissionMissing, "lacks a scope it needs here"),
    Row(
        403,
        "CMN-408",
        PermissionMissing,
        "Your RingCentral user lacks the ReadPersonalContacts permission: ask your admin.",
        detail=scope("ReadPersonalContacts"),
    ),
    *(Row(403, f"CMN-{n}", PermissionMissing, NOT_ALLOWED) for n in (402, 404, 408, 419)),
    *(Row(403, f"CMN-{n}", PermissionMissing, NO_FEATURE) for n in (109, 403)),
    Row(403, "OAU-167", Refused, "^Your company does not allow this app to sign in from here"),
    Row(403, "AccessDenied", Refused, SAID, body=top_level("AccessDenied")),
    Row(403, "", UnexpectedAnswer, "Something else answered", body=HTML),
    Row(404, "CMN-102", NotFound, r"does not know this \(any more\): Said by the platform"),
    Row(404, "CMN-120", NotFound, "does not know this"),
    Row(404, "", UnexpectedAnswer, "Something else answered", body=HTML),
    Row(405, "CMN-202", Refused, "RingCentral does not offer this here"),
    Row(409, "TAS-102", Conflict, "The call has moved on", body=top_level("TAS-102")),
    Row(410, "CMN-104", Refused, "RingCentral has removed this"),
    Row(415, "CMN-103", Refused, "does not take this kind of content"),
    *(
        Row(429, code, RateLimited, WAIT_40_S, headers=WAIT)
        for code in ("CMN-301", "CMN-302", "CMN-304", "CMN-310", "MSG-305")
    ),
    Row(429, "CMN-301", RateLimited, "wait 60 s", headers={"X-Rate-Limit-Group": "light"}),
    Row(429, "CMN-302", RateLimited, "wait 30 s"),
    Row(429, "CMN-301", RateLimited, "asks us to wait", sent=3, headers=AT_ONCE),
    Row(429, "", RateLimited, "wait 30 s", body=HTML),
    *(
        Row(status, code, ServerTrouble, IN_TROUBLE.format(status), sent=3)
        for status in (500, 502, 504)
        for code in ("CMN-203", "")
    ),
    Row(502, "", ServerTrouble, IN_TROUBLE.format(502), sent=3, body=HTML),
    Row(503, "CMN-201", ServerTrouble, IN_TROUBLE.format(503)),
    Row(503, "CMN-201", ServerBusy, IN_TROUBLE.format(503), headers={"Retry-After": "600"}),
    Row(503, "CMN-201", ServerBusy, "in trouble", sent=3, headers={"Retry-After": "0"}),
    Row(503, "", ServerTrouble, IN_TROUBLE.format(503), body=HTML),
]
# These prove themselves safe to ask again: the platform says that it has done nothing.
REPEATED_ANYWAY = (401, 429)


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield PlatformHttp(signed_in.session, client, delays_s=(0, 0))


async def ask(http: PlatformHttp, method: str) -> None:
    await http.request(
        method, PATH, into=ExtensionAnswer, group=RateGroup.LIGHT, max_wait_s=5, user=True
    )


async def refuse(control: Any, row: Row) -> None:
    await control.post(
        "faults", path=PATH, status=row.status, headers=row.headers, body=row.answer, times=None
    )


@pytest.mark.parametrize("row", TABLE, ids=str)
async def test_what_becomes_of_a_refusal(row: Row, http: PlatformHttp, control: Any) -> None:
    await refuse(control, row)
    with pytest.raises(RcdeskError, match=row.sentence) as raised:
        await ask(http, "GET")

    assert type(raised.value) is row.kind
    assert len(await control.requests(PATH)) == row.sent
    if isinstance(raised.value, PlatformError):
        assert raised.value.request_id
        assert raised.value.status == row.status
        if row.answer is not None and row.code:
            assert row.code in raised.value.codes
    if isinstance(raised.value, PermissionMissing):
        assert raised.value.permission == row.detail.get("permissionName", "")


@pytest.mark.parametrize("row", {row.status: row for row in TABLE}.values(), ids=str)
async def test_an_order_is_repeated_only_if_it_was_not_carried_out(
    row: Row, http: PlatformHttp, control: Any
) -> None:
    await refuse(control, row)
    with pytest.raises(row.kind):
        await ask(http, "POST")
    expected = row.sent if row.status in REPEATED_ANYWAY else 1
    assert len(await control.requests(PATH)) == expected


async def test_deleting_what_is_gone_is_no_error(http: PlatformHttp, control: Any) -> None:
    gone = "/restapi/v1.0/account/~/extension/~/address-book/contact/5"
    await contacts.delete_contact(http, "5")
    assert len(await control.requests(gone)) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (403, Refused), (404, NotFound), (405, Refused), (409, Conflict)],
)
async def test_an_empty_refusal_with_a_request_id_is_ringcentrals(
    status: int, kind: type, http: PlatformHttp, control: Any
) -> None:
    await control.post("faults", path=PATH, status=status, times=1)
    with pytest.raises(kind):
        await ask(http, "GET")


async def test_an_endless_refusal_is_a_short_one(http: PlatformHttp, control: Any) -> None:
    entry = {"errorCode": "CMN-401", "message": "m " * 50_000, "permissionName": "p" * 50_000}
    entries = [entry, *({"errorCode": f"X-{number}" * 100} for number in range(500))]
    await control.post("faults", path=PATH, status=403, body={"errors": entries}, times=None)
    with pytest.raises(PermissionMissing) as raised:
        await ask(http, "GET")
    assert "CMN-401" in raised.value.codes
    assert len(f"{raised.value} {raised.value.permission} {raised.value.codes}") < 2000


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (
            "Access to the resource for account 400123456008 extension 400987654008 is forbidden",
            "Access to the resource for the extension is forbidden",
        ),
        ("Not allowed for account 400123456008", "Not allowed for the account"),
        ("Extension [400987654008] not found", "the extension not found"),
        ("See account/400123456008/extension/400987654008", "See the extension"),
        ("Extension id: 400987654008, account id: 400123456008", "the extension, the account"),
        ("The user 400987654008 is disabled", "the user is disabled"),
        ("Extension 12345678 is disabled", "Extension 12345678 is disabled"),
        ("The number +16505550100 is not valid", "The number +16505550100 is not valid"),
    ],
)
async def test_nobody_reads_the_platforms_ids(
    said: str, read: str, http: PlatformHttp, control: Any
) -> None:
    for status, code in ((403, "CMN-404"), (400, "CMN-101")):
        body = {"errorCode": code, "message": said}
        await control.post("faults", path=PATH, status=status, body=body, times=1)
        with pytest.raises(Refused) as raised:
            await ask(http, "GET")
        assert str(raised.value).endswith(f": {read}")
