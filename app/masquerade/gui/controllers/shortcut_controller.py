"""Bind the keyboard shortcuts to what they do, and change them as the user wishes."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from masquerade.gui.pages.shortcuts import ShortcutPage
from masquerade.gui.services.desktop.shortcuts import REPEATING, Command, KeyMap, make_key_map, rebind
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.settings import Settings


class ShortcutController(QObject):
    """Keep the window's shortcuts as the settings say.

    Attributes:
        problems: sentences about bindings in the settings that cannot be used.
    """

    def __init__(
        self,
        window: QWidget,
        page: ShortcutPage,
        store: SettingsStore,
        actions: Mapping[Command, Callable[[], object]],
        numbered: Mapping[Command, Callable[[int], object]],
    ) -> None:
        """Bind all keys.

        Args:
            window: the keys work while it is active.
            page: lists the keys and lets the user change them.
            store: remembers the changed ones.
            actions: what each command does, but for those of nine keys.
            numbered: what the commands of nine keys do; called with 1 to 9.
        """
        super().__init__(window)
        self._window = window
        self._page = page
        self._store = store
        self._actions = actions
        self._numbered = numbered
        self._shortcuts: list[QShortcut] = []
        self._bindings = store.settings.shortcuts
        key_map = make_key_map(self._bindings)
        self.problems = key_map.problems
        self._bind(key_map)
        page.keys_chosen.connect(self._on_keys_chosen)
        store.changed.connect(self._on_settings_changed)

    def _bind(self, key_map: KeyMap, problem: str = "") -> None:
        for shortcut in self._shortcuts:
            shortcut.deleteLater()
            shortcut.setEnabled(False)
        self._shortcuts = [
            self._make(command, keys, number)
            for command, every in key_map.keys.items()
            for number, keys in enumerate(every, start=1)
        ]
        self._page.show_keys(key_map, problem)

    def _make(self, command: Command, keys: str, number: int) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys, QKeySequence.SequenceFormat.PortableText), self._window)
        shortcut.setAutoRepeat(command in REPEATING)
        if command in self._numbered:
            shortcut.activated.connect(lambda: self._numbered[command](number))
        else:
            shortcut.activated.connect(self._actions[command])
        return shortcut

    def _on_keys_chosen(self, command: Command, keys: str) -> None:
        bindings, problem = rebind(self._store.settings.shortcuts, command, keys or None)
        if problem:
            self._page.show_keys(make_key_map(self._bindings), problem)
        self._store.change(lambda settings: replace(settings, shortcuts=bindings))

    def _on_settings_changed(self, settings: Settings) -> None:
        if settings.shortcuts != self._bindings:
            self._bindings = settings.shortcuts
            self._bind(make_key_map(settings.shortcuts))
