"""What Qt does not tell about an X11 desktop: who owns its well-known selections."""

COMPOSITOR = "_NET_WM_CM_S0"
"""Owned by a running compositor (EWMH, "Compositing Managers")."""
TRAY = "_NET_SYSTEM_TRAY_S0"
"""Owned by a panel with an XEmbed tray (freedesktop.org System Tray Protocol)."""


def selection_is_owned(selection: str) -> bool:
    """Whether the selection has an owner; False where there is no X server or no libX11."""
    from ctypes import CDLL, c_char_p, c_int, c_ulong, c_void_p  # noqa: PLC0415 - rarely asked

    try:
        x11 = CDLL("libX11.so.6")
    except OSError:
        return False
    x11.XOpenDisplay.restype = c_void_p
    x11.XInternAtom.restype = x11.XGetSelectionOwner.restype = c_ulong
    x11.XOpenDisplay.argtypes = [c_char_p]
    x11.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
    x11.XGetSelectionOwner.argtypes = [c_void_p, c_ulong]
    x11.XCloseDisplay.argtypes = [c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    try:
        atom = x11.XInternAtom(display, selection.encode(), 0)
        return bool(x11.XGetSelectionOwner(display, atom))
    finally:
        x11.XCloseDisplay(display)
