"""Drives the gallery by mouse and keyboard."""

import pytest
from masquerade.filters.packages.catalog import Catalog
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.gallery.card_painter import image_place, plus_place, star_place
from masquerade.gui.gallery.filter_gallery import FilterGallery
from masquerade.gui.gallery.filter_model import BUNDLED_GROUPS, EVERYTHING, RECENT
from masquerade.gui.gallery.wearer_chips import Wearer
from masquerade.gui.services.filters.thumbnails import Thumbnail
from masquerade.resources import bundled
from masquerade.settings import GalleryOrder
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QToolTip, QWidget
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
    gallery, reported = FilterGallery(), []
    qtbot.addWidget(gallery)
    gallery.filter_chosen.connect(reported.append)
    gallery.show()
    assert gallery.model.rowCount() > 6
    for row in range(gallery.model.rowCount()):
        gallery.list.activated.emit(gallery.model.index(row))
    assert reported == [""]
    gallery.search.setText("0")
    gallery.search.returnPressed.emit()
    gallery.choose_favourite(1)
    assert reported == [""]


def test_none_is_the_first_and_the_broken_one_the_last(gallery: FilterGallery) -> None:
    assert names(gallery) == ["None", "Blur", "Crown", "Dog", "Fedora", "wolf"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fed", ["Fedora"]),
        ("HATS", ["Crown", "Fedora"]),
        ("hats party", ["Crown"]),
        ("tiara", ["Crown"]),
        ("crwon", ["Crown"]),
    ],
)
def test_a_search_shows_what_matches_and_nothing_else(gallery: FilterGallery, words: str, found: list[str]) -> None:
    gallery.search.setText(words)
    assert names(gallery) == found


def test_an_empty_search_shows_everything(gallery: FilterGallery) -> None:
    gallery.search.setText("  ")
    assert names(gallery) == ["None", "Blur", "Crown", "Dog", "Fedora", "wolf"]


def test_a_search_looks_through_all_groups_and_gives_the_group_back(qtbot: QtBot, gallery: FilterGallery) -> None:
    qtbot.mouseClick(chip(gallery, "Hats"), Qt.MouseButton.LeftButton)
    gallery.search.setText("dog")
    assert names(gallery) == ["Dog"]
    assert chip(gallery, "All").isChecked()
    gallery.search.clear()
    assert names(gallery) == ["None", "Crown", "Fedora"]
    assert chip(gallery, "Hats").isChecked()


