"""Drives the window by its keys: typing searches everywhere, shortcuts can be changed."""

import tomllib

import pytest
from masquerade.gui.services.desktop.shortcuts import Command
from masquerade.settings import KeyBinding
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, remember, wait
from tests.masquerade.gui.world import World

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    "place", ["view", "bar.camera", "bar.mirror_file", "bar.intensity", "bar.record", "gallery.list"]
)
def test_typing_searches_wherever_the_keyboard_is_and_touches_no_disk(
    qtbot: QtBot, world: World, open_window: OpenWindow, place: str
) -> None:
    remember(world, filters=("blur",))
    window = open_live(qtbot, open_window)
    widget: QWidget = window
    for name in place.split("."):
        widget = getattr(widget, name)
    widget.setFocus()
    for letter in "pirate chmrsfqw[]":
        qtbot.keyClicks(window.focusWidget(), letter)
    assert window.gallery.search.text() == "pirate chmrsfqw[]"
    assert not window.view._recording
    assert world.takes == []
    assert world.worn[-1][0] == "blur"
    assert not window.isFullScreen()


def test_a_composed_letter_begins_a_search(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    window.focus_preview()
    event = QInputMethodEvent()
    event.setCommitString("\u00e9")
    QApplication.sendEvent(window.view, event)
    assert window.gallery.search.text() == "\u00e9"
    assert window.gallery.search.hasFocus()


def test_a_changed_shortcut_works_at_once_and_at_the_next_start(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    button = window.shortcut_page.button(Command.PHOTO)
    assert button.keys == "Ctrl+P"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_F9)
    assert button.keys == "F9"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    wait(qtbot, lambda: len(world.takes) == 1)
    window.close()
    assert tomllib.loads(world.settings_path.read_text())["shortcuts"] == {"photo": "F9"}
    again = open_live(qtbot, open_window)
    qtbot.keyClick(again, Qt.Key.Key_F9)
    wait(qtbot, lambda: len(world.takes) == 2)


def test_a_conflict_is_shown_on_the_page_and_changes_nothing(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    page = window.shortcut_page
    page.open_sheet()
    button = page.button(Command.PHOTO)
    for key, modifier, words in (
        (Qt.Key.Key_R, CTRL, "already used for \u201cStart or stop recording\u201d"),
        (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier, "letters alone search"),
    ):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.keyClick(button, key, modifier)
        assert words in page.message.text()
        assert button.keys == "Ctrl+P"
    assert not window.view._recording
    # Escape ends the waiting, not the page.
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert (button.keys, page.isVisible()) == ("Ctrl+P", True)


def test_delete_gives_a_command_its_own_keys_again(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, shortcuts=(KeyBinding("photo", "F9"),))
    window = open_live(qtbot, open_window)
    window.shortcut_page.open_sheet()
    button = window.shortcut_page.button(Command.PHOTO)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Delete)
    assert button.keys == "Ctrl+P"
    window.close()
    assert tomllib.loads(world.settings_path.read_text())["shortcuts"] == {}


def test_unusable_shortcuts_of_the_settings_are_reported(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, shortcuts=(KeyBinding("photo", "P"),))
    window = open_live(qtbot, open_window)
    assert "letters alone search" in window.banner.words
