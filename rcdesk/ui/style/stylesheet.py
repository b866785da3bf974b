"""The application stylesheet, built from the tokens of one palette.

Widgets choose their look by dynamic properties, set before they are first shown:
`kind` on buttons (primary, quiet, danger, chip, card; secondary is the default), `role` on labels
(title, headline, section, muted, caption, number, chip), `card` and `banner` (info, warning,
danger) on frames, `popup` on lists that fall open.
"""

from rcdesk.resources import resource_path
from rcdesk.ui.style.tokens import CONTROL, RADIUS, SPACE, TYPE, Palette, TextStyle


def stylesheet(palette: Palette) -> str:
    """Qt style sheet of the whole application."""
    parts = (
        *(_text, _buttons, _chips, _fields, _sliders, _lists, _scroll_bars, _surfaces, _menus),
        _tabs,
    )
    return "\n".join(part(palette) for part in parts)


def _font(style: TextStyle) -> str:
    return f"font-size: {style.size_px}px; font-weight: {style.weight};"


def _text(p: Palette) -> str:
    return f"""
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ {_font(TYPE.title)} }}
QLabel[role="headline"] {{ {_font(TYPE.headline)} }}
QLabel[role="number"] {{ {_font(TYPE.number)} }}
QLabel[role="muted"] {{ color: {p.text_muted}; }}
QLabel[role="caption"] {{ {_font(TYPE.caption)} color: {p.text_muted}; }}
QLabel[role="section"] {{
    font-size: {TYPE.caption.size_px}px; font-weight: 600; color: {p.text_muted};
}}
QLabel[invalid="true"] {{ color: {p.danger}; }}
QLabel[role="time"] {{ {_font(TYPE.caption)} color: {p.text_muted}; }}
QLabel[role="state"] {{ font-size: {TYPE.caption.size_px}px; font-weight: 600; }}
QFrame[chip="true"] {{ background: {p.accent_soft}; border-radius: {RADIUS.sm}px; }}
QFrame[chip="true"] QLabel {{ color: {p.accent}; }}
QLabel[role="chip"] {{
    {_font(TYPE.caption)} color: {p.accent}; background: {p.accent_soft};
    border-radius: {RADIUS.sm}px; padding: 2px {SPACE.sm}px;
}}
QToolTip {{
    {_font(TYPE.caption)} color: {p.text}; background: {p.surface_raised};
    border: 1px solid {p.border}; padding: {SPACE.xs}px {SPACE.sm}px;
}}
"""


def _buttons(p: Palette) -> str:
    # Every button keeps 2 px of border, so that the focus ring moves nothing.
    return f"""
QPushButton, QToolButton {{
    color: {p.text}; background: {p.surface}; border: 2px solid {p.border};
    border-radius: {RADIUS.md}px; min-height: {CONTROL.height - 4}px; padding: 0 {SPACE.md}px;
    font-weight: 500; outline: none;
}}
QPushButton:hover, QToolButton:hover {{ background: {p.hover}; }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {{
    background: {p.pressed};
}}
QPushButton:disabled, QToolButton:disabled {{ color: {p.text_disabled}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {p.focus}; }}

QPushButton[kind="primary"] {{
    color: {p.accent_text}; background: {p.accent}; border-color: {p.accent}; font-weight: 600;
}}
QPushButton[kind="primary"]:hover {{
    background: {p.accent_hover}; border-color: {p.accent_hover};
}}
QPushButton[kind="primary"]:pressed {{
    background: {p.accent_pressed}; border-color: {p.accent_pressed};
}}
QPushButton[kind="primary"]:focus {{ border-color: {p.text}; }}
QPushButton[kind="danger"] {{
    color: {p.danger_text}; background: {p.danger}; border-color: {p.danger}; font-weight: 600;
}}
QPushButton[kind="danger"]:hover, QPushButton[kind="danger"]:pressed {{
    background: {p.danger_hover}; border-color: {p.danger_hover};
}}
QPushButton[kind="danger"]:focus {{ border-color: {p.text}; }}
QPushButton[kind="primary"]:disabled, QPushButton[kind="danger"]:disabled {{
    color: {p.text_disabled}; background: {p.hover}; border-color: {p.hover};
}}
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {{
    background: transparent; border-color: transparent;
}}
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover {{ background: {p.hover}; }}
QPushButton[kind="quiet"]:pressed, QToolButton[kind="quiet"]:pressed,
QPushButton[kind="quiet"]:checked, QToolButton[kind="quiet"]:checked {{
    background: {p.pressed};
}}
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {{ border-color: {p.focus}; }}
QToolButton {{ padding: 0; min-width: {CONTROL.height - 4}px; }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton[small="true"], QToolButton[small="true"] {{
    min-height: {CONTROL.height_small - 4}px; border-radius: {RADIUS.sm}px;
}}
QPushButton[round="true"] {{
    border-radius: {CONTROL.height // 2}px; min-width: {CONTROL.height - 4}px; padding: 0;
}}
QPushButton[tall="true"] {{ min-height: 48px; padding: 0 {SPACE.lg}px; }}
QPushButton[small="true"] {{ padding: 0 {SPACE.sm}px; font-size: {TYPE.caption.size_px + 1}px; }}
QToolButton[small="true"] {{ min-width: {CONTROL.height_small - 4}px; }}
"""


