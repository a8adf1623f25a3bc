"""Drives the switch of the virtual camera in the whole window."""

from masquerade.errors import AppError
from masquerade.gui.main_window import MainWindow
from masquerade.settings_file import read_settings
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, open_live, remember, wait
from tests.masquerade.gui.world import FakeVirtualCamera, World


def _switch_on(qtbot: QtBot, window: MainWindow, world: World) -> FakeVirtualCamera:
    qtbot.mouseClick(window.bar.virtual_camera, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: window.bar.virtual_camera.accessibleName() == "Virtual camera: Ready")
    assert world.virtual_camera is not None
    return world.virtual_camera


def test_one_click_offers_the_camera_and_says_who_looks(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    camera = _switch_on(qtbot, window, world)
    assert not window.virtual_camera_page.isVisible()
    assert not camera.mirrored
    wait(qtbot, lambda: len(camera.frames) > 2)
    camera.watch(2)
    wait(qtbot, lambda: window.bar.virtual_camera.accessibleName() == "Virtual camera: In use by 2")
    wait(qtbot, lambda: "20 ms to the virtual camera" in window.view.hud_rows[0][0])
    qtbot.mouseClick(window.bar.virtual_camera, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: camera.closed and window.bar.virtual_camera.accessibleName() == "Virtual camera: Off")
    frames = len(camera.frames)
    shown = window.view.scene
    assert shown is not None
    wait(qtbot, lambda: window.view.scene is not None and window.view.scene.frame.index > shown.frame.index + 3)
    assert len(camera.frames) <= frames + 1


def test_the_first_time_the_page_says_what_to_do_next(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    camera = _switch_on(qtbot, window, world)
    page = window.virtual_camera_page
    assert page.isVisible()
    assert "choose \u201cMasquerade\u201d" in page.state.text()
    page.test.click()
    page.mirror.click()
    assert (camera.tests, camera.mirrored) == ([True], True)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert camera.tests == [True, False]
    window.close()
    settings = read_settings(world.settings_path).settings
    assert (settings.virtual_camera, settings.mirror_virtual_camera) == (True, True)
    assert camera.closed


def test_its_page_opens_by_a_right_click_and_from_the_settings(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    page, button = window.virtual_camera_page, window.bar.virtual_camera
    place = button.rect().center()
    QGuiApplication.sendEvent(
        button, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, button.mapToGlobal(place))
    )
    assert page.isVisible()
    assert not button.isChecked()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    window.settings_page.open_sheet()
    qtbot.mouseClick(window.settings_page.virtual_camera, Qt.MouseButton.LeftButton)
    assert (page.isVisible(), window.settings_page.isVisible()) == (True, False)


def test_it_is_on_again_at_the_next_start(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, virtual_camera=True, mirror_virtual_camera=True, virtual_camera_card="card.png")
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: window.bar.virtual_camera.isChecked() and world.virtual_camera is not None)
    assert world.virtual_camera is not None
    assert (world.virtual_camera.mirrored, world.virtual_camera.card) == (True, "card.png")


def test_another_source_shows_the_card_first(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    camera = _switch_on(qtbot, window, world)
    cards = camera.cards
    window.bar.camera.source_chosen.emit("demo")
    wait(qtbot, lambda: "demo" in world.started)
    assert camera.cards > cards


def test_a_system_without_one_is_one_sentence_and_the_switch_goes_back(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, virtual_camera_explained=True)
    world.camera_error = "PipeWire cannot be reached."
    window = open_live(qtbot, open_window)
    qtbot.mouseClick(window.bar.virtual_camera, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: "PipeWire cannot be reached." in window.banner.words)
    assert not window.bar.virtual_camera.isChecked()
    world.camera_error = ""
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: window.bar.virtual_camera.accessibleName() == "Virtual camera: Ready")


def test_a_camera_that_goes_away_is_reported(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    camera = _switch_on(qtbot, window, world)
    camera.on_error(AppError("PipeWire has stopped."))
    wait(qtbot, lambda: "PipeWire has stopped." in window.banner.words)
    assert window.bar.virtual_camera.accessibleName() == "Virtual camera: Off"
    assert camera.closed


def test_another_card_is_taken_while_it_is_on(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    first = _switch_on(qtbot, window, world)
    window.virtual_camera_page.card_chosen.emit("/some/card.png")
    wait(qtbot, lambda: world.virtual_camera is not first)
    assert first.closed
    assert world.virtual_camera is not None
    assert world.virtual_camera.card == "/some/card.png"


def test_the_stream_gives_an_address_to_paste(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    page = window.virtual_camera_page
    page.open_sheet()
    qtbot.mouseClick(page.stream, Qt.MouseButton.LeftButton)
    wait(qtbot, page.copy.isEnabled)
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:1/token/"
    stream = world.stream
    assert stream is not None
    wait(qtbot, lambda: len(stream.frames) > 1)
    qtbot.mouseClick(page.stream, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: stream.closed and not page.copy.isEnabled())


def test_the_window_without_controls_shows_the_frames_alone(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    window.virtual_camera_page.output_wanted.emit()
    output = window.output
    # Blue is left in the camera; the preview is mirrored, this is not.
    wait(qtbot, lambda: _colour_at(output, 0.25) == "#0000ff" and _colour_at(output, 0.75) == "#ff0000")
    window.virtual_camera_page.mirrored.emit(True)
    wait(qtbot, lambda: _colour_at(output, 0.25) == "#ff0000")
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: _colour_at(output, 0.25) == "#000000")
    window.close()
    assert not output.isVisible()


def _colour_at(output: QWidget, share: float) -> str:
    return output.grab().toImage().pixelColor(round(output.width() * share), output.height() // 2).name()


def test_another_size_is_taken_while_it_is_on(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, virtual_camera=True, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: world.virtual_camera is not None)
    first = world.virtual_camera
    assert first is not None
    assert first.height == 720
    window.virtual_camera_page.height_row.chosen.emit("1080")
    wait(qtbot, lambda: world.virtual_camera is not first)
    assert first.closed
    assert world.virtual_camera is not None
    assert world.virtual_camera.height == 1080
    window.close()
    assert read_settings(world.settings_path).settings.virtual_camera_height == 1080
