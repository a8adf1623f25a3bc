"""Walks the window as assistive technology sees it, and as the Tab key does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from masquerade.gui.main_window import MainWindow
from masquerade.gui.pages.overlay_page import OverlayPage
from masquerade.gui.widgets.tab_order import controls_in_order
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, wait

_CONTROLS = (
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.Slider,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.ListItem,
)


def interfaces(top: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    for number in range(top.childCount()):
        child = top.child(number)
        if child is not None and not child.state().invisible:  # type: ignore[attr-defined]
            yield child
            yield from interfaces(child)


def nameless(window: QWidget) -> list[str]:
    """Everything that can be operated and has no name, or a sign alone without a description."""
    top = QAccessible.queryAccessibleInterface(window)
    assert top is not None
    found = []
    for each in interfaces(top):
        state = each.state()
        if each.role() not in _CONTROLS and not state.focusable:  # type: ignore[attr-defined]
            continue
        widget = each.object()
        name = each.text(QAccessible.Text.Name)
        is_sign = isinstance(widget, QAbstractButton) and not widget.text()
        if not name or (is_sign and not each.text(QAccessible.Text.Description)):
            found.append(f"{type(widget).__name__} {each.role().name} '{name}'")
    return found


def pages(window: MainWindow) -> tuple[OverlayPage, ...]:
    return window.settings_page, window.shortcut_page, window.virtual_camera_page, window.clip_page


def test_everything_that_can_be_operated_has_a_name_and_a_description(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    window.show_error("The camera is used by another program.", "Try again", lambda: None)
    window.show_toast("Photo saved", "Show in folder", lambda: None)
    window.show_recent(True)
    window.clip_page.show_file(tmp_path / "clip.mp4")
    window.clip_page.show_clip(3.0, can_trim=True, has_sound=True)
    window.clip_page.loop.setChecked(True)
    assert nameless(window) == []
    for page in pages(window):
        page.open_sheet()
        assert nameless(page) == []
        page.close_sheet()


def test_a_control_without_a_name_is_found(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    window.bar.settings.setAccessibleName("")
    assert nameless(window) == ["SignButton Button ''"]


def press_tab_round(qtbot: QtBot, window: MainWindow, backwards: bool = False) -> list[QWidget]:
    """The controls in the order in which Tab reaches them, until one comes again."""
    reached: list[QWidget] = []
    key = Qt.Key.Key_Backtab if backwards else Qt.Key.Key_Tab
    while True:
        qtbot.keyClick(window.focusWidget() or window, key)
        widget = window.focusWidget()
        if widget is None or widget in reached:
            return reached
        reached.append(widget)


def test_tab_goes_from_the_preview_through_the_gallery_to_the_bar(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    window.focus_preview()
    gallery, bar = window.gallery, window.bar
    chip = gallery.chips.buttons[0]
    assert press_tab_round(qtbot, window) == [
        gallery.search,
        gallery.view_menu,
        chip,
        gallery.list,
        bar.camera,
        bar.mirror_preview,
        bar.mirror_file,
        bar.intensity,
        bar.photo,
        bar.record,
        bar.microphone,
        bar.virtual_camera,
        bar.settings,
        bar.help,
        window.view,
    ]
    window.focus_preview()
    assert press_tab_round(qtbot, window, backwards=True)[0] is bar.help


@pytest.mark.parametrize("right_to_left", [False, True], ids=["left-to-right", "right-to-left"])
def test_tab_goes_down_a_page_in_the_order_in_which_it_is_read(
    qtbot: QtBot, open_window: OpenWindow, right_to_left: bool
) -> None:
    window = open_live(qtbot, open_window)
    if right_to_left:
        window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    for page in pages(window)[:3]:
        page.open_sheet()
        reached = press_tab_round(qtbot, window)
        assert reached == list(controls_in_order(page))
        assert len(reached) >= 7
        assert page.panel.rect().contains(reached[-1].mapTo(page.panel, reached[-1].rect().center()))
        # The shortcuts stand in two columns of which each is read by itself.
        if page is not window.shortcut_page:
            # The cross is the first; all others are in the part that scrolls.
            content = page.body.parentWidget()
            rows = [each.mapTo(content, QPoint(0, each.height() // 2)).y() for each in reached[1:]]
            assert rows == sorted(rows)
        page.close_sheet()


def test_a_click_leaves_the_keyboard_with_the_preview(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    window.focus_preview()
    qtbot.mouseClick(window.bar.mirror_file, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.bar.settings, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is window.settings_page
    qtbot.mouseClick(window.settings_page.reduced_motion, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is window.settings_page
    qtbot.keyClick(window.settings_page, Qt.Key.Key_Escape)
    wait(qtbot, lambda: window.focusWidget() is window.view)
