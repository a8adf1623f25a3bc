"""Drives the whole window with the real engine and recorder: what a user does, what must come of it."""

import tomllib
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from masquerade.errors import ModelError
from masquerade.gui.main_window import MainWindow
from masquerade.gui.preview.photo_flight import PhotoFlight
from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.widgets.theme import CONTRAST, DARK, LIGHT
from masquerade.settings import Settings, ThemeChoice, WindowPlace
from masquerade.settings_file import write_settings
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QListView, QSlider, QWidget
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, drop, is_live, open_live, remember, wait
from tests.masquerade.gui.world import World, make_face_at

CTRL, NO_MODIFIER = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def test_a_missing_model_is_an_error_and_can_be_tried_again(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.load_error = ModelError("The model file is missing. Reinstall Masquerade.")
    window = open_window()
    wait(qtbot, lambda: "model file is missing" in window.banner.words)
    world.load_error = None
    qtbot.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: is_live(window))


def test_a_recording_becomes_a_file_and_a_message(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    assert window.bar.record.accessibleName() == "Stop recording"
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: "Video saved" in window.toast.words)
    (path,) = world.takes
    assert window.bar.recent.path == path
    assert window.toast.button.text() == "Show in folder"
    with av.open(str(path)) as file:
        assert 0.5 < float(file.duration or 0) / av.time_base < 4


