"""Drives the switch for sound in recordings in the whole window."""

import time
from pathlib import Path

import av
import numpy as np
from masquerade.gui.main_window import MainWindow
from masquerade.settings_file import read_settings
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, drop, open_live, remember, wait
from tests.masquerade.gui.world import World
from tests.masquerade.studio.sample_clips import make_clip


def _record(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")


def _stop(qtbot: QtBot, window: MainWindow) -> str:
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: window.toast.words.startswith("Video saved"))
    return window.toast.words


def test_a_recording_has_sound_and_the_level_is_shown(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, microphone="Headset")
    window = open_live(qtbot, open_window)
    _record(qtbot, window)
    assert world.microphones_used == ["Headset"]
    wait(qtbot, lambda: window.bar.microphone._level == 0.5)
    assert "sound" not in _stop(qtbot, window)
    assert world.microphone is not None
    assert world.microphone.closed
    assert window.bar.microphone._level == 0
    with av.open(str(world.takes[0])) as file:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    assert abs(sound[24_000:36_000].mean() - 0.5) < 0.05


def test_sound_that_is_off_opens_no_microphone_and_is_reported_at_the_end(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.mouseClick(window.bar.microphone, Qt.MouseButton.LeftButton)
    assert window.bar.microphone.accessibleName() == "Sound in recordings: off"
    _record(qtbot, window)
    assert world.microphones_used == [None]
    assert "no sound" in _stop(qtbot, window)


def test_mute_counts_at_once(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    _record(qtbot, window)
    qtbot.mouseClick(window.bar.microphone, Qt.MouseButton.LeftButton)
    assert world.microphone is not None
    assert world.microphone.muted
    qtbot.mouseClick(window.bar.microphone, Qt.MouseButton.LeftButton)
    assert not world.microphone.muted
    _stop(qtbot, window)


def test_a_microphone_that_is_not_there_is_one_sentence_and_the_video_goes_on(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world)
    world.microphone_error = "The microphone 'Headset' is not there: plug it in."
    window = open_live(qtbot, open_window)
    _record(qtbot, window)
    assert window.banner.words == "Recording without sound. The microphone 'Headset' is not there: plug it in."
    assert "no sound" in _stop(qtbot, window)
    assert not window.banner.is_open, "what was said of a recording goes with it"


def test_an_unplugged_microphone_is_reported_while_the_video_goes_on(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    _record(qtbot, window)
    assert world.microphone is not None
    world.microphone.lost = True
    wait(qtbot, lambda: "microphone was disconnected" in window.banner.words)
    wait(qtbot, lambda: window.bar.timer.text() >= "00:03")
    assert "partly without sound" in _stop(qtbot, window)


def test_another_microphone_is_chosen_by_its_name(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    button = window.bar.microphone
    button.menu_wanted.emit()
    wait(qtbot, button.menu.isVisible)
    assert [action.text() for action in button.menu.actions()] == ["System default", "Built-in", "Headset"]
    button.menu.actions()[2].trigger()
    button.menu.close()
    assert button.accessibleName() == "Sound in recordings: Headset"


def test_a_pause_is_a_button_beside_record_and_stops_the_timer(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    assert not window.bar.pause.isVisible()
    began = time.monotonic()
    _record(qtbot, window)
    qtbot.mouseClick(window.bar.pause, Qt.MouseButton.LeftButton)
    assert window.bar.pause.accessibleName() == "Resume recording"
    paused = time.monotonic()
    timer = window.bar.timer.text()
    qtbot.wait(1200)
    assert window.bar.timer.text() == timer
    resumed = time.monotonic()
    qtbot.mouseClick(window.bar.pause, Qt.MouseButton.LeftButton)
    assert window.bar.pause.accessibleName() == "Pause recording"
    _stop(qtbot, window)
    ran = time.monotonic() - resumed + paused - began
    assert not window.bar.pause.isVisible()
    with av.open(str(world.takes[0])) as file:
        assert float(file.duration or 0) / av.time_base < ran + 0.1


def test_a_video_with_sound_can_be_muted(qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    assert window.bar.sound.isHidden()
    followed = world.source_sound.follow(make_clip(tmp_path / "party.mp4", 1.0))
    followed.begin(0.0, time.monotonic())
    drop(window, tmp_path / "party.mp4")
    wait(qtbot, window.bar.sound.isVisible)
    assert window.bar.sound.accessibleName() == "Mute the video"
    qtbot.mouseClick(window.bar.sound, Qt.MouseButton.LeftButton)
    assert window.bar.sound.accessibleName() == "Unmute the video"
    followed.end()
    window.bar.camera.source_chosen.emit(CAMERA)
    wait(qtbot, window.bar.sound.isHidden)
    window.close()
    assert read_settings(world.settings_path).settings.mute_videos
