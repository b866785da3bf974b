"""The call history in the main window: filters, the list, a call's details."""
