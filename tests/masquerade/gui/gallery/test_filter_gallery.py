"""Drives the gallery by mouse and keyboard."""

import pytest
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.gallery.card_painter import star_place
from masquerade.gui.gallery.filter_gallery import FilterGallery
from masquerade.gui.gallery.group_chips import GroupChips
from masquerade.gui.services.thumbnails import Thumbnail
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.world import CARDS


@pytest.fixture
def gallery(qtbot: QtBot) -> FilterGallery:
    gallery = FilterGallery()
    qtbot.addWidget(gallery)
    gallery.resize(288, 600)
    gallery.show_filters(CARDS)
    with qtbot.waitActive(gallery):
        gallery.show()
        gallery.activateWindow()
    return gallery


@pytest.fixture
def chosen(gallery: FilterGallery) -> list[str]:
    names: list[str] = []
    gallery.filter_chosen.connect(names.append)
    return names


def names(gallery: FilterGallery) -> list[str]:
    model = gallery.model
    return [model.look(model.index(row)).card.name for row in range(model.rowCount())]


def chip(gallery: FilterGallery, words: str) -> QPushButton:
    return next(button for button in gallery.findChildren(QPushButton) if button.text() == words)


def test_before_the_packages_are_read_only_none_can_be_chosen(qtbot: QtBot) -> None:
    gallery, told = FilterGallery(), []
    qtbot.addWidget(gallery)
    gallery.filter_chosen.connect(told.append)
    gallery.show()
    assert gallery.model.rowCount() > 6
    for row in range(gallery.model.rowCount()):
        gallery.list.activated.emit(gallery.model.index(row))
    assert told == [""]
    gallery.search.setText("0")
    gallery.search.returnPressed.emit()
    gallery.choose_favourite(1)
    assert told == [""]


def test_none_is_the_first_and_the_broken_one_the_last(gallery: FilterGallery) -> None:
    assert names(gallery) == ["None", "Blur", "Crown", "Dog", "Fedora", "wolf"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fed", ["Fedora"]),
        ("HATS", ["Crown", "Fedora"]),
        ("hats party", ["Crown"]),
        ("  ", ["Blur", "Crown", "Dog", "Fedora", "wolf"]),
        ("zebra", []),
    ],
)
def test_the_search_looks_at_names_and_tags(gallery: FilterGallery, words: str, found: list[str]) -> None:
    gallery.search.setText(words)
    assert names(gallery) == ["None", *found]


def test_enter_in_the_search_takes_the_first_found(qtbot: QtBot, gallery: FilterGallery, chosen: list[str]) -> None:
    gallery.focus_search()
    qtbot.keyClicks(gallery.search, "hats")
    qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    assert chosen == ["crown"]


def test_enter_in_an_empty_search_chooses_nothing(qtbot: QtBot, gallery: FilterGallery, chosen: list[str]) -> None:
    gallery.focus_search()
    qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    assert chosen == []


def test_arrows_move_and_enter_chooses(qtbot: QtBot, gallery: FilterGallery, chosen: list[str]) -> None:
    gallery.focus_cards()
    qtbot.keyClick(gallery.list, Qt.Key.Key_Right)
    qtbot.keyClick(gallery.list, Qt.Key.Key_Down)
    assert chosen == []
    qtbot.keyClick(gallery.list, Qt.Key.Key_Return)
    assert chosen == ["dog"]


