import math

import httpx
import pytest

from rcdesk.simulator.endpoints import rate_group
from rcdesk.simulator.rate_limits import RateExceeded, RateLimits
from tests.simulator.manual_clock import ManualClock

E = "/restapi/v1.0/account/~/extension/~"
A = "/restapi/v1.0/account/~"


@pytest.mark.parametrize(
    ("method", "path", "group"),
    [
        ("GET", E, "light"),
        ("GET", A, "light"),
        ("GET", E + "/presence", "light"),
        ("PUT", E + "/presence", "medium"),
        ("GET", A + "/presence", "heavy"),
        ("POST", E + "/ring-out", "heavy"),
        ("GET", E + "/ring-out/abc", "light"),
        ("DELETE", E + "/ring-out/abc", "heavy"),
        ("GET", E + "/call-log", "heavy"),
        ("GET", E + "/call-log/abc", "heavy"),
        ("GET", E + "/call-log-sync", "heavy"),
        ("GET", E + "/active-calls", "heavy"),
        ("GET", A + "/telephony/sessions/s-1", "light"),
        ("POST", A + "/telephony/sessions/s-1/parties/p-1/hold", "light"),
        ("POST", "/restapi/v1.0/subscription", "medium"),
        ("DELETE", "/restapi/v1.0/subscription/1", "medium"),
        ("POST", "/restapi/oauth/token", "auth"),
        ("POST", "/restapi/oauth/wstoken", "auth"),
        ("GET", "/restapi/oauth/authorize", None),
        ("GET", "/restapi/v1.0", None),
    ],
)
def test_requests_belong_to_their_group(method: str, path: str, group: str | None) -> None:
    assert rate_group(method, path) == group


def test_the_window_slides_and_the_penalty_restarts() -> None:
    clock = ManualClock()
    limits = RateLimits(clock)
    for left in range(4, -1, -1):
        assert limits.take("user", "auth")["X-Rate-Limit-Remaining"] == str(left)
        clock.advance(1)
    with pytest.raises(RateExceeded):
        limits.take("user", "auth")
    limits.take("somebody else", "auth")
    limits.take("user", "light")
    clock.advance(59)
    with pytest.raises(RateExceeded):
        limits.take("user", "auth")
    clock.advance(59)
    with pytest.raises(RateExceeded):
        limits.take("user", "auth")
    clock.advance(60)
    assert limits.take("user", "auth")["X-Rate-Limit-Remaining"] == "4"


async def test_the_answer_names_group_and_wait(
    signed_in: httpx.AsyncClient, clock: ManualClock
) -> None:
    answers = [await signed_in.get(E + "/active-calls") for _ in range(11)]
    assert answers[0].headers["x-rate-limit-group"] == "heavy"
    assert answers[0].headers["x-rate-limit-remaining"] == "9"
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    refused = answers[-1]
    assert refused.headers["retry-after"] == "60"
    assert refused.headers["rcrequestid"]
    assert refused.json()["errors"][0]["errorCode"] == "CMN-301"
    assert (await signed_in.get(E)).status_code == 200
    clock.advance(math.ceil(float(refused.headers["retry-after"])))
    assert (await signed_in.get(E + "/active-calls")).status_code == 200