def test_a_search_without_result_says_so_and_offers_a_way_back(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.search.setText("zebra")
    assert names(gallery) == []
    assert gallery.empty.isVisible()
    assert gallery.empty.words.text() == "No filter matches \u201czebra\u201d."
    qtbot.mouseClick(gallery.empty.button, Qt.MouseButton.LeftButton)
    assert not gallery.empty.isVisible()
    assert len(names(gallery)) == 6


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
    assert names(gallery) == ["Dog"]


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
    place = star_place(image_place(gallery.list.visualRect(index), gallery.list.font())).center().toPoint()
    with qtbot.waitSignal(gallery.favourites_changed) as reported:
        qtbot.mouseClick(gallery.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert reported.args == [("crown",)]
    assert chosen == []


def test_a_broken_package_shows_its_reason_and_cannot_be_chosen(
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
    assert names(gallery) == []
    assert "star" in gallery.empty.words.text()
    gallery.toggle_favourite("dog")
    assert names(gallery) == ["None", "Dog"]
    assert not gallery.empty.isVisible()
    gallery.toggle_favourite("dog")
    qtbot.mouseClick(gallery.empty.button, Qt.MouseButton.LeftButton)
    assert len(names(gallery)) == 6


def test_sorted_by_use_the_last_used_come_first_and_nothing_moves_while_one_is_chosen(gallery: FilterGallery) -> None:
    gallery.show_view(GalleryOrder.RECENT, False, ("hat", "dog", "gone"))
    assert names(gallery) == ["None", "Fedora", "Dog", "Blur", "Crown", "wolf"]
    gallery.show_chosen(("blur",), {})
    assert names(gallery)[1] == "Fedora"
    gallery.model.note_used(("blur", "hat", "dog"))
    assert names(gallery)[1] == "Fedora"
    gallery.show_group(RECENT)
    assert names(gallery) == ["None", "Blur", "Fedora", "Dog"]
    gallery.show_view(GalleryOrder.NAME, False, ("hat", "dog"))
    gallery.show_group(EVERYTHING)
    assert names(gallery) == ["None", "Blur", "Crown", "Dog", "Fedora", "wolf"]


def test_small_cards_show_more_at_once(qtbot: QtBot, gallery: FilterGallery) -> None:
    def cell() -> int:
        return gallery.list.visualRect(gallery.model.index(0)).height()

    large = cell()
    with qtbot.waitSignal(gallery.view_changed) as reported:
        gallery.view_menu.small.trigger()
    assert reported.args == [GalleryOrder.NAME, True]
    gallery.show_view(GalleryOrder.NAME, True, ())
    qtbot.waitUntil(lambda: cell() < 0.8 * large, timeout=2000)


def test_one_notch_of_the_wheel_moves_by_less_than_a_row(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.show_filters([FilterEntry(f"f{number}", f"Filter {number}") for number in range(40)])
    bar, row = gallery.list.verticalScrollBar(), gallery.list.visualRect(gallery.model.index(0)).height()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=2000)
    turn(gallery.list, -120)
    assert 0.5 * row <= bar.value() <= row


def test_groups_are_there_from_the_start_and_do_not_move_when_the_packages_come(qtbot: QtBot) -> None:
    gallery = FilterGallery()
    qtbot.addWidget(gallery)
    gallery.resize(288, 600)
    gallery.show()
    before = {each.text(): each.geometry() for each in gallery.chips.buttons}
    top = gallery.list.geometry().top()
    gallery.show_filters((*CARDS, FilterEntry("mine", "Mine", ("my own group",))))
    assert gallery.list.geometry().top() == top
    assert {each.text(): each.geometry() for each in gallery.chips.buttons if each.text() in before} == before
    assert gallery.chips.buttons[-1].text() == "My own group"


def test_the_chips_of_the_groups_are_those_of_the_bundled_filters() -> None:
    entries = Catalog((bundled("assets") / "filters",)).entries
    assert set(BUNDLED_GROUPS) == {entry.group for entry in entries}


def test_a_card_shows_who_wears_it_and_how_strong_it_is(gallery: FilterGallery) -> None:
    gallery.show_chosen(("crown",), {"dog": ("2",)})
    gallery.model.show_intensities({"dog": 0.4, "blur": 0.2})
    spoken = [gallery.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    # A filter that hides faces has no intensity.
    assert spoken == ["None", "Blur", "Crown, chosen", "Dog, on face 2, 40 %"]


def test_tooltips_say_more_than_the_name(gallery: FilterGallery) -> None:
    gallery.toggle_favourite("dog")
    tips = [gallery.model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(4)]
    assert tips[3] == "Dog\nAnimals\nOpen your mouth.\nKey 1"
    assert "full strength" in tips[1]
    image = image_place(gallery.list.visualRect(gallery.model.index(3)), gallery.list.font())
    assert hover(gallery, star_place(image).center().toPoint()) == "Remove from favourites"
    gallery.show_chosen(("crown",), {})
    assert hover(gallery, plus_place(image).center().toPoint()) == "Add to current filters (Ctrl+click)"


@pytest.mark.parametrize(("key", "signal"), [(Qt.Key.Key_F2, "rename_wanted"), (Qt.Key.Key_Delete, "remove_wanted")])
def test_keys_ask_to_rename_and_remove_the_current_filter(
    qtbot: QtBot, gallery: FilterGallery, key: Qt.Key, signal: str
) -> None:
    gallery.focus_cards()
    gallery.list.setCurrentIndex(gallery.model.index(2))
    with qtbot.waitSignal(getattr(gallery.list, signal)) as reported:
        qtbot.keyClick(gallery.list, key)
    assert reported.args == ["crown"]


def test_a_name_is_typed_in_place_and_escape_keeps_the_old_one(qtbot: QtBot, gallery: FilterGallery) -> None:
    editor, index = gallery.name_editor, gallery.model.index(2)
    editor.edit("crown", "Crown", index)
    qtbot.keyClicks(editor, "Other")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    editor.edit("crown", "Crown", index)
    qtbot.keyClicks(editor, "Tiara")
    with qtbot.waitSignal(editor.name_chosen) as reported:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert reported.args == ["crown", "Tiara"]
    assert not editor.isVisible()
    assert gallery.search.text() == ""


def test_a_screen_reader_hears_what_is_chosen_and_starred(gallery: FilterGallery) -> None:
    gallery.toggle_favourite("dog")
    gallery.show_chosen(("dog",), {})
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


@pytest.mark.parametrize("as_strip", [True, False])
def test_every_group_can_be_reached_in_one_row(qtbot: QtBot, gallery: FilterGallery, as_strip: bool) -> None:
    gallery.show_filters([FilterEntry(f"f{number}", f"Filter {number}", (f"group {number}",)) for number in range(20)])
    gallery.lay_out(as_strip)
    gallery.resize(700 if as_strip else 288, 600)
    chips = gallery.chips
    qtbot.waitUntil(lambda: chips.width() < 700, timeout=2000)
    last = chips.buttons[-1]
    right = lambda: last.mapTo(chips, last.rect().topRight()).x()  # noqa: E731 (read again and again)
    assert right() > chips.width()
    assert len({each.y() for each in chips.buttons}) == 1
    last.setFocus()
    qtbot.waitUntil(lambda: right() <= chips.width(), timeout=2000)
    turn(chips, 120 * 200)
    assert chips.buttons[0].mapTo(chips, chips.buttons[0].rect().topLeft()).x() == 0
    for _ in range(40):
        chips.scroll_page(forward=True)
    assert right() <= chips.width()


def test_the_group_that_is_shown_stands_whole_in_the_row(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.show_filters([FilterEntry(f"f{number}", f"Filter {number}", (f"group {number}",)) for number in range(20)])
    last = chip(gallery, "Group 19")
    gallery.show_group("group 19")
    assert last.mapTo(gallery.chips, last.rect().topRight()).x() <= gallery.chips.width()


def test_in_a_narrow_strip_the_face_that_a_click_goes_to_is_written_whole(qtbot: QtBot, gallery: FilterGallery) -> None:
    gallery.lay_out(as_strip=True)
    gallery.resize(640, 176)
    gallery.show_wearers((Wearer(None, "Everyone", "Round shades", False), Wearer(1, "This face", "Dog", True)))
    qtbot.waitUntil(lambda: gallery.wearers.rows[1].chip.text() == "This face: Dog", timeout=2000)
    assert gallery.wearers.rows[0].chip.text() == "Everyone"
    for row in gallery.wearers.rows:
        assert gallery.wearers.rect().contains(row.chip.mapTo(gallery.wearers, row.chip.rect().bottomRight()))


def turn(widget: QWidget, angle: int) -> None:
    """Turns the wheel; 120 is one notch up."""
    place = QPointF(widget.rect().center())
    target = widget.viewport() if isinstance(widget, QAbstractItemView) else widget
    event = QWheelEvent(
        place,
        target.mapToGlobal(place),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)


def hover(gallery: FilterGallery, place: QPoint) -> str:
    viewport = gallery.list.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, place, viewport.mapToGlobal(place)))
    return QToolTip.text()