def test_enter_on_a_card_gives_the_keyboard_back_to_the_image(
    qtbot: QtBot, gallery: FilterGallery, chosen: list[str]
) -> None:
    gallery.focus_cards()
    qtbot.keyClick(gallery.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(gallery.left_by_keyboard, timeout=1000):
        qtbot.keyClick(gallery.list, Qt.Key.Key_Return)
    assert len(chosen) == 1


def test_typing_on_the_cards_searches(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.focus_cards()
    qtbot.keyClick(gallery.list, Qt.Key.Key_D)
    qtbot.keyClicks(gallery.search, "og")
    assert gallery.search.hasFocus()
    assert names(gallery) == ["None", "Dog"]


def test_escape_empties_the_search_and_then_leaves(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.focus_search()
    qtbot.keyClicks(gallery.search, "dog")
    qtbot.keyClick(gallery.search, Qt.Key.Key_Escape)
    assert gallery.search.text() == ""
    with qtbot.waitSignal(gallery.left_by_keyboard, timeout=1000):
        qtbot.keyClick(gallery.search, Qt.Key.Key_Escape)


def test_digits_choose_favourites_in_the_order_of_their_stars(
    qtbot: QtBot, gallery: FilterGallery, chosen: list[str]
) -> None:
    gallery.toggle_favourite("hat")
    gallery.toggle_favourite("blur")
    gallery.focus_cards()
    for key in (Qt.Key.Key_2, Qt.Key.Key_1, Qt.Key.Key_9):
        qtbot.keyClick(gallery.list, key)
    assert chosen == ["blur", "hat"]


def test_a_click_on_the_star_marks_and_chooses_nothing(qtbot: QtBot, gallery: FilterGallery, chosen: list[str]) -> None:
    index = gallery.model.index(2)
    place = star_place(gallery.list.visualRect(index)).center().toPoint()
    with qtbot.waitSignal(gallery.favourites_changed) as told:
        qtbot.mouseClick(gallery.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [("crown",)]
    assert chosen == []


def test_a_broken_package_tells_its_reason_and_cannot_be_chosen(
    qtbot: QtBot, gallery: FilterGallery, chosen: list[str]
) -> None:
    row = gallery.model.row_of("wolf")
    assert row is not None
    index = gallery.model.index(row)
    assert "did you mean 'nose_tip'" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    gallery.list.scrollTo(index)
    place = gallery.list.visualRect(index).center()
    qtbot.mouseClick(gallery.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    gallery.list.activated.emit(index)
    assert chosen == []


def test_groups_come_from_the_first_tags_of_filters_that_work(qtbot: QtBot, gallery: FilterGallery) -> None:
    qtbot.mouseClick(chip(gallery, "Hats"), Qt.MouseButton.LeftButton)
    assert names(gallery) == ["None", "Crown", "Fedora"]
    qtbot.mouseClick(chip(gallery, "All"), Qt.MouseButton.LeftButton)
    assert len(names(gallery)) == 6


def test_the_favourites_group_follows_the_stars(qtbot: QtBot, gallery: FilterGallery) -> None:
    qtbot.mouseClick(chip(gallery, "Favourites"), Qt.MouseButton.LeftButton)
    assert names(gallery) == ["None"]
    gallery.toggle_favourite("dog")
    assert names(gallery) == ["None", "Dog"]


def test_a_screen_reader_hears_what_is_chosen_and_starred(gallery: FilterGallery) -> None:
    gallery.toggle_favourite("dog")
    gallery.show_chosen(("dog",))
    row = gallery.model.row_of("dog")
    assert row is not None
    assert gallery.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) == "Dog, chosen, favourite 1"


def test_a_thumbnail_appears_on_its_card(gallery: FilterGallery) -> None:
    image = QImage(256, 256, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    gallery.show_thumbnails((Thumbnail("blur", image),))
    place = gallery.list.visualRect(gallery.model.index(1)).center()
    assert gallery.list.grab().toImage().pixelColor(place).green() > 200


@pytest.mark.parametrize(("width", "columns"), [(288, 2), (416, 3), (544, 4)])
def test_the_cards_fill_the_width(qtbot: QtBot, gallery: FilterGallery, width: int, columns: int) -> None:
    gallery.resize(width, 600)
    model, cards = gallery.model, gallery.list

    def in_first_row() -> int:
        top = cards.visualRect(model.index(0)).top()
        return sum(cards.visualRect(model.index(row)).top() == top for row in range(model.rowCount()))

    qtbot.waitUntil(lambda: in_first_row() == columns, timeout=2000)


def test_a_strip_has_all_cards_in_one_row(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.lay_out(as_strip=True)
    gallery.resize(800, 176)
    cards = gallery.list
    qtbot.waitUntil(
        lambda: len({cards.visualRect(gallery.model.index(row)).top() for row in range(6)}) == 1, timeout=2000
    )


def test_every_group_can_be_reached_in_a_narrow_strip(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.show_filters([FilterEntry(f"f{number}", f"Filter {number}", (f"group {number}",)) for number in range(20)])
    gallery.lay_out(as_strip=True)
    gallery.resize(700, 176)
    chips = gallery.findChild(GroupChips)
    assert chips is not None
    qtbot.waitUntil(lambda: chips.width() < 700, timeout=2000)
    last = chips.buttons[-1]
    assert last.x() > chips.width()
    last.setFocus()
    qtbot.waitUntil(lambda: last.geometry().right() <= chips.width(), timeout=2000)
    assert chips.height() == 28
    gallery.lay_out(as_strip=False)
    gallery.resize(288, 600)
    qtbot.waitUntil(lambda: last.geometry().right() <= chips.width() and last.y() > 100, timeout=2000)
