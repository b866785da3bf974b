"""Call records as they are answered: with addresses, in one of two views."""

from typing import Any

from rcdesk.simulator.account_state import Links
from rcdesk.simulator.past_legs import leg_from

_Json = dict[str, Any]

SIMPLE = "Simple"
DETAILED = "Detailed"
VIEWS = (SIMPLE, DETAILED)

_DETAILED_ONLY = frozenset({"legs", "legType", "lastModifiedTime"})


def rendered(record: _Json, links: Links, user_id: str, view: str) -> _Json:
    """Return a stored record in `view`, with URIs; a record without owner is the user's."""
    owner = record.get("extension", {}).get("id", int(user_id))
    extension = links.extension(owner)
    answer = _with_addresses(record, links, extension)
    for key in _DETAILED_ONLY:
        answer.pop(key, None)
    if view == DETAILED:
        legs = record.get("legs") or [
            leg_from(record, record.get("legType", "Accept"), master=True)
        ]
        answer["legs"] = [_with_addresses(leg, links, extension) for leg in legs]
        if "lastModifiedTime" in record:
            answer["lastModifiedTime"] = record["lastModifiedTime"]
    return {"uri": f"{extension}/call-log/{record['id']}?view={view}"} | answer


def _with_addresses(record: _Json, links: Links, extension: str) -> _Json:
    answer = record.copy()
    for end in ("from", "to"):
        device = record.get(end, {}).get("device")
        if device is not None:
            answer[end] = record[end] | {
                "device": {"uri": links.device(device["id"]), **device},
            }
    if "extension" in record:
        owner = record["extension"]["id"]
        answer["extension"] = {"uri": links.extension(owner), "id": owner}
    if "recording" in record:
        uri = f"{links.account}/recording/{record['recording']['id']}"
        answer["recording"] = {
            "uri": uri,
            **record["recording"],
            "contentUri": f"{uri}/content",
        }
    if "message" in record:
        message = record["message"]
        answer["message"] = {"uri": f"{extension}/message-store/{message['id']}", **message}
    return answer
