"""Control the window from its first paint to its end: shortcuts, loading, a second start, closing."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from masquerade.errors import AppError
from masquerade.gui.controllers.clip_controller import ClipController
from masquerade.gui.controllers.filter_controller import FilterController
from masquerade.gui.controllers.global_shortcut_controller import GlobalShortcutController
from masquerade.gui.controllers.model_controller import ModelController
from masquerade.gui.controllers.package_controller import PackageController
from masquerade.gui.controllers.photo_controller import PhotoController
from masquerade.gui.controllers.recent_controller import RecentController
from masquerade.gui.controllers.recording_controller import RecordingController, report_in_words
from masquerade.gui.controllers.remote_controller import RemoteController
from masquerade.gui.controllers.rest_controller import RestController
from masquerade.gui.controllers.settings_controller import SettingsController
from masquerade.gui.controllers.shortcut_controller import ShortcutController
from masquerade.gui.controllers.sound_controller import SoundController, SourceSoundController
from masquerade.gui.controllers.source_controller import SourceController
from masquerade.gui.controllers.tray_controller import TrayController
from masquerade.gui.controllers.virtual_camera_controller import VirtualCameraController
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import Backend, LaunchOptions
from masquerade.gui.services.desktop.instance import Reply
from masquerade.gui.services.desktop.shortcuts import Command
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.sources.player import Player
from masquerade.gui.services.sources.policy import SourceGuide
from masquerade.gui.services.studio.countdown_sound import CountdownSound
from masquerade.gui.services.studio.recordings import RecordingService
from masquerade.gui.services.studio.replay import ReplayService
from masquerade.gui.services.studio.virtual_camera import VirtualCameraService
from masquerade.gui.services.workers import TaskRunner
from masquerade.values import Scene

if TYPE_CHECKING:
    from masquerade.studio.recording.recorder import RecordingReport

_CLOSE_SECONDS = 5.0
_GALLERY_AFTER_MS = 1500


class WindowController(QObject):
    """Controls the window; before `attach` it only shows, afterwards everything runs."""

    def __init__(self, window: MainWindow, store: SettingsStore, tasks: TaskRunner, launch: LaunchOptions) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._tasks = tasks
        self._launch = launch
        self._recordings: RecordingService | None = None
        self._replay: ReplayService | None = None
        self._recording: RecordingController | None = None
        self._clips: ClipController | None = None
        self._photos: PhotoController | None = None
        self._filters: FilterController | None = None
        self._packages: PackageController | None = None
        self._sources: SourceController | None = None
        self._outgoing: tuple[VirtualCameraService, ...] = ()
        self._remote: RemoteController | None = None
        self._models: ModelController | None = None
        self._global_keys: GlobalShortcutController | None = None
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        # A coarse one may be half a second out after 10 s.
        self._end.setTimerType(Qt.TimerType.PreciseTimer)
        self._end.timeout.connect(window.close)
        self._settings = SettingsController(window, store)
        self._wire_shortcuts()
        window.closing.connect(self._on_closing)
        window.bar.enable_takes(False)
        window.view.begin_source("")
        if store.error is not None:
            window.show_notice(store.error)
        self._show_last_recording()

    def load(self, load_backend: Callable[[], Backend]) -> None:
        """Load models and filters on a thread; show an error with a button to try again."""

        def failed(error: AppError) -> None:
            self._window.view.end_source("Masquerade couldn't start.")
            # Where it was to start hidden, the error would never be seen.
            self._window.show()
            self._window.show_error(str(error), "Try again", lambda: self.load(load_backend))

        self._tasks.submit(load_backend, name="load", on_result=self.attach, on_error=failed)

    def attach(self, backend: Backend) -> None:
        """Connect the backend, and start."""
        window = self._window
        recordings, replay, recording = self._make_recording(backend)
        filters = self._filters = FilterController(
            window.gallery,
            window.view,
            window.bar,
            messages=window,
            store=self._store,
            tasks=self._tasks,
            backend=backend,
        )
        packages = self._packages = PackageController(window.gallery, filters, window, self._tasks, backend)
        camera = VirtualCameraService(backend.open_virtual_camera, self._tasks, self)
        stream = VirtualCameraService(backend.open_stream, self._tasks, self)
        self._outgoing = (camera, stream)

        def tap(scene: Scene) -> None:
            recordings.tap(scene)
            replay.tap(scene)
            camera.tap(scene)
            stream.tap(scene)

        player = Player(backend.start_engine, tap, self._tasks, self)
        guide = SourceGuide(player, backend.list_cameras, self._tasks, self)
        sources = self._sources = SourceController(window.view, window.bar, window, guide=guide, store=self._store)
        guide.scene_arrived.connect(window.output.show_scene)
        guide.scene_arrived.connect(filters.on_scene)
        window.paths_dropped.connect(sources.open_dropped)
        sources.first_shown.connect(packages.begin)
        # A camera that gives nothing must not keep the gallery empty.
        QTimer.singleShot(_GALLERY_AFTER_MS, packages, packages.begin)
        sources.first_shown.connect(self._begin_launch_recording)
        sources.stopped.connect(recording.stop)
        self._wire_source_sound(backend, sources)
        photos = self._make_photos(backend, sources, recording)
        sources.begun.connect(replay.forget)
        sources.filters_dropped.connect(packages.add)
        sources.begun.connect(filters.change_source)
        for hide in (camera.show_card, stream.show_card, window.output.clear):
            sources.begun.connect(hide)
            sources.stopped.connect(hide)
        self._wire_remote_control(camera, stream)
        self._wire_rest(player, recordings, replay, photos)
        sources.kind_changed.connect(self._settings.show_kind)
        self._models = ModelController(window.settings_page, window, self._store, self._tasks, backend)
        self._models.begin(self._launch.model)
        self._begin(filters, sources)

    def _wire_rest(
        self, player: Player, recordings: RecordingService, replay: ReplayService, photos: PhotoController
    ) -> None:
        def is_used() -> bool:
            kept = recordings.is_wanted or replay.seconds > 0 or photos.is_busy
            return kept or any(outgoing.state.on for outgoing in self._outgoing)

        rest = RestController(self._window, player, is_used)
        recordings.recording_changed.connect(rest.look)
        photos.begun.connect(rest.look)
        for outgoing in self._outgoing:
            outgoing.changed.connect(rest.look)

    def _wire_remote_control(self, camera: VirtualCameraService, stream: VirtualCameraService) -> None:
        """Connect the controls that work while another program has the focus."""
        VirtualCameraController(self._window, self._store, camera, stream)
        TrayController(self._window, self._store, camera, self.control)
        self._global_keys = GlobalShortcutController(self._window, self._store, self._tasks, self.control)

    def _wire_source_sound(self, backend: Backend, sources: SourceController) -> None:
        sound = SourceSoundController(self._window.bar, self._store, backend.source_sound)
        for change in (sources.first_shown, sources.begun, sources.stopped):
            change.connect(sound.show_sound)
        self._window.closing.connect(backend.source_sound.close)

    def _make_recording(self, backend: Backend) -> tuple[RecordingService, ReplayService, RecordingController]:
        """Return the recording service, the replay service, and their controller."""
        window = self._window
        recordings = self._recordings = RecordingService(backend, self._tasks, self)
        replay = self._replay = ReplayService(backend.open_replay, self._tasks, self)
        recording = self._recording = RecordingController(
            window.view,
            window.bar,
            window,
            open_settings=window.settings_page.open_sheet,
            store=self._store,
            recordings=recordings,
            replay=replay,
            worn=self._worn_names,
        )
        recent = RecentController(window, self._store, recordings, backend.clips, self._tasks)
        recording.saved.connect(recent.add)
        self._clips = ClipController(window.clip_page, recent, backend.clips, self._tasks)
        recording.loop_wanted.connect(self._clips.open_loop)
        SoundController(
            window.bar.microphone,
            window.show_notice,
            window.withdraw,
            list_microphones=backend.list_microphones,
            store=self._store,
            tasks=self._tasks,
            recordings=recordings,
        )
        return recordings, replay, recording

    def _make_photos(
        self, backend: Backend, sources: SourceController, recording: RecordingController
    ) -> PhotoController:
        sound = CountdownSound(backend.clips, self._tasks, self)
        photos = self._photos = PhotoController(self._window.view, self._window.bar, self._store, recording, sound)
        sources.stopped.connect(photos.cancel)
        return photos

    def _begin(self, filters: FilterController, sources: SourceController) -> None:
        """Put the first filters on, and then play."""
        # The filter first: who has chosen to be blurred must never be seen bare.
        filters.ready.connect(lambda: sources.begin(self._launch.source_text))
        filters.begin(self._launch.filters)
        if self._launch.seconds is not None:
            self._end.start(round(self._launch.seconds * 1000))

    def _worn_names(self) -> tuple[str, ...]:
        return self._filters.worn_names if self._filters is not None else ()

    def _save_replay(self) -> str:
        return self._recording.save_replay() if self._recording is not None else ""

    def _take_photo(self) -> str:
        return self._photos.press() if self._photos is not None else ""

    def _choose_model(self, model: str) -> None:
        if self._models is not None:
            self._models.choose(model)

    def control(self, words: tuple[str, ...]) -> Reply:
        """Run a command of `masquerade ctl`."""
        if self._filters is None:
            return Reply(False, "Masquerade is still starting. Try again in a moment.")
        if self._remote is None:
            self._remote = RemoteController(
                self._window, self._filters, self._take_photo, self._save_replay, self._choose_model
            )
        return self._remote.run(words)

    def take_over(self, launch: LaunchOptions) -> None:
        """Come to the front and apply the options of a second start.

        Raises:
            AppError: a recording is asked for while one runs.
        """
        if not launch.hidden:
            self._window.come_to_front()
        if launch.record_to is not None and self._recordings is not None and self._recordings.recording:
            raise AppError("Masquerade is already recording. Stop that recording first.")
        filters, packages = self._filters, self._packages
        sources, recording = self._sources, self._recording
        if filters is None or packages is None or sources is None or recording is None:
            self._launch = launch
            return
        if launch.packages:
            packages.add(launch.packages)
        elif launch.filters:
            filters.choose(launch.filters[0])
            for identity in launch.filters[1:]:
                filters.add_or_take_off(identity)
        if launch.source_text is not None:
            self._launch = replace(self._launch, record_to=launch.record_to)
            sources.begin(launch.source_text)
        elif launch.record_to is not None:
            recording.record_to(launch.record_to)

    def _begin_launch_recording(self) -> None:
        """Start the recording that the command line asks for, once, with the first image."""
        path = self._launch.record_to
        if path is None or self._recording is None or self._recordings is None:
            return
        self._launch = replace(self._launch, record_to=None)
        if self._end.isActive():
            # A recording of 10 s lasts 10 s, however long the first image and the encoder took.
            begun = self._recordings.recording_changed
            begun.connect(lambda _: self._end.start(), Qt.ConnectionType.SingleShotConnection)
        self._recording.record_to(path)

    def _wire_shortcuts(self) -> None:
        window = self._window
        window.bar.help.clicked.connect(window.shortcut_page.open_sheet)
        keys = ShortcutController(
            window,
            window.shortcut_page,
            self._store,
            {
                Command.PHOTO: window.bar.photo.click,
                Command.RECORD: window.bar.record.click,
                Command.PAUSE: window.bar.pause.click,
                Command.REPLAY: self._save_replay,
                Command.MIRROR_PREVIEW: window.bar.mirror_preview.click,
                Command.MIRROR_FILE: window.bar.mirror_file.click,
                Command.STATS: self._settings.step_stats,
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

    def _note_last_recording(self, report: "RecordingReport | None") -> None:
        """Remember what is missing in a recording that ended with the window, for the next start."""
        if report is None or not report.frames or not (report.dropped or report.clean_ended):
            return
        words = f"{report.path.name} was saved when the window was closed ({report_in_words(report)})."
        self._store.change(lambda settings: replace(settings, last_recording=words))

    def _show_last_recording(self) -> None:
        words = self._store.settings.last_recording
        if words:
            self._window.show_notice(words)
            self._store.change(lambda settings: replace(settings, last_recording=""))

    def _on_closing(self) -> None:
        """Stop everything in an order that loses nothing: frames, recording, the rest."""
        if self._global_keys is not None:
            self._global_keys.close()
        if self._sources is not None:
            self._sources.close()
        if self._clips is not None:
            self._clips.close()
        if self._photos is not None:
            self._photos.close()
        if self._recordings is not None:
            self._note_last_recording(self._recordings.close())
        if self._replay is not None:
            self._replay.close()
        for outgoing in self._outgoing:
            outgoing.close()
        if self._packages is not None:
            self._packages.close(_CLOSE_SECONDS)
        self._tasks.close(_CLOSE_SECONDS)
        self._store.close()
