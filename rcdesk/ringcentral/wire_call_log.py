"""What the call log's synchronisation adds to `rcdesk.ringcentral.wire`."""

from rcdesk.ringcentral.wire import CallLogEntry, Listing, Text, Wire


class SyncInfo(Wire):
    """Where a synchronisation stands."""

    sync_type: Text = None
    sync_token: Text = None
    sync_time: Text = None


class CallLogSyncAnswer(Listing):
    """GET call-log-sync."""

    records: list[CallLogEntry] | None = None
    sync_info: SyncInfo | None = None
