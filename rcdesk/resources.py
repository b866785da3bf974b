"""Where the files shipped with rcdesk are: icons, sounds, translations."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource_path(relative: str) -> Path:
    """Path of a shipped file, in a wheel and in a source tree alike."""
    packaged = _PACKAGE / "resources" / relative
    return packaged if packaged.exists() else _PACKAGE.parent / "resources" / relative
