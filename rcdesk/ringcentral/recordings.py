"""Call recordings: what they are, and where their sound is."""

import math
from dataclasses import dataclass
from urllib.parse import quote

from rcdesk.core.errors import BadInput
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_messages import RecordingAnswer

_RECORDING = "/restapi/v1.0/account/~/recording"


@dataclass(frozen=True, slots=True)
class Recording:
    """A call's recording; `content_uri` goes to `media.open_media` with RateGroup.HEAVY."""

    id: str
    content_uri: str
    content_type: str = ""
    duration_s: float = 0.0


async def get_recording(http: PlatformHttp, recording_id: str, *, user: bool = True) -> Recording:
    """What a call record's `recording_id` names; they are kept for about 90 days.

    Raises:
        NotFound: it is gone.
        PlatformError, SignedOut: anything else.
    """
    if not recording_id.strip(".~"):
        raise BadInput("That is not the id of a recording.")
    path = f"{_RECORDING}/{quote(recording_id, safe='')}"
    answer = await http.request("GET", path, into=RecordingAnswer, group=RateGroup.HEAVY, user=user)
    seconds = answer.duration
    return Recording(
        id=text(answer.id) or recording_id,
        content_uri=text(answer.content_uri) or f"{path}/content",
        content_type=text(answer.content_type),
        duration_s=seconds if seconds and math.isfinite(seconds) and seconds > 0 else 0.0,
    )
