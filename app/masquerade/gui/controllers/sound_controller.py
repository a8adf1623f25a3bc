"""Wire the switches for sound: in recordings, and of the video that is the source."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from masquerade.errors import AppError
from masquerade.gui.services.backend import SourceSound
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.studio.recordings import RecordingService
from masquerade.gui.services.workers import TaskRunner
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.gui.toolbar.microphone_button import MicrophoneButton
from masquerade.settings import Settings

_LEVEL_EVERY_MS = 66
_GONE = "The microphone was disconnected. The recording goes on without sound."


class SoundController(QObject):
    """Join the button and the RecordingService."""

    def __init__(
        self,
        button: MicrophoneButton,
        show_notice: Callable[[str], None],
        withdraw: Callable[[str], None],
        *,
        list_microphones: Callable[[], Sequence[str]],
        store: SettingsStore,
        tasks: TaskRunner,
        recordings: RecordingService,
    ) -> None:
        """Connect everything.

        Args:
            button: the switch.
            show_notice: shows what is no error.
            withdraw: takes such a message back.
            list_microphones: called on a worker; may raise AppError.
            store: remembers the choice.
            tasks: runs work.
            recordings: has the microphone while a recording runs.
        """
        super().__init__(recordings)
        self._button = button
        self._show_notice = show_notice
        self._withdraw = withdraw
        self._list_microphones = list_microphones
        self._store = store
        self._tasks = tasks
        self._recordings = recordings
        self._is_gone = False
        self._about_recording = ""
        self._clock = QTimer(self)
        self._clock.setInterval(_LEVEL_EVERY_MS)
        self._clock.timeout.connect(self._look)
        button.clicked.connect(lambda on: self._change(record_sound=on))
        button.chosen.connect(lambda name: self._change(record_sound=True, microphone=name))
        button.menu_wanted.connect(self._open_menu)
        recordings.recording_changed.connect(self._on_recording_changed)
        recordings.silent.connect(lambda words: self._report(f"Recording without sound. {words}"))
        store.changed.connect(self._show)
        self._show(store.settings)

    def _show(self, settings: Settings) -> None:
        self._button.show_choice(settings.record_sound, settings.microphone)
        self._recordings.mute(not settings.record_sound)

    def _open_menu(self) -> None:
        self._tasks.submit(
            self._list_microphones, name="list microphones", on_result=self._button.offer, on_error=self._on_no_list
        )

    def _on_no_list(self, error: AppError) -> None:
        self._show_notice(str(error))

    def _on_recording_changed(self, running: bool) -> None:
        self._is_gone = False
        if running:
            self._clock.start()
        else:
            self._clock.stop()
            self._button.show_level(0.0)
            self._withdraw(self._about_recording)

    def _report(self, words: str) -> None:
        """Show a message that is true until the recording ends."""
        self._about_recording = words
        self._show_notice(words)

    def _look(self) -> None:
        self._button.show_level(self._recordings.level)
        if self._recordings.has_lost_sound and not self._is_gone:
            self._is_gone = True
            self._report(_GONE)

    def _change(self, **values: Any) -> None:
        self._store.change(lambda settings: replace(settings, **values))


class SourceSoundController(QObject):
    """Join the switch that mutes a video with its sound, which recordings have in any case."""

    def __init__(self, bar: BottomBar, store: SettingsStore, sound: SourceSound) -> None:
        super().__init__(bar)
        self._bar = bar
        self._store = store
        self._sound = sound
        bar.sound.clicked.connect(self._toggle)
        store.changed.connect(lambda _: self.show_sound())
        self.show_sound()

    def show_sound(self) -> None:
        """Show the switch where what plays has sound."""
        muted = self._store.settings.mute_videos
        self._sound.mute(muted)
        self._bar.show_sound(self._sound.has_sound, muted)

    def _toggle(self) -> None:
        self._store.change(lambda settings: replace(settings, mute_videos=not settings.mute_videos))
