"""GET account, extensions, numbers, devices: who the user is and what they have."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator import account_records, call_settings, contacts, directory, number_parser
from rcdesk.simulator.account_state import (
    ACCOUNT,
    EXTENSION,
    AccountState,
    Links,
    check_account,
    extension_asked,
)
from rcdesk.simulator.company import Company, Person, Queue
from rcdesk.simulator.pages import whole_page
from rcdesk.simulator.query import Query

_Json = dict[str, Any]

_V2_EXTENSION = "/restapi/v2/accounts/{account}/extensions/{extension}"
_EXTENSION_STATUSES = ("Enabled", "Disabled", "Frozen", "NotActivated", "Unassigned")
_NUMBER_STATUSES = ("Normal", "Pending", "PortedIn", "Temporary", "Unknown")
_USAGE_TYPES = frozenset(
    (
        *("MainCompanyNumber", "AdditionalCompanyNumber", "CompanyNumber", "DirectNumber"),
        *("CompanyFaxNumber", "FmcBusinessMobileNumber", "InventoryFmcBusinessMobileNumber"),
        *("ForwardedNumber", "ForwardedCompanyNumber", "ContactCenterNumber", "ConferencingNumber"),
        *("MeetingsNumber", "NumberPool", "BusinessMobileNumber", "ELIN", "NumberStorage"),
        *("PartnerBusinessMobileNumber", "NumberPoolPartnerBusinessMobileNumber"),
        *("IntegrationNumber", "InventoryMobileNumber"),
    )
)
_DEVICE_TYPES = ("HardPhone", "SoftPhone", "OtherPhone", "WebRTC", "Room")


def routes(state: AccountState) -> list[Route]:
    """Return the routes of the account and all that belongs to it, over `state`."""
    account = _AccountEndpoints(state)
    own = [
        Route(path, endpoint, methods=["GET"])
        for path, endpoint in (
            (ACCOUNT, account.info),
            (ACCOUNT + "/extension", account.extensions),
            (ACCOUNT + "/call-queues", account.call_queues),
            (EXTENSION, account.extension),
            (EXTENSION + "/phone-number", account.phone_numbers),
            (EXTENSION + "/forwarding-number", account.forwarding_numbers),
            (EXTENSION + "/device", account.devices),
            (EXTENSION + "/features", account.features),
            (_V2_EXTENSION + "/call-flip-numbers", account.call_flip_numbers),
        )
    ]
    return [
        *own,
        *call_settings.routes(state),
        *contacts.routes(state),
        *directory.routes(state),
        *number_parser.routes(state),
    ]


class _AccountEndpoints:
    def __init__(self, state: AccountState) -> None:
        self._state = state

    @property
    def _company(self) -> Company:
        return self._state.company

    def _links(self, request: Request) -> Links:
        return Links(request, self._company)

    def _everybody(self) -> list[Person | Queue]:
        return [*self._company.people, *self._company.queues]

    def _list(self, request: Request, path: str, records: list[_Json]) -> Response:
        return JSONResponse(whole_page(request, self._links(request), path, records))

    async def info(self, request: Request) -> Response:
        check_account(request, self._company)
        return JSONResponse(account_records.account(self._company, self._links(request)))

    async def extension(self, request: Request) -> Response:
        asked = extension_asked(request, self._company)
        links = self._links(request)
        return JSONResponse(account_records.extension_info(asked, self._company, links))

    async def extensions(self, request: Request) -> Response:
        check_account(request, self._company)
        query = Query(request.query_params)
        types = query.choices("type", account_records.EXTENSION_TYPES)
        statuses = query.choices("status", _EXTENSION_STATUSES)
        number, emails = query.digits("extensionNumber"), set(query.texts("email"))
        found = [
            record
            for record in (
                account_records.extension_summary(e, self._company, self._links(request))
                for e in self._everybody()
            )
            if record["type"] in types
            and record["status"] in statuses
            and number in (None, record["extensionNumber"])
            and (not emails or record["contact"].get("email") in emails)
        ]
        return self._list(request, "/extension", found)

    async def phone_numbers(self, request: Request) -> Response:
        asked = extension_asked(request, self._company)
        query = Query(request.query_params)
        usage_types = query.choices("usageType", _USAGE_TYPES)
        statuses = query.choices("status", _NUMBER_STATUSES)
        found = [
            record
            for record in account_records.phone_numbers(asked, self._company, self._links(request))
            if record["usageType"] in usage_types and record["status"] in statuses
        ]
        return self._list(request, f"/extension/{asked.extension_id}/phone-number", found)

    async def forwarding_numbers(self, request: Request) -> Response:
        asked = extension_asked(request, self._company)
        found = account_records.forwarding_numbers(asked, self._company, self._links(request))
        return self._list(request, f"/extension/{asked.extension_id}/forwarding-number", found)

    async def devices(self, request: Request) -> Response:
        asked = extension_asked(request, self._company)
        types = Query(request.query_params).choices("type", _DEVICE_TYPES)
        found = account_records.devices(asked, self._company, self._links(request))
        found = [device for device in found if device["type"] in types]
        return self._list(request, f"/extension/{asked.extension_id}/device", found)

    async def call_flip_numbers(self, request: Request) -> Response:
        asked = extension_asked(request, self._company)
        records = account_records.call_flip_numbers(asked, self._company, self._links(request))
        return JSONResponse({"records": records})

    async def features(self, request: Request) -> Response:
        extension_asked(request, self._company)
        query = Query(request.query_params)
        wanted = set(query.texts("featureId"))
        only_available = query.flag("availableOnly", default=False)
        records = [
            feature
            for feature in account_records.features()
            if (not wanted or feature["id"] in wanted)
            and (feature["available"] or not only_available)
        ]
        return JSONResponse({"records": records})

    async def call_queues(self, request: Request) -> Response:
        check_account(request, self._company)
        member = Query(request.query_params).text("memberExtensionId")
        links = self._links(request)
        people = {person.extension_id for person in self._company.people}
        queues = self._company.queues if member is None or member in people else []
        found = [account_records.call_queue(queue, links) for queue in queues]
        return self._list(request, "/call-queues", found)
