"""Connects the switch, the page and the shortcut of the virtual camera to its service."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.studio.virtual_camera import VirtualCameraService, VirtualCameraState
from masquerade.settings import Settings
from masquerade.studio.virtual_camera.look import CameraLook

_LATENCY_EVERY_MS = 500


class VirtualCameraController(QObject):
    """Lives as long as the window; the switch is remembered from one start to the next."""

    def __init__(
        self, window: MainWindow, memory: SettingsStore, service: VirtualCameraService, stream: VirtualCameraService
    ) -> None:
        super().__init__(window)
        self._window = window
        self._memory = memory
        self._service = service
        self._stream = stream
        page, button = window.virtual_camera_page, window.bar.virtual_camera
        button.setEnabled(True)
        button.clicked.connect(self.switch)
        button.page_wanted.connect(page.open_sheet)
        window.settings_page.virtual_camera_wanted.connect(self._open_from_settings)
        page.switched.connect(self.switch)
        page.mirrored.connect(lambda on: self._change(mirror_virtual_camera=on))
        page.card_chosen.connect(lambda card: self._reopen(virtual_camera_card=card))
        page.height_chosen.connect(lambda height: self._reopen(virtual_camera_height=height))
        page.test_shown.connect(service.show_test_image)
        service.changed.connect(self._show)
        service.failed.connect(self._on_failed)
        page.stream_switched.connect(self._switch_stream)
        page.output_wanted.connect(window.output.show)
        stream.changed.connect(page.show_stream)
        stream.failed.connect(lambda words: window.show_error(words, "OK", lambda: None))
        memory.changed.connect(self._on_settings)
        self._clock = QTimer(self)
        self._clock.setInterval(_LATENCY_EVERY_MS)
        self._clock.timeout.connect(lambda: window.view.show_outgoing(service.latency_ms))
        self._on_settings(memory.settings)
        if memory.settings.virtual_camera:
            self._switch(True)

    def switch(self, on: bool) -> None:
        """Switch it on or off; the first time, the page says what to do next."""
        first = on and not self._memory.settings.virtual_camera_explained
        self._change(virtual_camera=on, virtual_camera_explained=self._memory.settings.virtual_camera_explained or on)
        self._switch(on)
        if first:
            self._window.virtual_camera_page.open_sheet()

    def _open_from_settings(self) -> None:
        self._window.settings_page.close_sheet()
        self._window.virtual_camera_page.open_sheet()

    def _switch(self, on: bool) -> None:
        self._service.switch(on, _look_of(self._memory.settings))

    def _switch_stream(self, on: bool) -> None:
        self._stream.switch(on, _look_of(self._memory.settings))

    def _show(self, state: VirtualCameraState) -> None:
        self._window.bar.virtual_camera.show_state(state)
        self._window.virtual_camera_page.show_state(state)
        if state.readers and not self._clock.isActive():
            self._clock.start()
        elif not state.readers:
            self._clock.stop()
            self._window.view.show_outgoing(None)

    def _on_settings(self, settings: Settings) -> None:
        self._window.virtual_camera_page.show_choices(_look_of(settings))
        self._service.mirror(settings.mirror_virtual_camera)
        self._stream.mirror(settings.mirror_virtual_camera)
        self._window.output.mirror(settings.mirror_virtual_camera)

    def _reopen(self, **values: Any) -> None:
        """Change a setting of the camera, and reopen it if it is on."""
        self._change(**values)
        for service in (self._service, self._stream):
            if service.state.on:
                service.switch(False, _look_of(self._memory.settings))
                service.switch(True, _look_of(self._memory.settings))

    def _on_failed(self, words: str) -> None:
        self._change(virtual_camera=False)
        self._window.virtual_camera_page.close_sheet()
        self._window.show_error(words, "Try again", lambda: self.switch(True))

    def _change(self, **values: Any) -> None:
        self._memory.change(lambda settings: replace(settings, **values))


def _look_of(settings: Settings) -> CameraLook:
    return CameraLook(settings.mirror_virtual_camera, settings.virtual_camera_card, settings.virtual_camera_height)
