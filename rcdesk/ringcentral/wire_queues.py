"""Call queues and extension features."""

from rcdesk.ringcentral.wire import ExtensionRef, Navigation, Text, Wire


class CallQueueEntry(Wire):
    """A call queue in a list or beside a member's availability."""

    id: Text = None
    extension_number: Text = None
    name: Text = None
    status: Text = None
    editable_member_status: bool | None = None


class CallQueuesAnswer(Wire):
    """One page of call queues."""

    records: list[CallQueueEntry] | None = None
    navigation: Navigation | None = None


class QueueMembersAnswer(Wire):
    """One page of a queue's members."""

    records: list[ExtensionRef] | None = None
    navigation: Navigation | None = None


class QueuePresenceEntry(Wire):
    """Whether the user takes calls of one queue."""

    call_queue: CallQueueEntry | None = None
    accept_calls: bool | None = None


class QueuePresenceAnswer(Wire):
    """GET and PUT call-queue-presence."""

    records: list[QueuePresenceEntry] | None = None


class FeatureParam(Wire):
    """A limit or a detail of a feature."""

    name: Text = None
    value: Text = None


class FeatureReason(Wire):
    """Why a feature is not available."""

    code: Text = None
    message: Text = None
    permission: Text = None


class FeatureEntry(Wire):
    """One feature of the extension."""

    id: Text = None
    available: bool | None = None
    params: list[FeatureParam] | None = None
    reason: FeatureReason | None = None


class FeaturesAnswer(Wire):
    """GET features."""

    records: list[FeatureEntry] | None = None
