"""List the keyboard shortcuts on a page over the window, and let the user choose other keys."""

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from masquerade.gui.pages.overlay_page import OverlayPage
from masquerade.gui.services.desktop.shortcuts import (
    FILTERS,
    PREVIEW,
    PROGRAM,
    SHORTCUTS,
    Command,
    KeyMap,
    Shortcut,
    can_change,
    make_key_map,
)
from masquerade.gui.widgets.controls import left_to_right

_MODIFIER_KEYS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_HINT = "Click a shortcut to change it. Delete restores the default."
_NO_LIMIT = 16_777_215
# Columns of the page: each group has its keys in one and its words in the next.
_LEFT, _BETWEEN, _RIGHT = 0, 2, 3

Row = tuple[QWidget, QLabel]


class KeyButton(QPushButton):
    """The keys of a command; a click waits for other keys.

    Signals:
        keys_chosen: with the keys as text; "" where the command's own are wanted again.
    """

    keys_chosen = Signal(str)

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("key")
        self.setCheckable(True)
        self.setToolTip("Change this shortcut")
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._words = words
        self._shown = ""
        self.toggled.connect(self._on_toggled)

    @property
    def keys(self) -> str:
        """The keys in use, as they are read."""
        return self._shown

    def show_keys(self, keys: str) -> None:
        """Show the keys in use."""
        self._shown = keys
        self.setText(left_to_right(keys))
        self.setAccessibleName(f"{self._words}: {keys}")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the keys that are pressed while it waits for them."""
        if not self.isChecked() or event.key() in _MODIFIER_KEYS:
            super().keyPressEvent(event)
            return
        self.setChecked(False)
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.keys_chosen.emit("")
        elif event.key() != Qt.Key.Key_Escape:
            pressed = QKeyCombination(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, Qt.Key(event.key()))
            self.keys_chosen.emit(QKeySequence(pressed).toString(QKeySequence.SequenceFormat.PortableText))

    def event(self, event: QEvent) -> bool:
        """Take every key before the window's shortcuts and the focus chain do, while it waits for keys."""
        if self.isChecked() and isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """Stop waiting for keys."""
        self.setChecked(False)
        super().focusOutEvent(event)

    def _on_toggled(self, waits: bool) -> None:
        self.setText("Press keys\u2026" if waits else left_to_right(self._shown))


class ShortcutPage(OverlayPage):
    """List the shortcuts in two columns, in one grid so that keys and words stand under one another.

    Signals:
        keys_chosen: a Command, and the keys chosen for it; "" where its own are wanted again.
    """

    keys_chosen = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Keyboard shortcuts", parent)
        self._buttons: dict[Command, KeyButton] = {}
        table = QWidget(self)
        self._grid = QGridLayout(table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._headings = {group: QLabel(group, table) for group in (PREVIEW, FILTERS, PROGRAM)}
        for heading in self._headings.values():
            heading.setObjectName("section")
        self._rows = {group: self._make_rows(group) for group in self._headings}
        self._in_two_columns: bool | None = None
        self.message = QLabel(_HINT, self)
        self.message.setObjectName("small")
        self.message.setWordWrap(True)
        self.body.addWidget(self.message)
        self.body.addWidget(table)
        self.body.addStretch(1)
        self.lay_out(_NO_LIMIT)
        self.show_keys(make_key_map(()))

    def show_keys(self, key_map: KeyMap, problem: str = "") -> None:
        """Show the keys in use, and why others could not be taken."""
        for shortcut in SHORTCUTS:
            if shortcut.command in self._buttons:
                self._buttons[shortcut.command].show_keys(key_map.shown(shortcut))
        self.message.setText(problem or _HINT)

    def button(self, command: Command) -> KeyButton:
        """Return the button with the keys of a command that can be changed."""
        return self._buttons[command]

    def lay_out(self, width: int) -> None:
        """Stand in two columns, or in one where the width has no room for two; break lines as a last resort."""
        self._wrap(False)
        self._place(in_two_columns=True)
        if self._grid.sizeHint().width() > width:
            self._place(in_two_columns=False)
            self._wrap(self._grid.sizeHint().width() > width)

    def _wrap(self, wrapped: bool) -> None:
        self._grid.setColumnStretch(_LEFT + 1, int(wrapped))
        for rows in self._rows.values():
            for _, words in rows:
                words.setWordWrap(wrapped)

    def _place(self, in_two_columns: bool) -> None:
        if in_two_columns == self._in_two_columns:
            return
        self._in_two_columns = in_two_columns
        self._grid.setColumnMinimumWidth(_BETWEEN, 16 if in_two_columns else 0)
        if not in_two_columns:
            row = 0
            for group in self._headings:
                row = self._place_group(group, self._rows[group], row, _LEFT)
            return
        program = self._rows[PROGRAM]
        half = (len(program) + 1) // 2
        below = max(
            self._place_group(PREVIEW, self._rows[PREVIEW], 0, _LEFT),
            self._place_group(FILTERS, self._rows[FILTERS], 0, _RIGHT),
        )
        self._place_group(PROGRAM, program[:half], below, _LEFT)
        self._place_rows(program[half:], below + 1, _RIGHT)

    def _place_group(self, group: str, rows: list[Row], top: int, column: int) -> int:
        """Place a heading and its rows; return the row of the grid below them."""
        self._grid.addWidget(self._headings[group], top, column, 1, 2, Qt.AlignmentFlag.AlignBottom)
        self._grid.setRowMinimumHeight(top, self._headings[group].sizeHint().height() + (12 if top else 0))
        return self._place_rows(rows, top + 1, column)

    def _place_rows(self, rows: list[Row], top: int, column: int) -> int:
        for row, (key, words) in enumerate(rows, start=top):
            self._grid.setRowMinimumHeight(row, 0)
            self._grid.addWidget(key, row, column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(words, row, column + 1)
        return top + len(rows)

    def _make_rows(self, group: str) -> list[Row]:
        entries = [shortcut for shortcut in SHORTCUTS if shortcut.group == group]
        return [(self._make_key(shortcut), QLabel(shortcut.words, self)) for shortcut in entries]

    def _make_key(self, shortcut: Shortcut) -> QWidget:
        command = shortcut.command
        if command is None or not can_change(shortcut):
            key = QLabel(shortcut.shown, self)
            key.setObjectName("key")
            key.setIndent(0)
            key.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            return key
        button = self._buttons[command] = KeyButton(shortcut.words, self)
        button.keys_chosen.connect(lambda keys: self.keys_chosen.emit(command, keys))
        return button
