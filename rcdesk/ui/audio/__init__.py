"""Recordings and voicemails in the windows: played in place, saved as files."""
