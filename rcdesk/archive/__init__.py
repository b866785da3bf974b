"""The call history on disk: SQLite, one file per account."""
