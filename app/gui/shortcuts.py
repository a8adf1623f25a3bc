"""Holds the one table of keyboard shortcuts, and the page that lists it."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.gui.sheet import Sheet


class Command(StrEnum):
    """What a shortcut does."""

    PHOTO = "photo"
    RECORD = "record"
    MIRROR_PREVIEW = "mirror preview"
    MIRROR_FILE = "mirror file"
    HUD = "hud"
    FULL_SCREEN = "full screen"
    SEARCH = "search"
    NO_FILTER = "no filter"
    FAVOURITE = "favourite"
    STAR = "star"
    WEAKER = "weaker"
    STRONGER = "stronger"
    CAMERA = "camera"
    OPEN = "open"
    SETTINGS = "settings"
    SHORTCUTS = "shortcuts"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One line of the page.

    Attributes:
        command: None for keys that the widgets know by themselves (arrows, Enter, Escape).
        keys: as QKeySequence reads them; any of them does.
        shown: the keys as the page writes them.
        words: what it does.
        group: the page's heading.
    """

    command: Command | None
    keys: tuple[str, ...]
    shown: str
    words: str
    group: str


_PICTURE, _FILTERS, _PROGRAM = "Picture", "Filters", "Program"

SHORTCUTS = (
    Shortcut(Command.PHOTO, ("P",), "P", "Take a photo", _PICTURE),
    Shortcut(Command.RECORD, ("R",), "R", "Record, and stop", _PICTURE),
    Shortcut(Command.MIRROR_PREVIEW, ("M",), "M", "Mirror the preview", _PICTURE),
    Shortcut(Command.MIRROR_FILE, ("Shift+M",), "Shift+M", "Mirror the file", _PICTURE),
    Shortcut(Command.HUD, ("H",), "H", "Figures on the picture", _PICTURE),
    Shortcut(Command.FULL_SCREEN, ("F11", "F"), "F", "Full screen", _PICTURE),
    Shortcut(Command.CAMERA, ("C",), "C", "Choose a camera", _PICTURE),
    Shortcut(Command.OPEN, ("Ctrl+O",), "Ctrl+O", "Open video or picture", _PICTURE),
    Shortcut(None, (), "Arrows", "Go through the filters", _FILTERS),
    Shortcut(None, (), "Enter", "Choose the filter", _FILTERS),
    Shortcut(None, (), "Ctrl+Enter", "Wear it with the others", _FILTERS),
    Shortcut(None, (), "Right click", "A face's own filters", _FILTERS),
    Shortcut(Command.SEARCH, ("Ctrl+F", "/"), "/", "Search filters", _FILTERS),
    Shortcut(Command.FAVOURITE, tuple("123456789"), "1 \u2013 9", "Choose a favourite", _FILTERS),
    Shortcut(Command.NO_FILTER, ("0",), "0", "No filter", _FILTERS),
    Shortcut(Command.STAR, ("S",), "S", "Star for the chosen filter", _FILTERS),
    Shortcut(Command.WEAKER, ("[",), "[", "Less intensity", _FILTERS),
    Shortcut(Command.STRONGER, ("]",), "]", "More intensity", _FILTERS),
    Shortcut(Command.SETTINGS, ("Ctrl+,",), "Ctrl+,", "Settings", _PROGRAM),
    Shortcut(Command.SHORTCUTS, ("F1", "?", "Shift+?"), "F1", "Keyboard shortcuts", _PROGRAM),
    Shortcut(None, (), "Esc", "Back to the picture", _PROGRAM),
    Shortcut(Command.QUIT, ("Ctrl+Q",), "Ctrl+Q", "Quit", _PROGRAM),
)


def sequences(shortcut: Shortcut) -> tuple[QKeySequence, ...]:
    """Returns the keys for Qt."""
    return tuple(QKeySequence(keys) for keys in shortcut.keys)


class ShortcutPage(Sheet):
    """Lists the table in two columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Keyboard shortcuts", parent)
        columns = QWidget(self)
        grid = QGridLayout(columns)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(48)
        grid.setVerticalSpacing(24)
        program = _entries(_PROGRAM)
        half = (len(program) + 1) // 2
        grid.addWidget(self._make_group(_PICTURE, _entries(_PICTURE)), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._make_group(_FILTERS, _entries(_FILTERS)), 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._make_group(_PROGRAM, program[:half]), 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._make_group("", program[half:]), 1, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(columns)

    def _make_group(self, heading: str, entries: tuple[Shortcut, ...]) -> QWidget:
        box = QWidget(self)
        lines = QGridLayout(box)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setHorizontalSpacing(16)
        lines.setVerticalSpacing(6)
        lines.setColumnMinimumWidth(0, 76)
        lines.setColumnStretch(1, 1)
        title = QLabel(heading, box)
        title.setObjectName("soft")
        lines.addWidget(title, 0, 0, 1, 2)
        for row, shortcut in enumerate(entries, start=1):
            key = QLabel(shortcut.shown, box)
            key.setObjectName("key")
            lines.addWidget(key, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            lines.addWidget(QLabel(shortcut.words, box), row, 1)
        return box


def _entries(group: str) -> tuple[Shortcut, ...]:
    return tuple(shortcut for shortcut in SHORTCUTS if shortcut.group == group)
