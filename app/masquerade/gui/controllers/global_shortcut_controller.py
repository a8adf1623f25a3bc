"""Connects the switch for global shortcuts to the desktop's portal, and runs the commands of its keys."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.desktop.application_entry import ApplicationEntry
from masquerade.gui.services.desktop.global_shortcuts import GlobalShortcutService, GlobalShortcutState
from masquerade.gui.services.desktop.instance import Reply
from masquerade.gui.services.desktop.shortcuts import GLOBAL_SHORTCUTS
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.workers import TaskRunner
from masquerade.gui.widgets.icons import APPLICATION_SVG


class GlobalShortcutController(QObject):
    """Controls global shortcuts; without a portal for keys, there is no switch."""

    def __init__(
        self, window: MainWindow, store: SettingsStore, tasks: TaskRunner, run: Callable[[tuple[str, ...]], Reply]
    ) -> None:
        """Look for the portal, and bind the keys where they were on.

        Args:
            window: has the settings page, and shows what went wrong.
            store: remembers the switch.
            tasks: runs what blocks.
            run: runs a command of `masquerade ctl`.
        """
        super().__init__(window)
        self._window = window
        self._store = store
        self._run = run
        self._entry = ApplicationEntry(APPLICATION_SVG)
        self._service = GlobalShortcutService(tasks, self)
        self._service.changed.connect(self._show)
        self._service.pressed.connect(self._on_pressed)
        self._service.failed.connect(self._on_failed)
        window.settings_page.global_shortcuts_switched.connect(self.switch)
        self._service.look(self._on_portal)

    def switch(self, on: bool) -> None:
        """Switch them on or off, and remember it."""
        self._store.change(lambda settings: replace(settings, global_shortcuts=on))
        if on:
            self._entry.install()
        self._service.switch(on, _portal_name(self._window))
        if not on:
            self._entry.remove()

    def close(self) -> None:
        """Release the keys; the setting stays on for the next start."""
        self._service.close()

    def _on_portal(self, found: bool) -> None:
        if found:
            self._window.settings_page.offer_global_shortcuts()
        if self._store.settings.global_shortcuts:
            # Where the portal has gone since, this says so.
            self.switch(True)

    def _show(self, state: GlobalShortcutState) -> None:
        self._window.settings_page.show_global_shortcuts(state.on, _list_keys(state.keys))

    def _on_pressed(self, identity: str) -> None:
        command = next((each.command for each in GLOBAL_SHORTCUTS if each.id == identity), None)
        reply = self._run(command) if command is not None else Reply(True)
        if not reply.ok:
            self._window.show_notice(reply.message)

    def _on_failed(self, words: str) -> None:
        self.switch(False)
        self._window.settings_page.close_sheet()
        self._window.show_error(words, "Try again", lambda: self.switch(True))


def _list_keys(keys: Mapping[str, str]) -> str:
    """Return the keys from the desktop, one shortcut per line; "" if there are none."""
    return "\n".join(f"{keys[each.id]}: {each.words}" for each in GLOBAL_SHORTCUTS if keys.get(each.id))


def _portal_name(window: MainWindow) -> str:
    """Return the window as portals name it, so that the desktop's dialog stands before it.

    Wayland gives no name without a protocol that PySide lacks.
    """
    return f"x11:{int(window.winId()):x}" if QGuiApplication.platformName() == "xcb" else ""
