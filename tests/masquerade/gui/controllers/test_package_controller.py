"""Own filters are renamed, removed and brought back from the window; deleted ones are taken off by their name."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from masquerade.filters.format.image_layers import Fit
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.desktop.bin import move_to_bin
from masquerade.gui.services.filter_selection import FaceChoice
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, remember, wait
from tests.masquerade.gui.world import World


@pytest.fixture
def fox(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a filter of the user's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return add_own(world, "fox", "Fennec")


def add_own(world: World, filter_id: str, name: str, hides: bool = False) -> Path:
    path = world.mine / filter_id
    path.mkdir(parents=True)
    (path / "filter.toml").write_text("x")
    entry = FilterEntry(filter_id, name, ("animals",), path=path, folder=path, is_own=True, hides=hides)
    world.cards = (*world.cards, entry)
    return path


@pytest.fixture
def window(qtbot: QtBot, world: World, open_window: OpenWindow, fox: Path) -> MainWindow:
    remember(world, filters=("crown", "fox"))
    return open_live(qtbot, open_window)


def current(window: MainWindow, filter_id: str) -> None:
    """Moves the keyboard to a card."""
    row = window.gallery.model.row_of(filter_id)
    assert row is not None
    window.gallery.focus_cards()
    window.gallery.list.setCurrentIndex(window.gallery.model.index(row))


def ids(window: MainWindow) -> set[str]:
    return {card.id for card in window.gallery.model.cards}


def test_a_filter_that_is_removed_is_taken_off_and_can_be_brought_back(
    qtbot: QtBot, world: World, window: MainWindow, fox: Path
) -> None:
    current(window, "fox")
    qtbot.keyClick(window.gallery.list, Qt.Key.Key_Delete)
    wait(qtbot, lambda: world.worn[-1][0] == "crown" and "fox" not in ids(window))
    assert window.toast.words == "Moved Fennec to the bin."
    assert not fox.exists()
    qtbot.mouseClick(window.toast.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.worn[-1][0] == "crown+fox")
    assert (fox / "filter.toml").read_text() == "x"


def test_a_bundled_filter_is_neither_removed_nor_renamed(qtbot: QtBot, world: World, window: MainWindow) -> None:
    current(window, "dog")
    for key, words in (
        (Qt.Key.Key_Delete, "Dog came with Masquerade and cannot be removed."),
        (Qt.Key.Key_F2, "Dog came with Masquerade and cannot be renamed."),
    ):
        qtbot.keyClick(window.gallery.list, key)
        wait(qtbot, lambda words=words: words in window.banner.words)
        window.banner.leave()
    assert "dog" in ids(window)


def test_a_worn_filter_that_is_deleted_elsewhere_is_taken_off_by_its_name(
    qtbot: QtBot, world: World, window: MainWindow, fox: Path
) -> None:
    shutil.rmtree(fox)
    wait(qtbot, lambda: world.worn[-1][0] == "crown")
    assert window.toast.words == "Fennec was deleted and taken off."
    assert not window.toast.button.isVisible()
    assert window.gallery.model.all_chosen == ("crown",)
    window.close()
    assert "fox" not in world.settings_path.read_text().partition("recent")[0]


def test_a_filter_that_lies_in_the_bin_comes_back_from_there(
    qtbot: QtBot, world: World, window: MainWindow, fox: Path
) -> None:
    move_to_bin(fox)
    wait(qtbot, lambda: window.toast.words == "Fennec was deleted and taken off.")
    qtbot.mouseClick(window.toast.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.worn[-1][0] == "crown+fox")
    assert fox.is_dir()


def test_a_face_is_blurred_where_the_filter_that_hid_it_is_deleted(
    qtbot: QtBot, world: World, open_window: OpenWindow, fox: Path
) -> None:
    mask = add_own(world, "mask", "My mask", hides=True)
    remember(world, filters=("mask",))
    window = open_live(qtbot, open_window)
    before = world.scenes_without_filter
    shutil.rmtree(mask)
    wait(qtbot, lambda: world.worn[-1][0] == "blur")
    assert window.toast.words == "My mask was deleted and taken off. Faces are blurred instead."
    assert world.scenes_without_filter == before


def test_a_face_with_the_deleted_filter_of_its_own_loses_it_too(
    qtbot: QtBot, world: World, window: MainWindow, fox: Path
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    window.gallery.filter_chosen.emit("fox")
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(1, ("fox",)),))
    shutil.rmtree(fox)
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(1, ()),))


def test_a_filter_gets_another_name_in_place(qtbot: QtBot, world: World, window: MainWindow) -> None:
    current(window, "fox")
    qtbot.keyClick(window.gallery.list, Qt.Key.Key_F2)
    editor = window.gallery.name_editor
    assert (editor.isVisible(), editor.text()) == (True, "Fennec")
    qtbot.keyClicks(editor, "Red fox")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    wait(qtbot, lambda: window.gallery.model.name_of("fox") == "Red fox")
    assert window.gallery.model.all_chosen == ("crown", "fox")


def menu_words(window: MainWindow, filter_id: str) -> list[str]:
    window.gallery.list.menu_wanted.emit(filter_id, QPoint(0, 0))
    menu = next(each for each in window.gallery.findChildren(QMenu) if each.isVisible())
    words = [action.text().partition("\t")[0] for action in menu.actions() if action.text()]
    menu.close()
    return words


def test_the_menu_of_a_card_offers_what_can_be_done_with_it(window: MainWindow) -> None:
    starring, showing = "Add to favourites", "Show in folder"
    assert menu_words(window, "fox") == ["Take off", starring, showing, "Rename\u2026", "Remove"]
    assert menu_words(window, "dog") == ["Add to current filters", starring]


def test_the_dialog_for_filters_begins_in_the_downloads_and_shows_packages(qtbot: QtBot, window: MainWindow) -> None:
    window.gallery.files_wanted.emit()
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog))
    assert dialog.nameFilters()[0] == "Filter packages (*.zip)"
    assert Path(dialog.directory().path()) != Path.cwd()
    dialog.close()


def dialogs() -> list[QFileDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog) and each.isVisible()]


def test_the_group_of_backgrounds_offers_an_image_or_video_of_ones_own(
    qtbot: QtBot, world: World, window: MainWindow, tmp_path: Path
) -> None:
    button = window.gallery.add_background
    window.gallery.show_group("animals")
    assert not button.isVisible()
    window.gallery.show_group("backgrounds")
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (dialog,) = dialogs()
    assert all(ending in dialog.nameFilters()[0] for ending in ("*.jpg", "*.png", "*.mp4", "*.webm"))
    dialog.filesSelected.emit([str(tmp_path / "beach.jpg")])
    dialog.close()
    wait(qtbot, lambda: window.toast.words == "Added Beach." and world.worn[-1][0] == "beach")


def test_the_menu_of_an_own_background_places_it(qtbot: QtBot, world: World, window: MainWindow) -> None:
    path = add_own(world, "background-beach", "Beach")
    world.cards = tuple(replace(each, tags=("backgrounds",)) if each.path == path else each for each in world.cards)
    window.gallery.show_filters(world.cards)
    window.gallery.list.menu_wanted.emit("background-beach", QPoint(0, 0))
    menu = next(each for each in window.gallery.findChildren(QMenu) if each.isVisible())
    (placing,) = [action.menu() for action in menu.actions() if action.text() == "Place background"]
    assert isinstance(placing, QMenu)
    for words in ("Show all of it", "Fill, keep the left"):
        next(action for action in placing.actions() if action.text() == words).trigger()
    menu.close()
    wait(qtbot, lambda: world.placed == [(path, Fit.FIT, (0.0, 0.0)), (path, Fit.FILL, (-1.0, 0.0))])
    assert "Place background" not in menu_words(window, "fox")


def test_former_ids_and_names_become_ids_when_the_packages_are_read(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.cards = tuple(
        FilterEntry("fedora", "Fedora", ("hats",)) if card.id == "hat" else card for card in world.cards
    )
    remember(world, filters=("Crown",), favourites=("hat",))
    world.filter_errors.clear()
    window = open_live(qtbot, open_window)
    assert window.gallery.model.favourites == ("fedora",)


def test_a_low_intensity_from_the_last_start_is_shown(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.settings_path.parent.mkdir()
    world.settings_path.write_text('filters = ["dog"]\nintensity = 0.2\n')
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: window.toast.words == "Dog is at 20 %, as you left it.")
    assert window.bar.intensity.value() == 20
    qtbot.mouseClick(window.toast.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.worn[-1] == ("dog", 1.0))


def test_each_filter_has_an_intensity_of_its_own(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, filters=("dog",))
    window = open_live(qtbot, open_window)
    window.bar.intensity.setValue(30)
    wait(qtbot, lambda: world.worn[-1] == ("dog", 0.3))
    window.gallery.filter_chosen.emit("crown")
    wait(qtbot, lambda: world.worn[-1] == ("crown", 1.0))
    assert window.bar.intensity.value() == 100
    window.gallery.filter_chosen.emit("dog")
    wait(qtbot, lambda: world.worn[-1] == ("dog", 0.3))
    assert window.bar.intensity.value() == 30