def test_closing_while_recording_finishes_the_file(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    window.close()
    (path,) = world.takes
    with av.open(str(path)) as file:
        assert len(list(file.decode(video=0))) > 10


def test_a_lost_camera_ends_the_recording_and_keeps_it(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    world.cameras = ()
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: "Video saved" in window.toast.words and "unplugged" in window.banner.words)
    assert len(world.takes) == 1


def test_a_folder_that_cannot_be_created_is_an_error(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    blocker = world.folder / "file"
    blocker.write_text("")
    write_settings(world.settings_path, Settings(folder=str(blocker / "takes")))
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: "cannot be created" in window.banner.words)
    assert window.bar.record.accessibleName() == "Start recording"


def test_a_recording_of_the_command_line_begins_by_itself_and_lasts_as_long_as_asked(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    path = world.folder / "wish" / "take.mp4"
    world.encoder_seconds = 1.0
    window = open_window(launch=LaunchOptions(record_to=path, seconds=2.5))
    wait(qtbot, lambda: not window.isVisible())
    with av.open(str(path)) as file:
        # A late first image, or end, is the error of a busy machine.
        assert 2.0 < (file.duration or 0) / av.time_base < 4
        assert len(list(file.decode(video=0))) > 10


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_photo_is_mirrored_as_the_file_switch_says(
    qtbot: QtBot, world: World, open_window: OpenWindow, mirrored: bool
) -> None:
    remember(world, mirror_file=mirrored)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    wait(qtbot, lambda: window.toast.words == "Photo saved")
    (path,) = world.takes
    blue, _, red = cv2.imread(str(path))[18, 4]
    assert (blue > red) is not mirrored


@pytest.mark.parametrize(
    ("key", "modifier", "name", "value"),
    [
        (Qt.Key.Key_M, CTRL, "mirror_preview", []),
        (Qt.Key.Key_M, CTRL | Qt.KeyboardModifier.ShiftModifier, "mirror_file", True),
        (Qt.Key.Key_F3, NO_MODIFIER, "stats", "full"),
        (Qt.Key.Key_Minus, CTRL, "intensities", {"crown": 0.9}),
        (Qt.Key.Key_3, NO_MODIFIER, "filters", []),
        (Qt.Key.Key_2, NO_MODIFIER, "filters", ["hat"]),
        (Qt.Key.Key_B, CTRL, "favourites", ["hat", "crown"]),
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
        (Qt.Key.Key_F1, NO_MODIFIER, "shortcut_page"),
        (Qt.Key.Key_Comma, CTRL, "settings_page"),
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
    remember(world, filters=("crown",))
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
    assert world.worn[-1] == ("crown", 0.4)
    kept = tomllib.loads(world.settings_path.read_text())
    assert (kept["theme"], kept["reduced_motion"]) == ("light", True)
    assert (kept["window"]["width"], kept["window"]["height"]) == (1000, 700)


@pytest.mark.parametrize(
    ("beyond_xywh", "wanted_xywh"),
    [
        # Larger than the screen, partly beyond its lower right corner, and within it.
        ((-300, -200, 2200, 1200), (0, 0, 0, 0)),
        ((150, 250, -100, -200), (100, 200, -100, -200)),
        ((50, 60, -100, -200), (50, 60, -100, -200)),
    ],
    ids=["larger", "beyond", "within"],
)
def test_a_window_that_is_larger_than_the_screen_is_cut_to_it(
    qtbot: QtBot, beyond_xywh: tuple[int, int, int, int], wanted_xywh: tuple[int, int, int, int]
) -> None:
    screen = np.array(QGuiApplication.primaryScreen().availableGeometry().getRect())
    window = MainWindow()
    qtbot.addWidget(window)
    window.restore_place(WindowPlace(*(screen + beyond_xywh).tolist()), maximised=False)
    assert window.geometry().getRect() == tuple((screen + wanted_xywh).tolist())


def test_damaged_settings_are_reported_and_the_window_opens(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.settings_path.parent.mkdir()
    world.settings_path.write_text("mirror_file = 7")
    window = open_live(qtbot, open_window)
    assert "'mirror_file' must be true or false" in window.banner.words
    assert world.settings_path.with_name("settings.toml.broken").is_file()


def test_a_hint_is_shown_once(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.cards = tuple(replace(card, hint="Smile") if card.id == "crown" else card for card in world.cards)
    window = open_live(qtbot, open_window)
    shown: list[str] = []
    window.view.show_hint = shown.append  # type: ignore[method-assign]
    for identity in ("dog", "hat", "dog", "crown"):
        window.gallery.filter_chosen.emit(identity)
        wait(qtbot, lambda identity=identity: world.worn[-1][0] == identity)
    # The last one's hint comes after all the others would have come.
    wait(qtbot, lambda: shown[-1:] == ["Smile"])
    assert shown == ["Open your mouth", "Smile"]


def test_the_thumbnails_come_after_the_first_image(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: len(world.rendered) == 5)
    assert world.rendered == ["", "blur", "crown", "dog", "hat"]
    wait(qtbot, lambda: window.gallery.model.look(window.gallery.model.index(4)).image is not None)


@pytest.mark.parametrize("reduced", [False, True])
def test_a_photo_flashes_and_flies_unless_motion_is_reduced(
    qtbot: QtBot, world: World, open_window: OpenWindow, reduced: bool
) -> None:
    remember(world, reduced_motion=reduced)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    assert bool(window.findChildren(PhotoFlight)) is not reduced
    wait(qtbot, lambda: not window.findChildren(PhotoFlight) and window.toast.words == "Photo saved")


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
    window.focus_preview()
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


def test_full_screen_shows_the_image_alone(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert not window.bar.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.bar.isVisible()


@pytest.mark.parametrize("loading", [False, True], ids=["at once", "while the encoder loads"])
def test_quitting_while_a_recording_starts_leaves_no_empty_file(
    qtbot: QtBot, world: World, open_window: OpenWindow, loading: bool
) -> None:
    remember(world)
    world.encoder_seconds = 0.3
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    if loading:
        wait(qtbot, world.encoding.is_set)
    window.close()
    assert world.takes == []


def test_a_recording_can_be_stopped_while_it_starts(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    world.encoder_seconds = 0.3
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL)
    wait(qtbot, lambda: window.banner.is_open or window.toast.is_open)
    assert window.bar.record.accessibleName() == "Start recording"
    assert not window.view._recording


def test_a_photo_flies_to_the_button_that_opens_recent(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    assert window.bar.recent.isHidden()
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    wait(qtbot, lambda: len(world.takes) == 1 and window.bar.recent.isVisible())
    assert window.bar.recent.path == world.takes[0]
    wait(qtbot, lambda: not window.findChildren(PhotoFlight))
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    (flight,) = window.findChildren(PhotoFlight)
    goal = flight._way.endValue()
    assert goal.center() == window.bar.recent.mapTo(window, window.bar.recent.rect().center())


def test_escape_closes_messages_before_it_leaves_full_screen(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    window.toggle_full_screen()
    window.show_error("The disk is full.")
    window.show_error("The camera was unplugged.")
    window.view._scene = None
    window.fit_overlays()
    for words, full in (("The camera was unplugged.", True), ("", True), ("", False)):
        qtbot.keyClick(window.view, Qt.Key.Key_Escape)
        assert (window.banner.words, window.isFullScreen()) == (words, full)


def test_messages_stand_beside_the_face_and_wait_in_full_screen(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.faces = (make_face_at(32, 8),)
    window = open_live(qtbot, open_window)
    window.show_error("The disk is full.")
    wait(qtbot, lambda: bool(window.view.face_rects()))
    window.fit_overlays()
    face = window.view.face_rects()[0].translated(window.view.pos().toPointF()).toRect()
    assert window.banner.isVisible()
    assert not window.banner.geometry().intersects(face)
    # A face that fills everything: better over it than unseen, but not in full screen.
    world.faces = (make_face_at(32, 16, size=20),)
    wait(qtbot, lambda: window.view.face_rects()[0].height() > 600)
    window.fit_overlays()
    assert window.banner.isVisible()
    window.toggle_full_screen()
    window.fit_overlays()
    assert not window.banner.isVisible()
    assert window.banner.words == "The disk is full."
    world.faces = ()
    wait(qtbot, window.banner.isVisible)


def test_another_theme_is_on_at_once(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, theme=ThemeChoice.DARK)
    window = open_live(qtbot, open_window)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    for choice, theme in ((ThemeChoice.LIGHT, LIGHT), (ThemeChoice.CONTRAST, CONTRAST), (ThemeChoice.DARK, DARK)):
        window.settings_page.theme.chosen.emit(choice)
        assert application.palette().color(QPalette.ColorRole.Window).name() == theme.ground
        assert f"#panel, #bar {{ background: {theme.panel}; }}" in application.styleSheet()
