"""Takes photos in the whole window: after a countdown, in a row, as a strip."""

import cv2
from masquerade.gui.main_window import MainWindow
from masquerade.gui.preview.countdown import Countdown
from masquerade.settings import PhotoSeries
from masquerade.settings_file import read_settings
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, open_live, remember, wait
from tests.masquerade.gui.world import World, make_face_at


def _press(qtbot: QtBot, window: MainWindow) -> Countdown:
    qtbot.mouseClick(window.bar.photo, Qt.MouseButton.LeftButton)
    countdown = window.view.findChild(Countdown)
    assert isinstance(countdown, Countdown)
    return countdown


def test_a_photo_is_taken_after_the_countdown(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, photo_delay=3)
    window = open_live(qtbot, open_window)
    countdown = _press(qtbot, window)
    assert countdown.isVisible()
    assert countdown.left == 3
    wait(qtbot, lambda: countdown.left == 1)
    assert not world.takes
    wait(qtbot, lambda: len(world.takes) == 1)
    assert not countdown.isVisible()


def test_the_countdown_stands_beside_the_face(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, photo_delay=3)
    # Where the number stands without a face: in the middle of the lower edge of 64 x 36 pixels.
    world.faces = (make_face_at(32, 30, 0.4),)
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: len(window.view.face_rects()) == 1)
    countdown = _press(qtbot, window)
    place = countdown.number_place()
    assert window.view.image_place().contains(place)
    assert not place.intersects(window.view.face_rects()[0])
    _press(qtbot, window)


def test_the_countdown_is_heard_until_the_photo(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, photo_delay=3)
    window = open_live(qtbot, open_window)
    _press(qtbot, window)
    wait(qtbot, lambda: [seconds for seconds, _ in world.clips.countdowns] == [3])
    # Taken back, and begun again at once.
    _press(qtbot, window)
    wait(qtbot, lambda: world.clips.countdowns[0][1].closed)
    _press(qtbot, window)
    wait(qtbot, lambda: len(world.takes) == 1)
    assert not world.clips.countdowns[1][1].closed
    wait(qtbot, lambda: world.clips.countdowns[1][1].closed)


def test_a_countdown_is_silent_by_choice_and_while_recording(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, photo_delay=3)
    window = open_live(qtbot, open_window)
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: window.is_recording)
    assert _press(qtbot, window).left == 3
    _press(qtbot, window)
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: not window.is_recording)
    window.settings_page.countdown_sound.click()
    assert _press(qtbot, window).left == 3
    window.close()
    assert not world.clips.countdowns
    assert not read_settings(world.settings_path).settings.countdown_sound


def test_a_second_press_and_a_lost_camera_take_it_back(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, photo_delay=3)
    window = open_live(qtbot, open_window)
    countdown = _press(qtbot, window)
    _press(qtbot, window)
    assert (countdown.left, countdown.isVisible()) == (0, False)
    _press(qtbot, window)
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: countdown.left == 0)
    assert not world.takes


def test_four_photos_in_a_row(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, photo_series=PhotoSeries.BURST)
    window = open_live(qtbot, open_window)
    _press(qtbot, window)
    wait(qtbot, lambda: len([path for path in world.takes if path.name[0] != "."]) == 4)


def test_a_strip_holds_four_photos(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, photo_series=PhotoSeries.STRIP, reduced_motion=True)
    window = open_live(qtbot, open_window)
    _press(qtbot, window)
    wait(qtbot, lambda: window.toast.words == "Photo saved")
    (path,) = world.takes
    height, width = cv2.imread(str(path)).shape[:2]
    assert height > 4 * 36 > 36 < width
