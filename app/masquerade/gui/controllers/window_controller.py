"""Conducts the window from its first paint to its end: settings, shortcuts, loading, closing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from masquerade.errors import AppError
from masquerade.gui.controllers.filter_controller import FilterController
from masquerade.gui.controllers.model_controller import ModelController
from masquerade.gui.controllers.package_controller import PackageController
from masquerade.gui.controllers.recording_controller import RecordingController
from masquerade.gui.controllers.shortcut_controller import ShortcutController
from masquerade.gui.controllers.sound_controller import SoundController
from masquerade.gui.controllers.source_controller import SourceController
from masquerade.gui.controllers.virtual_camera_controller import VirtualCameraController
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import Backend, LaunchOptions
from masquerade.gui.services.recordings import RecordingService
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.shortcuts import Command
from masquerade.gui.services.virtual_camera import VirtualCameraService
from masquerade.gui.services.workers import TaskRunner
from masquerade.gui.widgets.theme import Theme, apply_theme, pick_theme
from masquerade.settings import Settings, SourceKind, StatsDetail
from masquerade.values import Scene

_CLOSE_SECONDS = 5.0
_GALLERY_AFTER_MS = 1500


class WindowController(QObject):
    """Lives as long as the window. Before `attach` the window is up and waits; after it everything plays."""

    def __init__(self, window: MainWindow, memory: SettingsStore, tasks: TaskRunner, launch: LaunchOptions) -> None:
        super().__init__(window)
        self._window = window
        self._memory = memory
        self._tasks = tasks
        self._wishes = launch
        self._theme: Theme | None = None
        self._takes: RecordingService | None = None
        self._recording: RecordingController | None = None
        self._filters: FilterController | None = None
        self._packages: PackageController | None = None
        self._sources: SourceController | None = None
        self._outgoing: tuple[VirtualCameraService, ...] = ()
        self._kind = SourceKind.CAMERA
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        # A coarse one may be half a second out after 10 s.
        self._end.setTimerType(Qt.TimerType.PreciseTimer)
        self._end.timeout.connect(window.close)
        self._wire_settings()
        self._wire_shortcuts()
        self._show_settings(memory.settings)
        window.closing.connect(self._on_closing)
        window.bar.enable_takes(False)
        window.view.begin_source("")
        if memory.error is not None:
            window.show_notice(memory.error)

    def load(self, load_backend: Callable[[], Backend]) -> None:
        """Load models and filters aside; an error is told, with another try as the way out."""

        def failed(error: AppError) -> None:
            self._window.view.end_source("Masquerade couldn't start.")
            self._window.show_error(str(error), "Try again", lambda: self.load(load_backend))

        self._tasks.submit(load_backend, name="load", on_result=self.attach, on_error=failed)

    def attach(self, parts: Backend) -> None:
        """Take everything the window drives, and begins."""
        takes = self._takes = RecordingService(parts, self._tasks, self)
        recording_controller = self._recording = RecordingController(
            self._window.view,
            self._window.bar,
            self._window,
            open_settings=self._window.settings_page.open_sheet,
            store=self._memory,
            recordings=takes,
        )
        SoundController(
            self._window.bar.microphone,
            self._window.show_notice,
            list_microphones=parts.list_microphones,
            store=self._memory,
            tasks=self._tasks,
            recordings=takes,
        )
        filters = self._filters = FilterController(
            self._window.gallery,
            self._window.view,
            self._window.bar,
            messages=self._window,
            store=self._memory,
            tasks=self._tasks,
            backend=parts,
        )
        packages = self._packages = PackageController(self._window.gallery, filters, self._window, self._tasks, parts)
        camera = VirtualCameraService(parts.open_virtual_camera, self._tasks, self)
        stream = VirtualCameraService(parts.open_stream, self._tasks, self)
        self._outgoing = (camera, stream)

        def tap(scene: Scene) -> None:
            takes.tap(scene)
            camera.tap(scene)
            stream.tap(scene)

        sources = self._sources = SourceController(self._window, self._memory, self._tasks, parts, tap)
        sources.first_shown.connect(packages.begin)
        # A camera that gives nothing must not keep the gallery empty.
        QTimer.singleShot(_GALLERY_AFTER_MS, packages, packages.begin)
        sources.first_shown.connect(lambda: self._begin_wished_take(recording_controller))
        sources.stopped.connect(recording_controller.stop)
        sources.filters_dropped.connect(packages.add)
        sources.begun.connect(filters.change_source)
        for over in (sources.begun, sources.stopped):
            for hide in (camera.show_card, stream.show_card, self._window.output.clear):
                over.connect(hide)
        VirtualCameraController(self._window, self._memory, camera, stream)
        sources.kind_changed.connect(self._on_kind_changed)
        ModelController(self._window.settings_page, self._window, self._memory, self._tasks, parts).begin(
            self._wishes.model
        )
        # The filter first: who has chosen to be blurred must never be seen bare.
        filters.ready.connect(lambda: sources.begin(self._wishes.source_text))
        filters.begin(self._wishes.filters)
        if self._wishes.seconds is not None:
            self._end.start(round(self._wishes.seconds * 1000))

    def take_over(self, launch: LaunchOptions) -> None:
        """Come to the front and do what a second start of the program asks for.

        Raises:
            AppError: a recording is asked for while one runs.
        """
        self._window.come_to_front()
        if launch.record_to is not None and self._takes is not None and self._takes.recording:
            raise AppError("Masquerade is already recording. Stop that recording first.")
        filters, packages = self._filters, self._packages
        sources, recording = self._sources, self._recording
        if filters is None or packages is None or sources is None or recording is None:
            self._wishes = launch
            return
        if launch.packages:
            packages.add(launch.packages)
        elif launch.filters:
            filters.choose(launch.filters[0])
            for identity in launch.filters[1:]:
                filters.add_or_take_off(identity)
        if launch.source_text is not None:
            self._wishes = replace(self._wishes, record_to=launch.record_to)
            sources.begin(launch.source_text)
        elif launch.record_to is not None:
            recording.record_to(launch.record_to)

    def _begin_wished_take(self, desk: RecordingController) -> None:
        path = self._wishes.record_to
        if path is not None:
            self._wishes = replace(self._wishes, record_to=None)
            if self._end.isActive() and self._takes is not None:
                # A take of 10 s lasts 10 s, however long the first image and the encoder were in coming.
                begun = self._takes.recording_changed
                begun.connect(lambda _: self._end.start(), Qt.ConnectionType.SingleShotConnection)
            desk.record_to(path)

    def _wire_settings(self) -> None:
        window, memory = self._window, self._memory
        memory.changed.connect(self._show_settings)
        memory.failed.connect(window.show_error)
        window.settings_page.settings_changed.connect(lambda settings: memory.change(lambda _: settings))
        window.bar.mirror_preview.clicked.connect(self._mirror_preview)
        window.bar.mirror_file.clicked.connect(lambda on: self._change(mirror_file=on))
        window.placed.connect(self._on_placed)
        window.font_changed.connect(self._on_font_changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)

    def _change(self, **values: Any) -> None:
        self._memory.change(lambda settings: replace(settings, **values))

    def _mirror_preview(self, on: bool) -> None:
        """Remember the mirror for the kind of source that is playing."""
        others = tuple(kind for kind in self._memory.settings.mirror_preview if kind is not self._kind)
        self._change(mirror_preview=(*others, self._kind) if on else others)

    def _on_kind_changed(self, kind: SourceKind) -> None:
        self._kind = kind
        self._show_settings(self._memory.settings)

    def _show_settings(self, settings: Settings) -> None:
        """Show all of them; cheap enough to do it whole at each change."""
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
        theme = pick_theme(self._memory.settings.theme)
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

    def _wire_shortcuts(self) -> None:
        window = self._window
        window.bar.settings.clicked.connect(window.settings_page.open_sheet)
        window.bar.help.clicked.connect(window.shortcut_page.open_sheet)
        keys = ShortcutController(
            window,
            window.shortcut_page,
            self._memory,
            {
                Command.PHOTO: window.bar.photo.click,
                Command.RECORD: window.bar.record.click,
                Command.MIRROR_PREVIEW: window.bar.mirror_preview.click,
                Command.MIRROR_FILE: window.bar.mirror_file.click,
                Command.STATS: lambda: self._change(stats=_next_detail(self._memory.settings.stats)),
                Command.FULL_SCREEN: window.toggle_full_screen,
                Command.SEARCH: window.gallery.focus_search,
                Command.NO_FILTER: lambda: window.gallery.choose_favourite(0),
                Command.STAR: window.gallery.toggle_chosen,
                Command.WEAKER: lambda: window.bar.step_intensity(-10),
                Command.STRONGER: lambda: window.bar.step_intensity(10),
                Command.CAMERA: window.bar.camera.open,
                Command.VIRTUAL_CAMERA: window.bar.virtual_camera.click,
                Command.OPEN: window.bar.camera.file_wanted.emit,
                Command.SETTINGS: window.settings_page.open_sheet,
                Command.SHORTCUTS: window.shortcut_page.open_sheet,
                Command.QUIT: window.close,
            },
            {Command.FAVOURITE: window.gallery.choose_favourite, Command.FACE: self._choose_face},
        )
        if keys.problems:
            window.show_notice(" ".join(keys.problems), "Shortcuts", window.shortcut_page.open_sheet)

    def _choose_face(self, place: int) -> None:
        if self._filters is not None:
            self._filters.choose_face(place)

    def _on_closing(self) -> None:
        """End everything in the order in which nothing gets lost: images, recording, the rest."""
        if self._sources is not None:
            self._sources.close()
        if self._takes is not None:
            self._takes.close()
        for outgoing in self._outgoing:
            outgoing.close()
        if self._packages is not None:
            self._packages.close(_CLOSE_SECONDS)
        self._tasks.close(_CLOSE_SECONDS)
        self._memory.close()


def _next_detail(detail: StatsDetail) -> StatsDetail:
    """Return what the next press of the key shows: short, full, nothing."""
    order = tuple(StatsDetail)
    return order[(order.index(detail) + 1) % len(order)]
