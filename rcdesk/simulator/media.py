"""GET recording and its content, and the content of messages: real files, in parts if asked."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_state import (
    ACCOUNT,
    EXTENSION,
    Links,
    check_account,
    own_extension_asked,
)
from rcdesk.simulator.audio import Audio
from rcdesk.simulator.errors import resource_not_found
from rcdesk.simulator.ranges import answer

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.world import World


def routes(world: World) -> list[Route]:
    """Return the routes of everything binary."""

    async def recording(request: Request) -> Response:
        check_account(request, world.company)
        recording_id = request.path_params["recording"]
        sound = _recording(world, recording_id)
        links = Links(request, world.company)
        return JSONResponse(
            {
                "id": recording_id,
                "contentUri": f"{links.account}/recording/{recording_id}/content",
                "contentType": sound.content_type,
                "duration": sound.duration_s,
            }
        )

    async def recording_content(request: Request) -> Response:
        check_account(request, world.company)
        recording_id = request.path_params["recording"]
        return answer(request, _recording(world, recording_id), f"recording-{recording_id}.wav")

    async def attachment(request: Request) -> Response:
        own_extension_asked(request, world.company)
        message = world.mailbox.store.get(request.path_params["message"])
        if message is None:
            raise resource_not_found("messageId")
        attachment_id = request.path_params["attachment"]
        if attachment_id not in message.contents:
            raise resource_not_found("attachmentId")
        content, _about = message.contents[attachment_id]
        ending = mimetypes.guess_extension(content.content_type) or ""
        return answer(request, content, f"{message.type}-{attachment_id}{ending}")

    content = EXTENSION + "/message-store/{message}/content/{attachment}"
    return [
        Route(ACCOUNT + "/recording/{recording}", recording, methods=["GET"]),
        Route(ACCOUNT + "/recording/{recording}/content", recording_content, methods=["GET"]),
        Route(content, attachment, methods=["GET"]),
    ]


def _recording(world: World, recording_id: str) -> Audio:
    """Return the sound of a call of the history, as long as the call.

    Raises:
        ApiError: 404, no call has this recording.
    """
    colleagues = world.call_log.colleagues
    for log in (world.call_log, *([colleagues] if colleagues else [])):
        for record in log.records:
            if record.get("recording", {}).get("id") == recording_id:
                return Audio(record["duration"], seed=int(recording_id) // 1000)
    raise resource_not_found("recordingId")
