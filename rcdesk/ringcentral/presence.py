"""The user's own presence."""

from rcdesk.core.abilities import Ability
from rcdesk.core.call import Instant
from rcdesk.core.events import PresenceReport
from rcdesk.ringcentral.decode import presence_report
from rcdesk.ringcentral.faults import not_ringcentral
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.http_dates import http_date
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import PresenceBody

_PATH = "/restapi/v1.0/account/~/extension/~/presence"


async def get_presence(
    http: PlatformHttp, *, asked_at: Instant, user: bool = False
) -> PresenceReport:
    """Presence with up to seven active calls, as of `asked_at` (when this is called).

    Raises PlatformError or SignedOut.
    """
    with http.abilities.needed(Ability.PRESENCE):
        response = await http.exchange(
            "GET",
            _PATH,
            group=RateGroup.LIGHT,
            user=user,
            params={"detailedTelephonyState": "true"},
        )
    try:
        body = decode(response.content, PresenceBody)
    except Undecodable:
        raise not_ringcentral(response) from None
    answered_at = http_date(response.headers.get("Date", ""))
    return presence_report(body, asked_at=asked_at, answered_at=answered_at)
