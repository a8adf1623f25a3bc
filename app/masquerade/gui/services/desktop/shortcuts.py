"""Hold the table of keyboard shortcuts, and check the keys that a user chooses instead.

Typing searches the filters wherever the keyboard is, so no command has a bare letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from masquerade.settings import KeyBinding


class Command(StrEnum):
    """What a shortcut does."""

    PHOTO = "photo"
    RECORD = "record"
    PAUSE = "pause"
    REPLAY = "replay"
    MIRROR_PREVIEW = "mirror-preview"
    MIRROR_FILE = "mirror-saved-files"
    STATS = "performance-stats"
    FULL_SCREEN = "full-screen"
    CAMERA = "camera"
    OPEN = "open"
    VIRTUAL_CAMERA = "virtual-camera"
    SEARCH = "search"
    FAVOURITE = "favourite"
    FACE = "face"
    NO_FILTER = "no-filter"
    STAR = "star"
    WEAKER = "less-intensity"
    STRONGER = "more-intensity"
    SETTINGS = "settings"
    SHORTCUTS = "shortcuts"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One line of the shortcuts page.

    Attributes:
        command: None for keys that the widgets handle themselves (arrows, Enter, Escape).
        keys: as QKeySequence reads them; any of them does.
        words: what it does.
        group: heading on the page.
        shown: how the page writes the keys; "" = the first of `keys`.
    """

    command: Command | None
    keys: tuple[str, ...]
    words: str
    group: str
    shown: str = ""


PREVIEW, FILTERS, PROGRAM = "Preview", "Filters", "Program"

SHORTCUTS = (
    Shortcut(Command.PHOTO, ("Ctrl+P",), "Take a photo", PREVIEW),
    Shortcut(Command.RECORD, ("Ctrl+R",), "Start or stop recording", PREVIEW),
    Shortcut(Command.PAUSE, ("Ctrl+Shift+P",), "Pause or resume the recording", PREVIEW),
    Shortcut(Command.REPLAY, ("Ctrl+Shift+R",), "Save the last seconds", PREVIEW),
    Shortcut(Command.MIRROR_PREVIEW, ("Ctrl+M",), "Mirror preview", PREVIEW),
    Shortcut(Command.MIRROR_FILE, ("Ctrl+Shift+M",), "Mirror saved files", PREVIEW),
    Shortcut(Command.STATS, ("F3",), "Performance stats: short, full, off", PREVIEW),
    Shortcut(Command.FULL_SCREEN, ("F11",), "Full screen", PREVIEW),
    Shortcut(Command.CAMERA, ("F4",), "Choose a camera", PREVIEW),
    Shortcut(Command.OPEN, ("Ctrl+O",), "Open video or image", PREVIEW),
    Shortcut(Command.VIRTUAL_CAMERA, ("Ctrl+Shift+V",), "Switch the virtual camera on or off", PREVIEW),
    Shortcut(None, (), "Search filters", FILTERS, "Letters"),
    Shortcut(Command.SEARCH, ("Ctrl+F", "/"), "Go to the search field", FILTERS),
    Shortcut(None, (), "Browse filters", FILTERS, "Arrows"),
    Shortcut(None, (), "Choose the filter", FILTERS, "Enter"),
    Shortcut(None, (), "Add to current filters", FILTERS, "Ctrl+Enter"),
    Shortcut(None, (), "Filters for one face", FILTERS, "Right-click"),
    Shortcut(
        Command.FACE,
        tuple(f"Ctrl+{number}" for number in range(1, 10)),
        "Filters for a face, from the left",
        FILTERS,
        "Ctrl+1 \u2013 9",
    ),
    Shortcut(Command.FAVOURITE, tuple("123456789"), "Choose a favourite", FILTERS, "1 \u2013 9"),
    Shortcut(Command.NO_FILTER, ("Ctrl+0",), "No filter", FILTERS),
    Shortcut(Command.STAR, ("Ctrl+B",), "Add to or remove from favourites", FILTERS),
    Shortcut(Command.WEAKER, ("Ctrl+-",), "Less intensity", FILTERS),
    Shortcut(Command.STRONGER, ("Ctrl++", "Ctrl+="), "More intensity", FILTERS),
    Shortcut(Command.SETTINGS, ("Ctrl+,",), "Settings", PROGRAM),
    Shortcut(Command.SHORTCUTS, ("F1",), "Keyboard shortcuts", PROGRAM),
    Shortcut(None, (), "Close a message or return to the preview", PROGRAM, "Esc"),
    Shortcut(Command.QUIT, ("Ctrl+Q",), "Quit", PROGRAM),
)


@dataclass(frozen=True, slots=True)
class GlobalShortcut:
    """Keys that work while another program has the keyboard, where the desktop gives them.

    Attributes:
        id: the desktop remembers the user's keys by it.
        words: what it does, for the desktop's own dialog.
        keys: what the desktop is asked for, as the XDG shortcuts specification writes them.
        command: of `masquerade ctl`.
    """

    id: str
    words: str
    keys: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PortalEvent:
    """What the desktop reports of its global shortcuts.

    Attributes:
        pressed: id of the shortcut whose keys were pressed; "" where none was.
        keys: of each shortcut by its id, in the desktop's words; None where they have not changed.
    """

    pressed: str = ""
    keys: Mapping[str, str] | None = None


