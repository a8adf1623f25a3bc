"""One face wears filters of its own: pressed in the image, chosen in the gallery, kept by its identity."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade.gui.gallery.card_painter import image_place, plus_place
from masquerade.gui.main_window import MainWindow
from masquerade.gui.preview.face_places import face_at, face_place
from masquerade.gui.services.filter_selection import FaceChoice
from masquerade.values import Face, Keypoints
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.test_main_window import open_live, remember, wait
from tests.masquerade.gui.world import World, make_face


def moved(face: Face, identity: int, x: float) -> Face:
    points = (face.keypoints.points * np.float32(0.4) + np.array([x, 8], np.float32)).astype(np.float32)
    return replace(face, identity=identity, keypoints=Keypoints(points, 1.0))


@pytest.fixture
def window(qtbot: QtBot, world: World, open_window: OpenWindow) -> MainWindow:
    world.faces = (moved(make_face(), 1, 4), moved(make_face(), 2, 36))
    remember(world, filters=("crown",), mirror_preview=())
    return open_live(qtbot, open_window)


def middle_of(window: MainWindow, number: int) -> QPoint:
    view, scene = window.view, window.view.scene
    assert scene is not None
    return face_place(scene.faces[number], scene, view.image_place(), False).center().toPoint()


def menu_of(window: MainWindow, number: int) -> QMenu:
    place = middle_of(window, number)
    QApplication.sendEvent(
        window.view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, window.view.mapToGlobal(place))
    )
    return next(menu for menu in window.view.findChildren(QMenu) if menu.isVisible())


def pick(window: MainWindow, number: int, words: str) -> None:
    menu = menu_of(window, number)
    next(action for action in menu.actions() if words in action.text()).trigger()
    menu.close()


def card_place(window: MainWindow, identity: str) -> QPoint:
    cards = window.gallery.list
    row = window.gallery.model.row_of(identity)
    assert row is not None
    return cards.visualRect(window.gallery.model.index(row)).center()


def click_card(qtbot: QtBot, window: MainWindow, identity: str, with_ctrl: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if with_ctrl else Qt.KeyboardModifier.NoModifier
    place = card_place(window, identity)
    qtbot.mouseClick(window.gallery.list.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_a_face_gets_a_filter_of_its_own(qtbot: QtBot, world: World, window: MainWindow) -> None:
    pick(window, 1, "Choose filters")
    click_card(qtbot, window, "dog")
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(2, ("dog",)),))
    assert world.wearings[-1].filters == ("crown",)
    assert window.gallery.model.all_chosen == ("dog",)


def chips(window: MainWindow) -> list[str]:
    return [wearer.words for wearer in window.gallery.wearers.wearers]


def test_the_gallery_shows_who_wears_what_with_a_way_out(qtbot: QtBot, world: World, window: MainWindow) -> None:
    assert not window.gallery.wearers.isVisible()
    pick(window, 1, "Choose filters")
    assert chips(window) == ["Everyone: Crown", "This face"]
    click_card(qtbot, window, "dog")
    assert chips(window) == ["Everyone: Crown", "This face: Dog"]
    assert window.gallery.wearers.isVisible()
    qtbot.keyClick(window.view, Qt.Key.Key_Escape)
    assert chips(window) == ["Everyone: Crown", "Face 2: Dog"]
    assert window.gallery.model.all_chosen == ("crown",)
    row = window.gallery.model.row_of("dog")
    assert row is not None
    assert window.gallery.model.look(window.gallery.model.index(row)).wearers == ("2",)
    out = window.gallery.wearers.rows[1].out
    assert out is not None
    qtbot.mouseClick(out, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.wearings[-1].own == ())
    assert not window.gallery.wearers.isVisible()


@pytest.mark.parametrize("worn", ["blur", "crown"])
def test_a_face_that_comes_back_under_a_cover_is_explained_in_the_preview(
    qtbot: QtBot, world: World, open_window: OpenWindow, worn: str
) -> None:
    world.faces = (moved(make_face(), 1, 4), moved(make_face(), 2, 36))
    remember(world, filters=(worn,), mirror_preview=())
    window = open_live(qtbot, open_window)
    hints: list[str] = []
    window.view.show_hint = hints.append  # type: ignore[method-assign]
    pick(window, 0, "No filter")
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(1, ()),))
    # Under filters that hide, the tracker gives who comes back a new identity.
    world.faces = (moved(make_face(), 3, 4), moved(make_face(), 2, 36))
    wait(qtbot, lambda: any("Absent face" in words for words in chips(window)))
    assert ("This may be someone else. Click the face to choose again." in hints) is (worn == "blur")


def test_a_chip_chooses_whom_a_click_goes_to(qtbot: QtBot, world: World, window: MainWindow) -> None:
    pick(window, 0, "No filter")
    qtbot.mouseClick(window.gallery.wearers.rows[1].chip, Qt.MouseButton.LeftButton)
    assert window.view.picker.marked == 1
    click_card(qtbot, window, "dog")
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(1, ("dog",)),))
    qtbot.mouseClick(window.gallery.wearers.rows[0].chip, Qt.MouseButton.LeftButton)
    assert window.view.picker.marked is None


def test_a_click_for_everyone_says_who_keeps_their_own_and_offers_to_include_them(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    pick(window, 0, "Choose filters")
    click_card(qtbot, window, "blur")
    qtbot.keyClick(window.view, Qt.Key.Key_Escape)
    click_card(qtbot, window, "dog")
    wait(qtbot, lambda: world.wearings[-1].filters == ("dog",))
    # A face that was hidden on purpose is not bared by the way.
    assert world.wearings[-1].own == (FaceChoice(1, ("blur",)),)
    assert window.toast.words == "Everyone else wears Dog. Face 1 keeps Blur."
    qtbot.mouseClick(window.toast.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: world.wearings[-1].own == ())


def test_faces_are_chosen_by_keys_from_the_left_as_they_are_shown(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    for mirrored, identity in ((False, 2), (True, 1)):
        window.view.mirror(mirrored)
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        assert window.view.picker.marked == identity
    qtbot.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    assert window.view.picker.marked == 1
    qtbot.keyClick(window.view, Qt.Key.Key_Escape)
    assert window.view.picker.marked is None


def test_escape_and_a_press_beside_the_faces_lead_back_to_everyone(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    pick(window, 0, "Choose filters")
    qtbot.keyClick(window.view, Qt.Key.Key_Escape)
    assert window.view.picker.marked is None
    pick(window, 0, "Choose filters")
    qtbot.mouseClick(window.view, Qt.MouseButton.LeftButton, pos=window.view.image_place().center().toPoint())
    assert window.view.picker.marked is None
    click_card(qtbot, window, "dog")
    wait(qtbot, lambda: world.wearings[-1].filters == ("dog",))
    assert world.wearings[-1].own == ()


def test_a_face_takes_its_filters_off_and_gets_everyones_again(qtbot: QtBot, world: World, window: MainWindow) -> None:
    pick(window, 0, "No filter")
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(1, ()),))
    pick(window, 0, "Use everyone")
    wait(qtbot, lambda: world.wearings[-1].own == ())


def test_everyones_filters_are_not_offered_while_all_wear_the_same(window: MainWindow) -> None:
    menu = menu_of(window, 0)
    assert [action.isEnabled() for action in menu.actions()] == [True, True, False]
    menu.close()


def test_a_long_press_opens_the_menu_too(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.view.picker.menu_wanted, timeout=5000) as reported:
        qtbot.mousePress(window.view, Qt.MouseButton.LeftButton, pos=middle_of(window, 1))
    qtbot.mouseRelease(window.view, Qt.MouseButton.LeftButton, pos=middle_of(window, 1))
    assert reported.args[0] == 2
    next(menu for menu in window.view.findChildren(QMenu) if menu.isVisible()).close()


def test_beside_the_faces_there_is_no_menu(window: MainWindow) -> None:
    place = window.view.image_place().center().toPoint()
    QApplication.sendEvent(window.view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, place))
    assert not any(menu.isVisible() for menu in window.view.findChildren(QMenu))


def test_filters_of_one_face_go_to_no_face_of_another_source(qtbot: QtBot, world: World, window: MainWindow) -> None:
    pick(window, 0, "Choose filters")
    click_card(qtbot, window, "blur")
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(1, ("blur",)),))
    window.bar.camera.source_chosen.emit("demo")
    wait(qtbot, lambda: world.wearings[-1].own == (FaceChoice(-1, ("blur",)),))
    assert window.view.picker.marked is None


def test_ctrl_and_a_click_wears_a_filter_with_the_others_and_takes_it_off_again(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    click_card(qtbot, window, "dog", with_ctrl=True)
    wait(qtbot, lambda: world.worn[-1][0] == "crown+dog")
    assert window.gallery.model.all_chosen == ("crown", "dog")
    click_card(qtbot, window, "crown", with_ctrl=True)
    wait(qtbot, lambda: world.worn[-1][0] == "dog")
    click_card(qtbot, window, "hat")
    wait(qtbot, lambda: world.worn[-1][0] == "hat")


def test_the_plus_on_a_card_wears_it_with_the_others(qtbot: QtBot, world: World, window: MainWindow) -> None:
    cards = window.gallery.list
    cell = cards.visualRect(window.gallery.model.index(window.gallery.model.row_of("dog") or 0))
    qtbot.mouseClick(
        cards.viewport(), Qt.MouseButton.LeftButton, pos=plus_place(image_place(cell, cards.font())).center().toPoint()
    )
    wait(qtbot, lambda: world.worn[-1][0] == "crown+dog")


def test_ctrl_and_enter_do_so_too(qtbot: QtBot, world: World, window: MainWindow) -> None:
    row = window.gallery.model.row_of("dog")
    assert row is not None
    window.gallery.list.setFocus()
    window.gallery.list.setCurrentIndex(window.gallery.model.index(row))
    qtbot.keyClick(window.gallery.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait(qtbot, lambda: world.worn[-1][0] == "crown+dog")


def test_a_stack_is_remembered(qtbot: QtBot, world: World, window: MainWindow) -> None:
    click_card(qtbot, window, "dog", with_ctrl=True)
    wait(qtbot, lambda: world.worn[-1][0] == "crown+dog")
    window.close()
    assert 'filters = [\n    "crown",\n    "dog",\n]' in world.settings_path.read_text()


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_place_of_a_face_is_mirrored_with_the_image(window: MainWindow, mirrored: bool) -> None:
    scene, image = window.view.scene, window.view.image_place()
    assert scene is not None
    left = QPointF(image.left() + image.width() * 0.27, image.top() + image.height() * 0.45)
    assert face_at(left, scene, image, mirrored) == (2 if mirrored else 1)
    assert face_at(image.topLeft(), scene, image, mirrored) is None
