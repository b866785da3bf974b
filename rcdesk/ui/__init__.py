"""Windows, popups and the tray."""
