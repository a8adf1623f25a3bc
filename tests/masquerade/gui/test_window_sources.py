"""The window shows cameras, files and the demo, and says what is wrong with them."""

import threading
import tomllib
from pathlib import Path

from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.services.instance import InstanceServer, Reply, launch_request, send
from masquerade.pipeline.cameras import CameraInfo
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, drop, is_live, open_live, wait
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


def test_looking_again_in_vain_says_it_again_and_the_demo_goes_on(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.cameras = ()
    window = open_live(qtbot, open_window)
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: "No camera found" in window.banner.words)
    assert world.started == ["demo"]


def test_a_busy_camera_is_told_with_another_try(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.errors[CAMERA] = "The camera is used by another program."
    window = open_window()
    wait(qtbot, lambda: window.banner.words == "The camera is used by another program.")
    assert window.view.waiting_words
    assert not window.bar.record.isEnabled()
    world.errors.clear()
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: is_live(window))
    assert window.banner.words == ""


def test_a_camera_pulled_out_dims_the_image_and_comes_back(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: "unplugged" in window.banner.words)
    assert window.view.waiting_words == "The camera gives no image."
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: is_live(window))
    assert world.started == [CAMERA, CAMERA]


def test_a_silent_camera_is_not_passed_off_as_live(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
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
