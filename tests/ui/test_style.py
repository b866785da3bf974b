import gc
from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rcdesk.resources import resource_path
from rcdesk.signin import look
from rcdesk.ui.style.icons import icon, pixmap
from rcdesk.ui.style.stylesheet import stylesheet
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import DARK, LIGHT, SPACE, TYPE, Palette

ICONS = sorted(path.stem for path in resource_path("icons").glob("*.svg"))
TINTED = [
    name
    for name in ICONS
    if "currentColor" in resource_path(f"icons/{name}.svg").read_text("utf-8")
]
STATES = [field.name for field in fields(LIGHT)][-12:]
GROUNDS = ("window", "surface", "surface_raised", "hover")
SCHEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture
def plain_app(qapp: QApplication) -> Iterator[QApplication]:
    sheet, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    yield qapp
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setFont(font)
    qapp.styleHints().setColorScheme(Qt.ColorScheme.Unknown)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@SCHEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    "text", ["text", "text_muted", "accent", "danger", "success", "warning", *STATES]
)
def test_text_meets_aa_on_every_ground(palette: Palette, ground: str, text: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@SCHEMES
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("accent_text", "accent"),
        ("accent_text", "accent_hover"),
        ("accent_text", "accent_pressed"),
        ("danger_text", "danger"),
        ("danger_text", "danger_hover"),
        ("accent", "accent_soft"),
        ("danger", "danger_soft"),
        ("warning", "warning_soft"),
        ("text", "accent_soft"),
        ("text", "warning_soft"),
        ("text", "danger_soft"),
        ("text", "pressed"),
        ("text_muted", "accent_soft"),
    ],
)
def test_text_meets_aa_on_its_fill(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@SCHEMES
@pytest.mark.parametrize("outline", ["border_strong", "focus"])
@pytest.mark.parametrize("ground", ["window", "surface", "surface_raised"])
def test_outlines_of_controls_are_seen(palette: Palette, outline: str, ground: str) -> None:
    assert contrast(getattr(palette, outline), getattr(palette, ground)) >= 3


@SCHEMES
def test_every_colour_is_one(palette: Palette) -> None:
    for field in fields(palette):
        value = getattr(palette, field.name)
        assert isinstance(value, bool) or QColor(value).name() == value


def test_scales_grow() -> None:
    assert list(SPACE) == sorted(set(SPACE))
    sizes = [style.size_px for style in TYPE]
    assert sizes == sorted(sizes)


@SCHEMES
def test_the_stylesheet_is_understood(
    palette: Palette, plain_app: QApplication, qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    plain_app.setStyleSheet(stylesheet(palette))
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    button, card = QPushButton("Dial"), QFrame()
    button.setProperty("kind", "primary")
    card.setProperty("card", True)
    for widget in (button, QLineEdit(), card):
        column.addWidget(widget)
    window.resize(200, 200)
    image = window.grab().toImage()
    middle = button.geometry().center()
    assert image.pixelColor(button.geometry().left() + 6, middle.y()).name() == palette.accent
    assert "Could not parse" not in capfd.readouterr().err


def test_the_preference_is_followed(plain_app: QApplication, qtbot: QtBot) -> None:
    theme = Theme(plain_app, "light")
    assert theme.palette is LIGHT
    with qtbot.waitSignal(theme.changed):
        theme.set_preference("dark")
    assert theme.palette is DARK
    assert theme.color("missed").name() == DARK.missed
    assert plain_app.palette().window().color().name() == DARK.window
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_preference("dark")


@pytest.mark.parametrize("preference", ["system", "sepia", ""])
def test_what_is_no_scheme_means_the_desktops(plain_app: QApplication, preference: str) -> None:
    assert Theme(plain_app, preference).preference == "system"


def test_a_colour_without_a_token_is_refused(plain_app: QApplication) -> None:
    with pytest.raises(AttributeError):
        Theme(plain_app, "light").color("mauve")


@pytest.mark.parametrize("name", ICONS)
@pytest.mark.parametrize(("size_px", "dpr"), [(16, 1.0), (20, 1.5), (24, 2.0)])
def test_icons_are_drawn_at_the_screens_resolution(
    qapp: QApplication, name: str, size_px: int, dpr: float
) -> None:
    drawn = pixmap(name, size_px, "#123456", dpr)
    assert drawn.deviceIndependentSize().toSize().width() == size_px
    assert drawn.width() == round(size_px * dpr)
    assert opaque_pixels(drawn.toImage()) > 5


@pytest.mark.parametrize("name", TINTED)
def test_icons_take_the_colour_they_are_given(qapp: QApplication, name: str) -> None:
    image = pixmap(name, 64, QColor("#c01020")).toImage()
    solid = [
        color
        for x in range(64)
        for y in range(64)
        if (color := image.pixelColor(x, y)).alpha() == 255
    ]
    assert solid
    # Blending rounds.
    assert all(abs(color.red() - 0xC0) < 3 and abs(color.blue() - 0x20) < 3 for color in solid)


def test_an_icon_has_sizes_for_both_densities_and_fades_when_disabled(qapp: QApplication) -> None:
    drawn = icon("phone", "#000000")
    assert {size.width() for size in drawn.availableSizes()} >= {16, 20, 24, 32, 40, 48}
    assert icon("phone", "#000000") is drawn
    faded = drawn.pixmap(48, drawn.Mode.Disabled).toImage()
    assert max(faded.pixelColor(x, y).alpha() for x in range(48) for y in range(48)) < 128


def test_an_icon_is_as_sharp_as_the_screen_whatever_its_size(qapp: QApplication) -> None:
    drawn = icon("phone", "#000000").pixmap(QSize(30, 18), 1.5)
    assert (drawn.width(), drawn.height(), drawn.devicePixelRatio()) == (27, 27, 1.5)
    assert opaque_pixels(drawn.toImage()) > 20


def test_an_icon_may_have_a_colour_of_its_own_while_disabled(qapp: QApplication) -> None:
    drawn = icon("phone", "#ffffff", disabled="#c01020")
    faded, plain = (
        drawn.pixmap(64, mode).toImage() for mode in (drawn.Mode.Disabled, drawn.Mode.Normal)
    )
    solid = [(x, y) for x in range(64) for y in range(64) if faded.pixelColor(x, y).alpha() == 255]
    assert solid
    assert {faded.pixelColor(*spot).name() for spot in solid} == {"#c01020"}
    assert {plain.pixelColor(*spot).name() for spot in solid} == {"#ffffff"}


def test_a_copy_of_an_icon_may_be_added_to(qapp: QApplication) -> None:
    drawn = icon("phone", "#000000")
    copy = QIcon(drawn)
    copy.addPixmap(QPixmap(4, 4))
    gc.collect()
    assert not copy.isNull()
    assert opaque_pixels(copy.pixmap(32).toImage()) > 20


@pytest.mark.parametrize("name", ["no-such-icon", "../icons/phone", ""])
def test_an_unknown_icon_is_a_key_error(qapp: QApplication, name: str) -> None:
    with pytest.raises(KeyError):
        icon(name)


def opaque_pixels(image: QImage) -> int:
    return sum(
        image.pixelColor(x, y).alpha() > 128
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.mark.parametrize(("colors", "palette"), [(look.LIGHT, LIGHT), (look.DARK, DARK)])
def test_the_sign_in_window_has_the_same_colors(colors: look.Look, palette: Palette) -> None:
    names = ("surface", "window", "border", "text", "text_muted", "accent", "accent_text")
    assert tuple(colors) == tuple(getattr(palette, name) for name in (*names, "success", "warning"))
