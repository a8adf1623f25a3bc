"""Give the window its colours and its stylesheet: dark, light and high contrast, sizes that follow the font."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from masquerade.settings import ThemeChoice

CARD_RADIUS = 12
BUTTON_RADIUS = 8


@dataclass(frozen=True, slots=True)
class Theme:
    """A set of colours, each as #rrggbb.

    Attributes:
        ground: behind everything but the image, which stands on black.
        panel: of the gallery and the bar.
        raised: of buttons, fields and cards.
        hover: of the same under the pointer.
        line: thin borders.
        text: of everything that is read.
        soft: text that stands back.
        edge: of controls that are filled.
        accent: the chosen filter and the record state, nothing else.
        on_accent: text and signs on the accent.
        focus: the ring where the keyboard is.
    """

    dark: bool
    ground: str
    panel: str
    raised: str
    hover: str
    line: str
    text: str
    soft: str
    edge: str
    accent: str
    on_accent: str
    focus: str


DARK = Theme(
    dark=True,
    ground="#0e0f11",
    panel="#16181b",
    raised="#23262b",
    hover="#2f333a",
    line="#2a2d33",
    text="#f3f4f6",
    soft="#a4abb6",
    edge="#23262b",
    accent="#ff4d5e",
    on_accent="#ffffff",
    focus="#f3f4f6",
)
LIGHT = Theme(
    dark=False,
    ground="#e9ebee",
    panel="#f8f9fa",
    raised="#e9ebef",
    hover="#dcdfe5",
    line="#d5d9df",
    text="#17191d",
    soft="#59616e",
    edge="#e9ebef",
    accent="#e02f44",
    on_accent="#ffffff",
    focus="#17191d",
)
CONTRAST = Theme(
    dark=True,
    ground="#000000",
    panel="#000000",
    raised="#000000",
    hover="#3a3a3a",
    line="#ffffff",
    text="#ffffff",
    soft="#ffffff",
    edge="#ffffff",
    accent="#ffd400",
    on_accent="#000000",
    # Its edges are white already.
    focus="#4cc9ff",
)


def pick_theme(choice: ThemeChoice) -> Theme:
    """Return the theme for the setting; without a preference of the system it is the dark one."""
    themes = {ThemeChoice.DARK: DARK, ThemeChoice.LIGHT: LIGHT, ThemeChoice.CONTRAST: CONTRAST}
    if choice in themes:
        return themes[choice]
    hints = QGuiApplication.styleHints()
    # From Qt 6.10 on.
    accessibility = getattr(hints, "accessibility", None)
    if accessibility is not None and accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return CONTRAST
    return LIGHT if hints.colorScheme() is Qt.ColorScheme.Light else DARK


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Set palette and stylesheet of the application; all open windows follow.

    Qt then styles every widget again, which takes as long as building the window: nothing is done where both are set.
    """
    stylesheet = _stylesheet(theme, QFontMetrics(application.font()).height())
    if application.styleSheet() != stylesheet:
        application.setPalette(_palette(theme))
        application.setStyleSheet(stylesheet)


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    colours = {
        QPalette.ColorRole.Window: theme.ground,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.soft,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.edge,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.text,
        QPalette.ColorRole.HighlightedText: theme.ground,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.BrightText: theme.on_accent,
        QPalette.ColorRole.Light: theme.hover,
        QPalette.ColorRole.Link: theme.focus,
    }
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.soft))
    return palette


def _stylesheet(theme: Theme, line_height: int) -> str:
    """Return the stylesheet; `line_height` of the application's font, in pixels, sets the sizes."""
    small, heading = round(line_height * 0.72), round(line_height * 0.95)
    chip = line_height + 8
    return f"""
    #panel, #bar {{ background: {theme.panel}; }}
    #soft {{ color: {theme.soft}; }}
    #small {{ color: {theme.soft}; font-size: {small}px; }}
    #key {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 5px; padding: 1px 7px;
        text-align: left; }}
    QPushButton#key:hover {{ border-color: {theme.soft}; background: {theme.hover}; }}
    QPushButton#key:checked {{ background: {theme.text}; color: {theme.ground}; }}
    QPushButton#key:focus {{ border: 2px solid {theme.focus}; padding: 0px 6px; }}
    #section {{ color: {theme.soft}; font-weight: 600; }}
    #heading {{ font-size: {heading}px; font-weight: 600; }}
    QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 4px 8px; }}
    QLineEdit, QComboBox {{ background: {theme.raised}; border: 2px solid {theme.edge};
        border-radius: {BUTTON_RADIUS}px; padding: 6px 8px; color: {theme.text};
        selection-background-color: {theme.text}; selection-color: {theme.ground}; }}
    QLineEdit:focus, QComboBox:focus {{ border-color: {theme.focus}; }}
    QComboBox::drop-down {{ border: none; width: 0px; }}
    QComboBox QAbstractItemView {{ background: {theme.raised}; border: 1px solid {theme.line}; outline: none;
        selection-background-color: {theme.hover}; selection-color: {theme.text}; padding: 4px; }}
    QPushButton {{ background: {theme.raised}; border: 2px solid {theme.edge}; border-radius: {BUTTON_RADIUS}px;
        padding: 6px 14px; color: {theme.text}; }}
    QPushButton:hover, QPushButton:checked {{ background: {theme.hover}; }}
    QPushButton:disabled {{ color: {theme.soft}; }}
    QPushButton:focus {{ border-color: {theme.focus}; }}
    QPushButton#chip {{ background: transparent; border: 1px solid {theme.line}; border-radius: {chip // 2 + 1}px;
        padding: 0 10px; min-height: {chip}px; max-height: {chip}px; color: {theme.soft}; }}
    QPushButton#chip:hover {{ color: {theme.text}; background: {theme.raised}; }}
    QPushButton#chip:checked {{ background: {theme.text}; border-color: {theme.text}; color: {theme.ground}; }}
    QPushButton#chip:focus {{ border: 2px solid {theme.focus}; padding: 0 9px;
        min-height: {chip - 2}px; max-height: {chip - 2}px; }}
    QPushButton#chip:checked:focus {{ border: 2px solid {theme.soft}; }}
    QMenu {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 6px; }}
    QMenu::item {{ padding: 7px 28px 7px 10px; border-radius: 6px; }}
    QMenu::icon {{ left: 8px; }}
    QMenu::item:selected {{ background: {theme.hover}; }}
    QMenu::item:disabled {{ color: {theme.soft}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 6px 8px; }}
    QMenu::indicator {{ width: 16px; height: 16px; left: 8px; }}
    QListView {{ background: transparent; border: none; outline: none; }}
    QScrollArea {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 6px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 6px; margin: 0; }}
    QScrollBar::handle {{ background: {theme.hover}; border-radius: 3px; min-height: 32px; min-width: 32px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