def _chips(p: Palette) -> str:
    return f"""
QPushButton[kind="chip"] {{
    color: {p.text_muted}; background: transparent; border: 1px solid {p.border};
    border-radius: {CONTROL.height_small // 2}px; min-height: {CONTROL.height_small - 2}px;
    padding: 0 {SPACE.sm}px; font-size: {TYPE.caption.size_px}px;
}}
QPushButton[kind="chip"]:hover {{ color: {p.text}; background: {p.hover}; }}
QPushButton[kind="chip"]:checked {{
    color: {p.accent}; background: {p.accent_soft}; border-color: {p.accent_soft};
}}
QPushButton[kind="chip"]:focus {{ border-color: {p.focus}; }}
"""


def _fields(p: Palette) -> str:
    chevron = resource_path("icons/control-chevron.svg").as_posix()
    return f"""
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDateEdit {{
    color: {p.text}; background: {p.surface}; border: 1px solid {p.border_strong};
    border-radius: {RADIUS.md}px; padding: 1px {SPACE.sm + 1}px;
    selection-background-color: {p.accent}; selection-color: {p.accent_text};
}}
QLineEdit, QComboBox, QSpinBox, QDateEdit {{ min-height: {CONTROL.height - 4}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus,
QDateEdit:focus {{
    border: 2px solid {p.focus}; padding: 0 {SPACE.sm}px;
}}
QLineEdit[invalid="true"] {{ border-color: {p.danger}; }}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled {{
    color: {p.text_disabled}; border-color: {p.border};
}}
QLineEdit[role="number"] {{ {_font(TYPE.number)} min-height: 48px; }}
QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: {SPACE.xl}px; }}
QComboBox::down-arrow, QDateEdit::down-arrow {{
    image: url("{chevron}"); width: 16px; height: 16px;
}}
QComboBox QAbstractItemView {{
    background: {p.surface_raised}; border: 1px solid {p.border}; padding: {SPACE.xs}px;
}}
QCalendarWidget QWidget {{ alternate-background-color: {p.surface_raised}; }}
QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {p.surface_raised}; }}
QCalendarWidget QAbstractItemView {{
    color: {p.text}; background: {p.surface_raised}; outline: none;
    selection-background-color: {p.accent}; selection-color: {p.accent_text};
}}
QCalendarWidget QAbstractItemView:disabled {{ color: {p.text_disabled}; }}
QCalendarWidget QToolButton {{ background: transparent; border: none; padding: 0 {SPACE.sm}px; }}
QCheckBox, QRadioButton {{ spacing: {SPACE.sm}px; min-height: {CONTROL.height_small}px; }}
QRadioButton::indicator {{
    width: 14px; height: 14px; border: 1px solid {p.border_strong}; border-radius: 8px;
    background: {p.surface};
}}
QRadioButton::indicator:checked {{
    width: 6px; height: 6px; border: 5px solid {p.accent}; background: {p.accent_text};
}}
QRadioButton::indicator:focus {{ border-color: {p.text}; }}
"""


