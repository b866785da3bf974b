"""What the call log's synchronisation adds to `rcdesk.ringcentral.wire`."""

from rcdesk.ringcentral.wire import CallLogEntry, Listing, SyncInfo


class CallLogSyncAnswer(Listing):
    """GET call-log-sync."""

    records: list[CallLogEntry] | None = None
    sync_info: SyncInfo | None = None
