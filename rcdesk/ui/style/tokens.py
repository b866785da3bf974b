"""Design tokens: every colour, distance and text size that rcdesk's windows may use.

Distances and sizes are logical pixels. Colours are `#rrggbb`. Text colours meet WCAG 2.2 AA
(4.5:1) on every surface of their palette, state colours too; `border_strong` and `focus`
meet the 3:1 that a control's outline needs. tests/ui/test_style.py holds the table.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one colour scheme.

    `window` lies lowest, `surface` (cards, lists, fields) on it, `surface_raised` (popups,
    menus) above both. The `_soft` ones are fills behind text of the same name. From `ringing`
    on each names a state, so that `Theme.color(call.state)` works.
    """

    is_dark: bool
    window: str
    surface: str
    surface_raised: str
    hover: str
    pressed: str
    border: str
    border_strong: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_text: str
    accent_soft: str
    focus: str
    danger: str
    danger_hover: str
    danger_text: str
    danger_soft: str
    success: str
    warning: str
    warning_soft: str
    shadow: str
    ringing: str
    connected: str
    on_hold: str
    parked: str
    missed: str
    voicemail: str
    ended: str
    outgoing: str
    available: str
    busy: str
    dnd: str
    offline: str


LIGHT = Palette(
    is_dark=False,
    window="#f4f5f8",
    surface="#ffffff",
    surface_raised="#ffffff",
    hover="#eceef3",
    pressed="#e1e4ec",
    border="#e2e5ec",
    border_strong="#838a9a",
    text="#171a21",
    text_muted="#565d6d",
    text_disabled="#9aa1af",
    accent="#4a55c9",
    accent_hover="#3f49b3",
    accent_pressed="#353e9b",
    accent_text="#ffffff",
    accent_soft="#eceefb",
    focus="#4a55c9",
    danger="#b8293a",
    danger_hover="#a12131",
    danger_text="#ffffff",
    danger_soft="#fcebed",
    success="#17703b",
    warning="#875100",
    warning_soft="#fdf1dc",
    shadow="#101828",
    ringing="#4a55c9",
    connected="#17703b",
    on_hold="#875100",
    parked="#0b6a80",
    missed="#b8293a",
    voicemail="#7a3fa8",
    ended="#565d6d",
    outgoing="#565d6d",
    available="#17703b",
    busy="#b8293a",
    dnd="#b8293a",
    offline="#565d6d",
)

DARK = Palette(
    is_dark=True,
    window="#131519",
    surface="#1b1e24",
    surface_raised="#23272f",
    hover="#2a2f38",
    pressed="#333945",
    border="#313641",
    border_strong="#7c8495",
    text="#eceef3",
    text_muted="#a7aebd",
    text_disabled="#676e7d",
    accent="#98a4ff",
    accent_hover="#adb6ff",
    accent_pressed="#8490f0",
    accent_text="#12152e",
    accent_soft="#2a2f52",
    focus="#98a4ff",
    danger="#ff8a94",
    danger_hover="#ffa3ab",
    danger_text="#2b0a0e",
    danger_soft="#45242a",
    success="#63d291",
    warning="#f3b95c",
    warning_soft="#42341d",
    shadow="#000000",
    ringing="#98a4ff",
    connected="#63d291",
    on_hold="#f3b95c",
    parked="#66c9de",
    missed="#ff8a94",
    voicemail="#cf9ff3",
    ended="#a7aebd",
    outgoing="#a7aebd",
    available="#63d291",
    busy="#ff8a94",
    dnd="#ff8a94",
    offline="#a7aebd",
)


class Space(NamedTuple):
    """Distances between and inside things."""

    xs: int = 4
    sm: int = 8
    md: int = 12
    lg: int = 16
    xl: int = 24
    xxl: int = 32


class Radius(NamedTuple):
    """Corner radii: chips, controls, cards."""

    sm: int = 6
    md: int = 8
    lg: int = 12


class TextStyle(NamedTuple):
    """Size and weight (100 to 900) of one kind of text."""

    size_px: int
    weight: int


class Type(NamedTuple):
    """Kinds of text, smallest first; `number` is for a number that is being typed or called."""

    caption: TextStyle = TextStyle(12, 400)
    body: TextStyle = TextStyle(14, 400)
    title: TextStyle = TextStyle(16, 600)
    headline: TextStyle = TextStyle(22, 600)
    number: TextStyle = TextStyle(24, 500)


class Control(NamedTuple):
    """Heights and sizes that controls share."""

    height: int = 36
    height_small: int = 28
    icon: int = 18
    icon_small: int = 16
    row: int = 60


SPACE = Space()
RADIUS = Radius()
TYPE = Type()
CONTROL = Control()
