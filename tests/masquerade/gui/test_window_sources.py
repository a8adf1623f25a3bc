"""The window shows cameras, files and the demo, and says what is wrong with them."""

import threading
import tomllib
from pathlib import Path

import av
import pytest
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.services.desktop.instance import InstanceServer, Reply, launch_request, send
from masquerade.pipeline.cameras import CameraInfo
from masquerade.settings import Settings
from masquerade.settings_file import write_settings
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, drop, is_live, open_live, remember, wait
from tests.masquerade.gui.world import World


def test_the_first_camera_is_shown_at_the_first_start(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    assert world.started == [CAMERA]
    assert window.bar.camera.text() == "Integrated Camera"
    assert window.banner.words == ""


def test_a_camera_that_streams_is_left_alone_when_the_menu_looks_for_others(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    window.bar.camera.opened.emit()
    wait(qtbot, lambda: len(world.spared) == 2)
    assert world.spared == [None, world.cameras[0]]


def test_the_window_is_up_before_anything_is_loaded(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_window()
    assert window.isVisible()
    assert world.started == []


def test_without_a_camera_the_demo_moves_and_says_so(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.cameras = ()
    window = open_live(qtbot, open_window)
    assert world.started == ["demo"]
    assert "No camera found" in window.banner.words
    assert window.banner.button.text() == "Look again"


def test_looking_again_finds_a_camera_plugged_in_since(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.cameras = ()
    window = open_live(qtbot, open_window)
    world.cameras = (CameraInfo(0, "Integrated Camera"),)
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.started == ["demo", CAMERA] and is_live(window))
    assert window.banner.words == ""


def test_looking_again_without_success_reports_it_and_the_demo_goes_on(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.cameras = ()
    window = open_live(qtbot, open_window)
    for _ in range(2):
        qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
        assert window.banner.words == "Looking for cameras\u2026"
        wait(qtbot, lambda: window.banner.words == "Still no camera found \u2013 this is the demo.")
    assert world.started == ["demo"]


def test_a_busy_camera_is_an_error_with_a_button_to_try_again(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.errors[CAMERA] = "The camera is used by another program."
    window = open_window()
    wait(qtbot, lambda: window.banner.words == "The camera is used by another program.")
    assert window.view.waiting_words
    assert not window.bar.record.isEnabled()
    world.errors.clear()
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: is_live(window))
    assert window.banner.words == ""


def test_a_camera_pulled_out_dims_the_preview_and_comes_back_by_itself(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    plugged_in, world.cameras = world.cameras, ()
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: "was unplugged" in window.banner.words)
    assert "continues when it is back" in window.banner.words
    assert window.view.waiting_words == "No video from the camera."
    looks = len(world.spared)
    wait(qtbot, lambda: len(world.spared) >= looks + 2)
    assert world.started == [CAMERA]
    world.cameras = plugged_in
    looks = len(world.spared)
    wait(qtbot, lambda: is_live(window))
    # One may have been under way.
    assert len(world.spared) <= looks + 2
    assert world.started == [CAMERA, CAMERA]
    assert window.banner.words == ""


def test_a_camera_that_comes_back_under_another_number_is_found(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window, launch=LaunchOptions("camera:0"))
    world.cameras = ()
    world.sources["camera:0"].unplug()
    wait(qtbot, lambda: "was unplugged" in window.banner.words)
    world.cameras = (CameraInfo(2, "Integrated Camera"),)
    wait(qtbot, lambda: is_live(window))
    assert world.started == ["camera:0", CAMERA]


def test_a_camera_that_keeps_failing_is_reported_once_and_tried_less_and_less_often(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    world.errors[CAMERA] = "The camera is used by another program."
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: len(world.started) == 3)
    assert window.banner.words == f"The camera '{CAMERA}' was unplugged."
    assert window.banner.waiting == 0
    world.errors.clear()
    wait(qtbot, lambda: is_live(window))
    assert window.banner.words == ""


def test_another_choice_ends_the_waiting_for_a_lost_camera(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    plugged_in, world.cameras = world.cameras, ()
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: "was unplugged" in window.banner.words)
    window.bar.camera.source_chosen.emit("demo")
    wait(qtbot, lambda: is_live(window))
    world.cameras = plugged_in
    looks = len(world.spared)
    # Longer than the pause between two looks.
    qtbot.wait(700)
    assert len(world.spared) == looks
    assert world.started == [CAMERA, "demo"]
    assert window.banner.words == ""


@pytest.mark.parametrize(
    "failure", [OSError(19, "No such device"), ValueError("odd"), MemoryError(), KeyError(3), ZeroDivisionError()]
)
def test_whatever_a_driver_raises_is_reported_and_the_camera_is_tried_again(
    qtbot: QtBot, world: World, open_window: OpenWindow, failure: Exception
) -> None:
    window = open_live(qtbot, open_window)
    world.sources[CAMERA].failure = failure
    wait(qtbot, lambda: window.banner.is_open)
    wait(qtbot, lambda: is_live(window) and len(world.started) == 2)
    assert window.banner.words == ""


def test_frames_of_another_size_in_mid_stream_are_shown_and_recorded(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    for size_wh in ((7680, 4320), (17, 31), (1, 1), (64, 36)):
        world.sources[CAMERA].size_wh = size_wh
        wait(qtbot, lambda size_wh=size_wh: shown_size(window) == size_wh)
        assert window.banner.words == ""
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait(qtbot, lambda: "Video saved" in window.toast.words)
    (path,) = world.takes
    with av.open(str(path)) as file:
        assert {(frame.width, frame.height) for frame in file.decode(video=0)} == {(64, 36)}


def shown_size(window: MainWindow) -> tuple[int, int]:
    assert window.view.scene is not None
    return window.view.scene.frame.size_wh


def test_errors_of_camera_and_recording_do_not_hide_each_other(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    blocker = world.folder / "file"
    blocker.write_text("")
    write_settings(world.settings_path, Settings(folder=str(blocker / "takes")))
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    world.cameras = ()
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: window.banner.waiting == 1)
    words = set()
    while window.banner.is_open:
        words.add(window.banner.words)
        qtbot.mouseClick(window.banner.close_button, Qt.MouseButton.LeftButton)
    assert any("was unplugged" in each for each in words)
    assert any("cannot be created" in each for each in words)


def test_a_camera_without_frames_is_not_shown_as_live(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    world.sources[CAMERA].silent.set()
    wait(qtbot, lambda: window.view.waiting_words is not None)
    world.sources[CAMERA].silent.clear()
    wait(qtbot, lambda: is_live(window))


def test_a_file_that_is_no_video_leaves_the_camera_running(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    world.errors["/broken.mp4"] = "broken.mp4 is no video."
    drop(window, Path("/broken.mp4"))
    wait(qtbot, lambda: window.banner.words == "broken.mp4 is no video." and is_live(window))
    assert world.started == [CAMERA, "/broken.mp4", CAMERA]
    window.close()
    assert tomllib.loads(world.settings_path.read_text())["source"] == ""


def test_a_dropped_video_is_played_and_remembered(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    drop(window, Path("/clip.mp4"))
    wait(qtbot, lambda: world.started == [CAMERA, "/clip.mp4"] and is_live(window))
    assert window.bar.camera.text() == "clip.mp4"
    window.close()
    assert tomllib.loads(world.settings_path.read_text())["source"] == "/clip.mp4"


def test_of_many_quick_choices_the_last_one_plays(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    for source in ("/a.mp4", "/b.mp4", "demo"):
        window.bar.camera.source_chosen.emit(source)
    wait(qtbot, lambda: world.started[-1] == "demo" and is_live(window))
    assert world.started == [CAMERA, "demo"]


def test_a_second_start_raises_this_window_and_hands_its_options_over(
    qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path
) -> None:
    server = InstanceServer()
    name = str(tmp_path / "masquerade.socket")
    assert server.claim(name, launch_request(LaunchOptions())) is None
    window = open_live(qtbot, open_window, server=server)
    window.showMinimized()
    replies: list[Reply | None] = []
    second = launch_request(LaunchOptions("/clip.mp4", ("dog",), tmp_path / "take.mp4"))
    thread = threading.Thread(target=lambda: replies.append(send(name, second)))
    thread.start()
    wait(qtbot, lambda: world.started[-1] == "/clip.mp4" and is_live(window) and world.worn[-1][0] == "dog")
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    thread.join()
    assert replies == [Reply(True)]
    assert not window.isMinimized()
    window.close()
    assert (tmp_path / "take.mp4").is_file()
    assert not Path(name).exists()
