"""The theme in force: tokens turned into a QPalette and one application stylesheet."""

from typing import Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from rcdesk.ui.style.stylesheet import stylesheet
from rcdesk.ui.style.tokens import DARK, LIGHT, TYPE, Palette

Preference = Literal["system", "light", "dark"]

# What Qt falls back to where no desktop has set a font.
_GENERIC_FAMILIES = frozenset({"", "Sans", "Sans Serif", "sans-serif", "DejaVu Sans"})
_PREFERRED_FAMILIES = ("Inter", "Adwaita Sans", "Noto Sans", "Cantarell", "DejaVu Sans")


class Theme(QObject):
    """Dresses the application, and again when the scheme or the preference changes.

    What is painted or iconed by hand listens to `changed`.
    """

    changed = Signal()

    def __init__(self, app: QApplication, preference: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._preference: Preference = "system"
        self._palette: Palette | None = None
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(_application_font(app.font()))
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self.set_preference(preference)

    @property
    def palette(self) -> Palette:
        """Tokens of the scheme in force."""
        return self._palette or LIGHT

    @property
    def preference(self) -> Preference:
        """What the user chose; "system" follows the desktop."""
        return self._preference

    def set_preference(self, preference: str) -> None:
        """Follow the desktop or stay with one scheme; anything unknown means "system"."""
        known = preference in get_args(Preference)
        self._preference = preference if known else "system"  # type: ignore[assignment]  # checked
        # Window frames drawn by the desktop follow this, where the platform can.
        self._app.styleHints().setColorScheme(
            {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(
                self._preference, Qt.ColorScheme.Unknown
            )
        )
        self._apply()

    def color(self, name: str) -> QColor:
        """Colour of a token or of a state, by name.

        Raises:
            AttributeError: there is no such token.
        """
        return QColor(getattr(self.palette, name))

    def _apply(self) -> None:
        palette = DARK if self._is_dark() else LIGHT
        if palette is self._palette:
            return
        self._palette = palette
        self._app.setPalette(_qpalette(palette))
        self._app.setStyleSheet(stylesheet(palette))
        self.changed.emit()

    def _is_dark(self) -> bool:
        if self._preference == "system":
            return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._preference == "dark"


def _application_font(system: QFont) -> QFont:
    font = QFont(system)
    if system.family() in _GENERIC_FAMILIES:
        font.setFamilies(list(_PREFERRED_FAMILIES))
    font.setPixelSize(TYPE.body.size_px)
    return font


def _qpalette(palette: Palette) -> QPalette:
    role = QPalette.ColorRole
    colors = {
        role.Window: palette.window,
        role.WindowText: palette.text,
        role.Base: palette.surface,
        role.AlternateBase: palette.window,
        role.Text: palette.text,
        role.PlaceholderText: palette.text_muted,
        role.Button: palette.surface,
        role.ButtonText: palette.text,
        role.BrightText: palette.danger,
        role.Highlight: palette.accent,
        role.HighlightedText: palette.accent_text,
        role.Accent: palette.accent,
        role.Link: palette.accent,
        role.LinkVisited: palette.accent,
        role.ToolTipBase: palette.surface_raised,
        role.ToolTipText: palette.text,
        role.Light: palette.hover,
        role.Midlight: palette.hover,
        role.Mid: palette.border,
        role.Dark: palette.border_strong,
        role.Shadow: palette.shadow,
    }
    made = QPalette()
    for which, value in colors.items():
        made.setColor(which, QColor(value))
    disabled = QPalette.ColorGroup.Disabled
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(disabled, which, QColor(palette.text_disabled))
    return made
