"""`python -m rcdesk.ui.grab FILE`: a picture of the whole X11 screen, for the tour."""

import sys

from PySide6.QtGui import QGuiApplication


def main() -> int:
    """Save the picture; the exit code says whether that worked."""
    QGuiApplication(sys.argv[:1])
    screen = QGuiApplication.primaryScreen()
    return 0 if screen.grabWindow(0).save(sys.argv[1], "PNG") else 1


if __name__ == "__main__":
    sys.exit(main())
