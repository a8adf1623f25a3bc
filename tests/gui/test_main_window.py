"""Drives the whole window with the real engine and recorder: what a user does, what must come of it."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QListView, QSlider, QWidget
from pytestqt.qtbot import QtBot

from app.errors import ModelError
from app.gui.main_window import MainWindow
from app.gui.parts import CameraName, Wishes
from app.gui.photo_flight import PhotoFlight
from app.settings import Settings, write_settings
from tests.gui.conftest import OpenWindow
from tests.gui.world import World

CAMERA = "camera:Integrated Camera"
WAIT_MS = 8000


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=WAIT_MS)


def is_live(window: MainWindow) -> bool:
    return window.view.waiting_words is None and window.view.scene is not None


def open_live(qtbot: QtBot, open_window: OpenWindow, **values: object) -> MainWindow:
    window = open_window(**values)
    wait(qtbot, lambda: is_live(window) and window.bar.record.isEnabled() and len(window.gallery.model.cards) > 0)
    # Without a window manager nobody else gives it the keyboard.
    with qtbot.waitActive(window, timeout=WAIT_MS):
        window.activateWindow()
    return window


def remember(world: World, **values: object) -> None:
    write_settings(world.settings_path, Settings(folder=str(world.folder / "takes"), **values))  # type: ignore[arg-type]


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, modifiers))


def test_the_first_camera_is_shown_at_the_first_start(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    assert world.started == [CAMERA]
    assert window.bar.camera.text() == "Integrated Camera"
    assert window.banner.words == ""


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
    world.cameras = (CameraName(0, "Integrated Camera"),)
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
    world.faults[CAMERA] = "The camera is used by another program."
    window = open_window()
    wait(qtbot, lambda: window.banner.words == "The camera is used by another program.")
    assert window.view.waiting_words
    assert not window.bar.record.isEnabled()
    world.faults.clear()
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: is_live(window))
    assert window.banner.words == ""


def test_a_camera_pulled_out_dims_the_picture_and_comes_back(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: "unplugged" in window.banner.words)
    assert window.view.waiting_words == "The camera gives no picture."
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
    world.faults["/broken.mp4"] = "broken.mp4 is no video."
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


def test_a_dropped_filter_package_comes_into_the_gallery(
    qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_live(qtbot, open_window)
    package = tmp_path / "fox"
    package.mkdir()
    (package / "filter.toml").write_text("format = 1")
    drop(window, package)
    wait(qtbot, lambda: "Fox" in window.toast.words)
    wait(qtbot, lambda: world.worn[-1][0] == "fox")
    qtbot.mouseClick(window.toast.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.worn[-1][0] == "")


def test_a_dropped_zip_comes_into_the_gallery_and_is_put_on(
    qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_live(qtbot, open_window)
    (tmp_path / "fox.zip").write_bytes(b"")
    drop(window, tmp_path / "fox.zip")
    wait(qtbot, lambda: world.worn[-1][0] == "fox")
    assert world.started == [CAMERA]


def test_the_fault_of_a_dropped_package_is_told_and_nothing_changes(
    qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_live(qtbot, open_window)
    world.filter_faults["fox.zip"] = "'fox', line 7: layer 1: unknown key 'dept'. `masquerade filters check` tells all."
    (tmp_path / "fox.zip").write_bytes(b"")
    drop(window, tmp_path / "fox.zip")
    wait(qtbot, lambda: "line 7" in window.banner.words)
    assert "fox" not in {card.identity for card in window.gallery.model.cards}


def test_a_model_that_is_missing_is_told_and_tried_again(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.load_fault = ModelError("The model file is missing. Install Masquerade anew.")
    window = open_window()
    wait(qtbot, lambda: "model file is missing" in window.banner.words)
    world.load_fault = None
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: is_live(window))


def test_the_remembered_filter_is_on_before_the_first_picture(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, filters=("blur",), source="demo")
    world.may_choose.clear()
    window = open_window()
    wait(qtbot, world.choosing.is_set)
    qtbot.wait(100)
    assert world.started == []
    world.may_choose.set()
    wait(qtbot, lambda: is_live(window))
    assert world.scenes_without_filter == 0
    assert window.gallery.model.chosen == "blur"


def test_a_remembered_filter_that_is_gone_is_taken_off(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, filters=("unicorn",))
    window = open_live(qtbot, open_window)
    assert window.gallery.model.chosen == ""
    assert "There is no filter 'unicorn' any more." in window.banner.words


def test_a_filter_that_cannot_be_put_on_leaves_the_one_before(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, filters=("crown",))
    world.filter_faults["dog"] = "dog: there is no file 'ear.svg'."
    window = open_live(qtbot, open_window)
    window.gallery.filter_chosen.emit("dog")
    wait(qtbot, lambda: "ear.svg" in window.banner.words)
    assert window.gallery.model.chosen == "crown"
    assert world.worn[-1][0] == "crown"


def test_a_click_on_a_card_puts_the_filter_on_and_remembers_it(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    gallery = window.gallery.list
    row = window.gallery.model.row_of("dog")
    assert row is not None
    place = gallery.visualRect(window.gallery.model.index(row)).center()
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait(qtbot, lambda: world.worn[-1][0] == "dog")
    window.close()
    assert tomllib.loads(world.settings_path.read_text())["filters"] == ["dog"]


def test_the_command_line_wins_and_is_not_remembered(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, filters=("crown",), source="demo")
    window = open_live(qtbot, open_window, wishes=Wishes(source_text="/a.mp4", filters=("hat",)))
    assert world.started == ["/a.mp4"]
    assert world.worn[-1][0] == "hat"
    window.close()
    kept = tomllib.loads(world.settings_path.read_text())
    assert (kept["filters"], kept["source"]) == (["crown"], "demo")


def test_a_recording_becomes_a_file_and_a_message(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    assert window.bar.record.accessibleName() == "Stop the recording"
    qtbot.keyClick(window, Qt.Key.Key_R)
    wait(qtbot, lambda: "dropped" in window.toast.words)
    (path,) = world.takes
    assert path.name in window.toast.words
    assert window.toast.button.text() == "Show in folder"
    with av.open(str(path)) as file:
        assert 0.5 < float(file.duration or 0) / av.time_base < 4


def test_closing_while_recording_finishes_the_file(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    window.close()
    (path,) = world.takes
    with av.open(str(path)) as file:
        assert len(list(file.decode(video=0))) > 10


def test_a_lost_camera_ends_the_recording_and_keeps_it(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: "dropped" in window.toast.words and "unplugged" in window.banner.words)
    assert len(world.takes) == 1


def test_a_folder_that_cannot_be_made_is_told(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    blocker = world.folder / "file"
    blocker.write_text("")
    write_settings(world.settings_path, Settings(folder=str(blocker / "takes")))
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R)
    wait(qtbot, lambda: "cannot be made" in window.banner.words)
    assert window.bar.record.accessibleName() == "Record"


def test_the_wished_recording_begins_by_itself_and_lasts_as_long_as_wished(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    path = world.folder / "wish" / "take.mp4"
    world.encoder_seconds = 1.0
    window = open_window(wishes=Wishes(record_to=path, seconds=2.5))
    wait(qtbot, lambda: not window.isVisible())
    with av.open(str(path)) as file:
        # A late first picture, or end, is the fault of a busy machine.
        assert 2.0 < (file.duration or 0) / av.time_base < 4
        assert len(list(file.decode(video=0))) > 10


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_photo_is_mirrored_as_the_file_switch_says(
    qtbot: QtBot, world: World, open_window: OpenWindow, mirrored: bool
) -> None:
    remember(world, mirror_preview=True, mirror_file=mirrored)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_P)
    wait(qtbot, lambda: "is saved" in window.toast.words)
    (path,) = world.takes
    blue, _, red = cv2.imread(str(path))[18, 4]
    assert (blue > red) is not mirrored


@pytest.mark.parametrize(
    ("key", "modifier", "name", "value"),
    [
        (Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier, "mirror_preview", False),
        (Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier, "mirror_file", True),
        (Qt.Key.Key_H, Qt.KeyboardModifier.NoModifier, "show_hud", False),
        (Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.NoModifier, "intensity", 0.9),
        (Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier, "filters", []),
        (Qt.Key.Key_2, Qt.KeyboardModifier.NoModifier, "filters", ["hat"]),
        (Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "favourites", ["hat", "crown"]),
    ],
)
def test_a_key_changes_what_is_remembered(
    qtbot: QtBot,
    world: World,
    open_window: OpenWindow,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    name: str,
    value: object,
) -> None:
    stars = ("hat", "crown") if name == "favourites" else ("crown", "hat")
    remember(world, favourites=stars if name != "favourites" else ("hat",), filters=("crown",) if value != [] else ())
    window = open_live(qtbot, open_window)
    count = len(world.worn)
    qtbot.keyClick(window, key, modifier)
    if name == "filters" and value:
        wait(qtbot, lambda: len(world.worn) > count)
    window.close()
    assert tomllib.loads(world.settings_path.read_text())[name] == value


@pytest.mark.parametrize(
    ("key", "modifier", "page"),
    [
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, "shortcut_page"),
        (Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier, "shortcut_page"),
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier, "settings_page"),
    ],
)
def test_a_key_opens_a_page_and_escape_closes_it(
    qtbot: QtBot, open_window: OpenWindow, key: Qt.Key, modifier: Qt.KeyboardModifier, page: str
) -> None:
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, key, modifier)
    sheet = getattr(window, page)
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_everything_is_remembered(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    window.bar.mirror_file.click()
    window.gallery.toggle_favourite("dog")
    window.bar.intensity.setValue(40)
    window.settings_page.theme.chosen.emit("light")
    window.settings_page.reduced_motion.click()
    window.resize(1000, 700)
    window.close()
    again = open_live(qtbot, open_window, size_wh=(1000, 700))
    assert again.bar.mirror_file.isChecked()
    assert again.gallery.model.favourites == ("dog",)
    assert again.bar.intensity.value() == 40
    assert world.worn[-1] == ("", 0.4)
    kept = tomllib.loads(world.settings_path.read_text())
    assert (kept["theme"], kept["reduced_motion"]) == ("light", True)
    assert (kept["window"]["width"], kept["window"]["height"]) == (1000, 700)


def test_damaged_settings_are_told_and_the_window_opens(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.settings_path.parent.mkdir()
    world.settings_path.write_text("intensity = 7")
    window = open_live(qtbot, open_window)
    assert "'intensity' must lie between 0 and 1" in window.banner.words
    assert world.settings_path.with_name("settings.toml.broken").is_file()


def test_a_hint_is_shown_once(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    shown: list[str] = []
    window.view.show_hint = shown.append  # type: ignore[method-assign]
    for identity in ("dog", "hat", "dog"):
        window.gallery.filter_chosen.emit(identity)
        wait(qtbot, lambda identity=identity: world.worn[-1][0] == identity)
    qtbot.wait(50)
    assert shown == ["Open your mouth"]


def test_the_thumbnails_come_after_the_first_picture(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: len(world.rendered) == 5)
    assert world.rendered == ["", "blur", "crown", "dog", "hat"]
    wait(qtbot, lambda: window.gallery.model.look(window.gallery.model.index(4)).picture is not None)


@pytest.mark.parametrize("reduced", [False, True])
def test_a_photo_flashes_and_flies_unless_motion_is_reduced(
    qtbot: QtBot, world: World, open_window: OpenWindow, reduced: bool
) -> None:
    remember(world, reduced_motion=reduced)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert bool(window.findChildren(PhotoFlight)) is not reduced
    wait(qtbot, lambda: not window.findChildren(PhotoFlight) and "is saved" in window.toast.words)


def test_the_message_about_a_file_goes_when_another_source_is_chosen(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.cameras = ()
    window = open_live(qtbot, open_window)
    drop(window, Path("/clip.mp4"))
    wait(qtbot, lambda: world.started[-1] == "/clip.mp4" and is_live(window))
    assert window.banner.words == ""


def test_one_scene_is_painted_once(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    painted: list[int] = []
    paint = window.view.paintEvent

    def count(event: object) -> None:
        scene = window.view.scene
        assert scene is not None
        painted.append(scene.frame.index)
        paint(event)  # type: ignore[arg-type]

    window.view.paintEvent = count  # type: ignore[method-assign]
    wait(qtbot, lambda: len(painted) > 60)
    repeated = len(painted) - len(set(painted))
    assert repeated <= 3, f"{repeated} of {len(painted)} paints showed a scene again"


def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    kinds = (QAbstractButton, QLineEdit, QListView, QSlider)
    nameless = [
        widget
        for kind in kinds
        for widget in window.findChildren(kind)
        if not widget.accessibleName() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert nameless == []


def test_tab_reaches_every_control_of_the_bar(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    window.activateWindow()
    window.focus_picture()
    reached: set[QWidget] = set()
    for _ in range(40):
        qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        widget = window.focusWidget()
        if widget is not None:
            reached.add(widget)
    bar = window.bar
    wanted = {bar.camera, bar.mirror_preview, bar.mirror_file, bar.intensity, bar.photo, bar.record, bar.settings}
    assert wanted | {window.gallery.search, window.gallery.list} <= reached


@pytest.mark.parametrize(
    ("size_wh", "strip"), [((800, 600), True), ((899, 700), True), ((900, 700), False), ((3840, 2160), False)]
)
def test_the_gallery_is_a_strip_below_900_pixels(
    qtbot: QtBot, open_window: OpenWindow, size_wh: tuple[int, int], strip: bool
) -> None:
    window = open_live(qtbot, open_window, size_wh=size_wh)
    below = window.gallery.mapTo(window, QPoint(0, 0)).y() > window.view.mapTo(window, QPoint(0, 0)).y()
    assert below is strip
    assert window.width() == size_wh[0]
    assert window.view.height() >= 160
    overlapping = [
        (one.objectName(), other.objectName())
        for one in window.bar.findChildren(QWidget)
        for other in window.bar.findChildren(QWidget)
        if one is not other and one.isVisible() and other.isVisible() and one.geometry().intersects(other.geometry())
        if one.parent() is window.bar and other.parent() is window.bar
    ]
    assert overlapping == []


def test_full_screen_shows_the_picture_alone(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert window.isFullScreen()
    assert not window.bar.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.bar.isVisible()
