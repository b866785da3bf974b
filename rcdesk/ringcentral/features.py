"""What the extension may do, and why it may not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_queues import FeatureEntry, FeatureReason, FeaturesAnswer

_PATH = "/restapi/v1.0/account/~/extension/~/features"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of the extension, by RingCentral's id.

    Attributes:
        reason: RingCentral's code of why it is not available (`AccountLimitation`, …).
        message: the same for a person.
        permission: the user permission that would make it available.
        params: limits and details, as text.
    """

    id: str
    is_available: bool
    reason: str = ""
    message: str = ""
    permission: str = ""
    params: dict[str, str] = field(default_factory=dict)


async def list_features(
    http: PlatformHttp,
    ids: Sequence[str] = (),
    *,
    available_only: bool = False,
    user: bool = False,
) -> tuple[Feature, ...]:
    """The features with these ids, or all; raises PlatformError or SignedOut."""
    params: dict[str, str | Sequence[str]] = {}
    if ids:
        params["featureId"] = tuple(ids)
    if available_only:
        params["availableOnly"] = "true"
    answer = await http.request(
        "GET", _PATH, into=FeaturesAnswer, group=RateGroup.MEDIUM, user=user, params=params
    )
    return tuple(_feature(entry) for entry in answer.records or () if entry.id)


def _feature(entry: FeatureEntry) -> Feature:
    reason = entry.reason or FeatureReason()
    return Feature(
        id=text(entry.id),
        is_available=bool(entry.available),
        reason=text(reason.code),
        message=text(reason.message),
        permission=text(reason.permission),
        params={text(param.name): text(param.value) for param in entry.params or () if param.name},
    )
