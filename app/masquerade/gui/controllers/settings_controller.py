"""Apply the settings to the views: theme, mirrors, performance stats, and the settings page."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from masquerade.errors import AppError
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.desktop.autostart import this_system
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.widgets.theme import Theme, apply_theme, pick_theme
from masquerade.settings import Settings, SourceKind, StatsDetail


class SettingsController(QObject):
    """Applies every change of the settings at once, and remembers the switches of the bar."""

    def __init__(self, window: MainWindow, store: SettingsStore) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._theme: Theme | None = None
        self._kind = SourceKind.CAMERA
        store.changed.connect(self._show)
        store.failed.connect(window.show_error)
        window.settings_page.settings_changed.connect(lambda settings: store.change(lambda _: settings))
        window.bar.settings.clicked.connect(window.settings_page.open_sheet)
        window.bar.mirror_preview.clicked.connect(self._mirror_preview)
        window.bar.mirror_file.clicked.connect(lambda on: self._change(mirror_file=on))
        window.placed.connect(self._on_placed)
        window.font_changed.connect(self._on_font_changed)
        self._autostart = this_system()
        window.settings_page.login_switched.connect(self._start_at_login)
        window.settings_page.show_login(self._autostart.is_on)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)
        self._show(store.settings)

    def show_kind(self, kind: SourceKind) -> None:
        """Mirror the preview as is remembered for this kind of source."""
        self._kind = kind
        self._show(self._store.settings)

    def step_stats(self) -> None:
        """Show the performance stats short, in full, or not at all, in turn."""
        order = tuple(StatsDetail)
        self._change(stats=order[(order.index(self._store.settings.stats) + 1) % len(order)])

    def _change(self, **values: Any) -> None:
        self._store.change(lambda settings: replace(settings, **values))

    def _start_at_login(self, on: bool) -> None:
        try:
            self._autostart.switch(on)
        except AppError as error:
            self._window.settings_page.close_sheet()
            self._window.show_error(f"Start at login is unchanged: {error}")
        self._window.settings_page.show_login(self._autostart.is_on)

    def _mirror_preview(self, on: bool) -> None:
        """Remember the mirror for the kind of source that is playing."""
        others = tuple(kind for kind in self._store.settings.mirror_preview if kind is not self._kind)
        self._change(mirror_preview=(*others, self._kind) if on else others)

    def _show(self, settings: Settings) -> None:
        """Show all of them; cheap enough to do at each change."""
        window = self._window
        mirrored = self._kind in settings.mirror_preview
        window.view.mirror(mirrored)
        window.view.show_stats(settings.stats)
        window.bar.show_mirror(mirrored, can_change=self._kind is not SourceKind.FILE)
        window.bar.mirror_file.setChecked(settings.mirror_file)
        window.settings_page.show_settings(settings)
        self._apply_theme()

    def _apply_theme(self) -> None:
        application = QApplication.instance()
        theme = pick_theme(self._store.settings.theme)
        if isinstance(application, QApplication) and theme is not self._theme:
            self._theme = theme
            apply_theme(application, theme)
            self._window.refresh_colours()

    def _on_font_changed(self) -> None:
        """Give the stylesheet the sizes of the new font."""
        self._theme = None
        self._apply_theme()

    def _on_placed(self) -> None:
        window = self._window
        if window.isVisible() and not window.isFullScreen() and not window.isMinimized():
            self._change(window=window.current_place(), maximised=window.isMaximized())