def _sliders(p: Palette) -> str:
    return f"""
QSlider {{ min-height: 20px; background: transparent; }}
QSlider::groove:horizontal {{ height: 4px; background: {p.pressed}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ height: 4px; background: {p.accent}; border-radius: 2px; }}
QSlider::sub-page:horizontal:disabled {{ background: {p.pressed}; }}
QSlider::handle:horizontal {{
    width: 12px; height: 12px; margin: -6px 0; border: 2px solid {p.surface};
    border-radius: 8px; background: {p.accent};
}}
QSlider::handle:horizontal:hover {{ background: {p.accent_hover}; }}
QSlider::handle:horizontal:focus {{ border-color: {p.text}; }}
QSlider::handle:horizontal:disabled {{ background: {p.text_disabled}; }}
"""


def _lists(p: Palette) -> str:
    return f"""
QListView, QTreeView, QTableView {{
    background: {p.surface}; border: none; outline: none;
    selection-background-color: {p.accent_soft}; selection-color: {p.text};
}}
QListView[popup="true"] {{
    background: {p.surface_raised}; border: 1px solid {p.border_strong};
}}
QListView::item, QTreeView::item {{
    border-radius: {RADIUS.md}px; padding: {SPACE.xs}px {SPACE.sm}px;
}}
QListView::item:hover, QTreeView::item:hover, QTableView::item:hover {{ background: {p.hover}; }}
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {{
    background: {p.accent_soft}; color: {p.text};
}}
QHeaderView::section {{
    {_font(TYPE.caption)} color: {p.text_muted}; background: {p.surface}; border: none;
    border-bottom: 1px solid {p.border}; padding: {SPACE.xs}px {SPACE.sm}px;
}}
"""


def _scroll_bars(p: Palette) -> str:
    return f"""
QScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {p.text_disabled}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: {SPACE.xxl}px; }}
QScrollBar::handle:horizontal {{ min-width: {SPACE.xxl}px; }}
QScrollBar::handle:hover {{ background: {p.border_strong}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _surfaces(p: Palette) -> str:
    banners = "\n".join(
        f'QFrame[banner="{kind}"] {{ background: {soft}; border: none;'
        f" border-radius: {RADIUS.md}px; }}"
        f'QFrame[banner="{kind}"] QLabel {{ color: {text}; }}'
        for kind, soft, text in (
            ("info", p.accent_soft, p.text),
            ("warning", p.warning_soft, p.text),
            ("danger", p.danger_soft, p.text),
        )
    )
    return f"""
QFrame[card="true"] {{
    background: {p.surface}; border: 1px solid {p.border}; border-radius: {RADIUS.lg}px;
}}
QPushButton[kind="card"] {{
    background: {p.surface}; border: 1px solid {p.border}; border-radius: {RADIUS.lg}px;
    padding: 0;
}}
QPushButton[kind="card"]:hover {{ background: {p.hover}; }}
QPushButton[kind="card"]:focus {{ border-color: {p.focus}; }}
QFrame[upright="true"] {{
    background: {p.border}; border: none; max-width: 1px; min-width: 1px;
}}
QFrame[side="true"] {{ background: {p.surface}; border: none; border-left: 1px solid {p.border}; }}
QFrame[line="true"] {{ background: {p.border}; border: none; max-height: 1px; min-height: 1px; }}
{banners}
QFrame[banner] QProgressBar {{ background: {p.surface}; }}
QSplitter::handle {{ background: {p.border}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QProgressBar {{
    background: {p.hover}; border: none; border-radius: 3px; max-height: 6px; color: transparent;
}}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 3px; }}
"""


def _menus(p: Palette) -> str:
    return f"""
QMenu {{
    color: {p.text}; background: {p.surface_raised}; border: 1px solid {p.border};
    padding: {SPACE.xs}px;
}}
QMenu::item {{
    padding: 7px {SPACE.xl}px 7px {SPACE.sm}px; border-radius: {RADIUS.sm}px; margin: 0;
}}
QMenu::icon {{ padding-left: {SPACE.sm}px; }}
QMenu::item:selected {{ background: {p.hover}; }}
QMenu::item:disabled {{ color: {p.text_muted}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {p.border}; margin: {SPACE.xs}px {SPACE.sm}px; }}
"""


def _tabs(p: Palette) -> str:
    return f"""
QTabWidget::pane {{ border: none; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{
    color: {p.text_muted}; background: transparent; border: none;
    border-bottom: 2px solid transparent; padding: {SPACE.sm}px {SPACE.md}px; font-weight: 500;
}}
QTabBar::tab:hover {{ color: {p.text}; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom-color: {p.accent}; }}
"""
