"""Holds the one table of keyboard shortcuts, and the page that lists it."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from masquerade.gui.pages.overlay_page import OverlayPage


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


_IMAGE, _FILTERS, _PROGRAM = "Image", "Filters", "Program"
# Columns of the page: each group has its keys in one and its words in the next.
_LEFT, _BETWEEN, _RIGHT = 0, 2, 3

SHORTCUTS = (
    Shortcut(Command.PHOTO, ("P",), "P", "Take a photo", _IMAGE),
    Shortcut(Command.RECORD, ("R",), "R", "Record, and stop", _IMAGE),
    Shortcut(Command.MIRROR_PREVIEW, ("M",), "M", "Mirror the preview", _IMAGE),
    Shortcut(Command.MIRROR_FILE, ("Shift+M",), "Shift+M", "Mirror the file", _IMAGE),
    Shortcut(Command.HUD, ("H",), "H", "Figures on the image", _IMAGE),
    Shortcut(Command.FULL_SCREEN, ("F11", "F"), "F", "Full screen", _IMAGE),
    Shortcut(Command.CAMERA, ("C",), "C", "Choose a camera", _IMAGE),
    Shortcut(Command.OPEN, ("Ctrl+O",), "Ctrl+O", "Open video or image", _IMAGE),
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
    Shortcut(None, (), "Esc", "Back to the image", _PROGRAM),
    Shortcut(Command.QUIT, ("Ctrl+Q",), "Ctrl+Q", "Quit", _PROGRAM),
)


def sequences(shortcut: Shortcut) -> tuple[QKeySequence, ...]:
    """Return the keys for Qt."""
    return tuple(QKeySequence(keys) for keys in shortcut.keys)


class ShortcutPage(OverlayPage):
    """Lists the table in two columns, in one grid so that keys and words stand under one another."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Keyboard shortcuts", parent)
        table = QWidget(self)
        self._grid = QGridLayout(table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(_BETWEEN, 16)
        program = _entries(_PROGRAM)
        half = (len(program) + 1) // 2
        self._add_group(_IMAGE, _entries(_IMAGE), 0, _LEFT)
        self._add_group(_FILTERS, _entries(_FILTERS), 0, _RIGHT)
        below = self._grid.rowCount()
        self._grid.setRowMinimumHeight(below, 12)
        self._add_group(_PROGRAM, program[:half], below + 1, _LEFT)
        self._add_group("", program[half:], below + 1, _RIGHT)
        self.body.addWidget(table)

    def _add_group(self, heading: str, entries: tuple[Shortcut, ...], top: int, column: int) -> None:
        title = QLabel(heading, self)
        title.setObjectName("soft")
        self._grid.addWidget(title, top, column, 1, 2)
        for row, shortcut in enumerate(entries, start=top + 1):
            key = QLabel(shortcut.shown, self)
            key.setObjectName("key")
            self._grid.addWidget(key, row, column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(QLabel(shortcut.words, self), row, column + 1)


def _entries(group: str) -> tuple[Shortcut, ...]:
    return tuple(shortcut for shortcut in SHORTCUTS if shortcut.group == group)
