"""The window takes filters in, puts them on and remembers them."""

import tomllib
from pathlib import Path

import pytest
from masquerade.gui.services.backend import LaunchOptions
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, drop, empty_queue, is_live, open_live, remember, wait
from tests.masquerade.gui.world import World


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


def test_the_error_of_a_dropped_package_is_shown_and_nothing_changes(
    qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_live(qtbot, open_window)
    world.filter_errors["fox.zip"] = "'fox', line 7: layer 1: unknown key 'dept'. `masquerade filters check` tells all."
    (tmp_path / "fox.zip").write_bytes(b"")
    drop(window, tmp_path / "fox.zip")
    wait(qtbot, lambda: "line 7" in window.banner.words)
    assert "fox" not in {card.id for card in window.gallery.model.cards}


def test_several_dropped_packages_are_all_added_and_each_result_is_shown(
    qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_live(qtbot, open_window)
    world.filter_errors["owl.zip"] = "line 7: unknown key 'dept'."
    paths = [tmp_path / name for name in ("fox.zip", "owl.zip", "bear.zip", "wolf.zip")]
    for path in paths:
        path.write_bytes(b"")
    drop(window, *paths)
    wait(qtbot, lambda: world.worn[-1][0] == "wolf")
    assert window.toast.words == "Added Fox, Bear and Wolf."
    assert window.banner.words == "owl.zip: line 7: unknown key 'dept'."
    assert {"fox", "bear", "wolf"} <= {card.id for card in window.gallery.model.cards}
    qtbot.mouseClick(window.toast.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.worn[-1][0] == "")


def test_a_filter_and_a_video_dropped_together_are_both_used(
    qtbot: QtBot, world: World, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_live(qtbot, open_window)
    (tmp_path / "fox.zip").write_bytes(b"")
    drop(window, tmp_path / "fox.zip", Path("/clip.mp4"))
    wait(qtbot, lambda: world.worn[-1][0] == "fox" and world.started[-1] == "/clip.mp4" and is_live(window))


def test_the_remembered_filter_is_on_before_the_first_image(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, filters=("blur",), source="demo")
    world.may_choose.clear()
    window = open_window()
    wait(qtbot, world.choosing.is_set)
    empty_queue(qtbot)
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
    world.filter_errors["dog"] = "dog: there is no file 'ear.svg'."
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
    window = open_live(qtbot, open_window, launch=LaunchOptions(source_text="/a.mp4", filters=("hat",)))
    assert world.started == ["/a.mp4"]
    assert world.worn[-1][0] == "hat"
    window.close()
    kept = tomllib.loads(world.settings_path.read_text())
    assert (kept["filters"], kept["source"]) == (["crown"], "demo")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("fox.zip",), "Drop to add the filter"),
        (("fox.zip", "owl.ZIP"), "Drop to add 2 filters"),
        (("clip.mp4",), "Drop to open the video or image"),
        (("fox.zip", "clip.mp4"), "Drop to add the filter and open the video or image"),
    ],
)
def test_dragging_files_over_the_window_shows_what_a_drop_does(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, names: tuple[str, ...], words: str
) -> None:
    window = open_live(qtbot, open_window)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, modifiers)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()
    assert (window.drop_overlay.isVisible(), window.drop_overlay.words) == (True, words)
    assert window.drop_overlay.geometry() == window.rect()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.drop_overlay.isVisible()


def test_one_remembered_filter_that_is_gone_does_not_take_the_others_off(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, filters=("blur", "unicorn", "crown"))
    window = open_live(qtbot, open_window)
    assert window.gallery.model.all_chosen == ("blur", "crown")
    assert "There is no filter 'unicorn' any more." in window.banner.words
    assert world.scenes_without_filter == 0
    window.close()
    assert tomllib.loads(world.settings_path.read_text())["filters"] == ["blur", "crown"]


def test_a_face_is_blurred_where_the_remembered_filter_that_hid_it_is_gone(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, filters=("my-mask", "crown"), hides_faces=True)
    window = open_live(qtbot, open_window)
    assert window.gallery.model.all_chosen == ("blur", "crown")
    assert world.scenes_without_filter == 0


@pytest.mark.parametrize(("filter_id", "hides"), [("blur", True), ("crown", False)])
def test_it_is_remembered_whether_faces_are_hidden(
    qtbot: QtBot, world: World, open_window: OpenWindow, filter_id: str, hides: bool
) -> None:
    remember(world, filters=("dog",), hides_faces=not hides)
    window = open_live(qtbot, open_window)
    window.gallery.filter_chosen.emit(filter_id)
    wait(qtbot, lambda: world.worn[-1][0] == filter_id)
    window.close()
    assert tomllib.loads(world.settings_path.read_text())["hides_faces"] is hides
