"""Who is in the call queues, and whose calls the user takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_state import (
    ACCOUNT,
    EXTENSION,
    Links,
    check_account,
    own_extension_asked,
)
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import ApiError, invalid_parameter, resource_not_found
from rcdesk.simulator.pages import whole_page
from rcdesk.simulator.query import Query

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.company import Queue
    from rcdesk.simulator.world import World

_MEMBERS = ACCOUNT + "/call-queues/{queue}/members"
_PRESENCE = EXTENSION + "/call-queue-presence"


def routes(world: World) -> list[Route]:
    """Return the members of a queue, whom the simulator takes to be everybody, and the user's part.

    The last queue of the company does not let its members choose.
    """
    refused: set[str] = set()
    strict = world.company.queues[-1]

    def is_editable(queue: Queue) -> bool:
        return queue is not strict

    def presence(queue: Queue) -> dict[str, Any]:
        told = {
            "id": queue.extension_id,
            "name": queue.name,
            "extensionNumber": queue.extension_number,
            "editableMemberStatus": is_editable(queue),
        }
        return {"callQueue": told, "acceptCalls": queue.extension_id not in refused}

    async def members(request: Request) -> Response:
        check_account(request, world.company)
        queue = _queue(world, request.path_params["queue"], "groupId")
        links = Links(request, world.company)
        records = [
            {
                "uri": links.extension(person.extension_id),
                "id": int(person.extension_id),
                "extensionNumber": person.extension_number,
            }
            for person in world.company.people
        ]
        path = f"/call-queues/{queue.extension_id}/members"
        return JSONResponse(whole_page(request, links, path, records))

    async def read(request: Request) -> Response:
        own_extension_asked(request, world.company)
        only_editable = Query(request.query_params).flag("editableMemberStatus", default=False)
        queues = world.company.queues
        records = [presence(q) for q in queues if is_editable(q) or not only_editable]
        return JSONResponse({"records": records})

    async def change(request: Request) -> Response:
        own_extension_asked(request, world.company)
        asked = _changes(world, await json_object(request))
        for queue, takes_calls in asked:
            if not is_editable(queue):
                raise ApiError(403, "CMN-408", "The queue does not let its members choose")
            (refused.discard if takes_calls else refused.add)(queue.extension_id)
        return JSONResponse({"records": [presence(queue) for queue, _ in asked]})

    return [
        Route(_MEMBERS, members, methods=["GET"]),
        Route(_PRESENCE, read, methods=["GET"]),
        Route(_PRESENCE, change, methods=["PUT"]),
    ]


def _changes(world: World, body: dict[str, Any]) -> list[tuple[Queue, bool]]:
    records = body.get("records")
    if not isinstance(records, list):
        raise invalid_parameter("records")
    changes = []
    for record in records:
        queue = record.get("callQueue") if isinstance(record, dict) else None
        if not isinstance(queue, dict) or not isinstance(record.get("acceptCalls"), bool):
            raise invalid_parameter("records")
        changes.append((_queue(world, str(queue.get("id")), "callQueueId"), record["acceptCalls"]))
    return changes


def _queue(world: World, queue_id: str, name: str) -> Queue:
    for queue in world.company.queues:
        if queue.extension_id == queue_id:
            return queue
    raise resource_not_found(name)