GLOBAL_SHORTCUTS = (
    GlobalShortcut("photo", "Take a photo", "CTRL+ALT+p", ("photo",)),
    GlobalShortcut("record", "Start or stop recording", "CTRL+ALT+r", ("record",)),
    GlobalShortcut("replay", "Save the last seconds", "CTRL+ALT+s", ("replay",)),
    GlobalShortcut("virtual-camera", "Switch the virtual camera on or off", "CTRL+ALT+v", ("virtual-camera",)),
    GlobalShortcut("next-filter", "Next filter", "CTRL+ALT+n", ("filter", "next")),
    GlobalShortcut("previous-filter", "Previous filter", "CTRL+ALT+b", ("filter", "previous")),
    GlobalShortcut("no-filter", "No filter", "CTRL+ALT+0", ("filter", "off")),
    GlobalShortcut("show", "Show the window", "CTRL+ALT+m", ("show",)),
)
REPEATING = frozenset({Command.WEAKER, Command.STRONGER})
_FIXED = frozenset({Command.FAVOURITE, Command.FACE})
_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


@dataclass(frozen=True, slots=True)
class KeyMap:
    """The keys in use.

    Attributes:
        keys: of each command, as QKeySequence reads them; any of them does.
        problems: a sentence for each binding of the user's that cannot be used.
    """

    keys: Mapping[Command, tuple[str, ...]]
    problems: tuple[str, ...] = ()

    def owner(self, keys: str) -> Command | None:
        """Return the command that has these keys; None where they are free."""
        return next((command for command, own in self.keys.items() if keys in own), None)

    def shown(self, shortcut: Shortcut) -> str:
        """Return the keys of a line as the page writes them."""
        own = self.keys[shortcut.command] if shortcut.command is not None else ()
        return shortcut.shown or (_native(own[0]) if own else "\u2013")


def words_for(command: Command) -> str:
    """Return what a command is called on the page."""
    return next(shortcut.words for shortcut in SHORTCUTS if shortcut.command is command)


def can_change(shortcut: Shortcut) -> bool:
    """Return whether the user may choose other keys for a line."""
    return shortcut.command is not None and shortcut.command not in _FIXED


def check_keys(keys: str) -> str:
    """Return why keys cannot be a shortcut, in a sentence; "" where they can."""
    sequence = QKeySequence(keys, QKeySequence.SequenceFormat.PortableText)
    # PySide's annotations lack the brackets.
    pressed: QKeyCombination | None = cast(Any, sequence)[0] if sequence.count() == 1 else None
    if pressed is None or pressed.key() in (Qt.Key.Key_unknown, Qt.Key(0)):
        return f"\u201c{keys}\u201d is not a key."
    key, modifiers = pressed.key(), pressed.keyboardModifiers()
    is_function_key = Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35
    if not is_function_key and not modifiers & _MODIFIERS:
        return "Use Ctrl, Alt or a function key: letters alone search the filters."
    return ""


def make_key_map(bindings: Iterable[KeyBinding]) -> KeyMap:
    """Return the keys in use, with the user's own in place of the defaults.

    A binding that cannot be used is left out with a sentence; its command keeps its default.
    """
    keys = {each.command: each.keys for each in SHORTCUTS if each.command is not None}
    changeable = {each.command for each in SHORTCUTS if can_change(each)}
    wanted: dict[Command, str] = {}
    problems = []
    for binding in bindings:
        if binding.command not in changeable:
            problems.append(f"There is no shortcut \u201c{binding.command}\u201d.")
            continue
        problem = check_keys(binding.keys) if binding.keys else ""
        if problem:
            problems.append(problem)
        else:
            wanted[Command(binding.command)] = _portable(binding.keys)
    # All defaults that were changed go first: two commands may have swapped their keys.
    keys.update(dict.fromkeys(wanted, ()))
    for command, chosen in wanted.items():
        owner = KeyMap(keys).owner(chosen) if chosen else None
        if owner is not None:
            problems.append(f"{_native(chosen)} is already used for \u201c{words_for(owner)}\u201d.")
            keys[command] = tuple(each for each in _default(command) if KeyMap(keys).owner(each) is None)
        elif chosen:
            keys[command] = (chosen,)
    return KeyMap(keys, tuple(problems))


def rebind(bindings: tuple[KeyBinding, ...], command: Command, keys: str | None) -> tuple[tuple[KeyBinding, ...], str]:
    """Return the bindings with other keys for a command, and why they cannot be had.

    Args:
        bindings: the user's present ones.
        command: gets the keys.
        keys: "" for none, None for the default.

    Returns:
        The new bindings and ""; or the old ones and a sentence that says what is in the way.
    """
    others = tuple(binding for binding in bindings if binding.command != command)
    changed = others if keys is None else (*others, KeyBinding(command, keys))
    known = make_key_map(bindings).problems
    problem = next((each for each in make_key_map(changed).problems if each not in known), "")
    return (bindings, problem) if problem else (changed, "")


def _default(command: Command) -> tuple[str, ...]:
    return next(shortcut.keys for shortcut in SHORTCUTS if shortcut.command is command)


def _portable(keys: str) -> str:
    return QKeySequence(keys, QKeySequence.SequenceFormat.PortableText).toString(
        QKeySequence.SequenceFormat.PortableText
    )


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
