"""Controls the whole window from the menu of the tray's icon."""

import pytest
from masquerade.errors import ModelError
from masquerade.gui.controllers.tray_controller import TrayController
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.services.desktop.autostart import this_system
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, remember, wait
from tests.masquerade.gui.world import World


def _tray(window: MainWindow) -> TrayController:
    tray = window.findChild(TrayController)
    assert isinstance(tray, TrayController)
    tray.fill()
    return tray


def _words(tray: TrayController) -> list[str]:
    return [action.text() for action in tray.menu.actions() if action.text()]


def _choose(tray: TrayController, words: str) -> None:
    tray.fill()
    next(action for action in tray.menu.actions() if action.text() == words).trigger()


def test_the_menu_offers_the_last_filters_and_wears_them(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, recent=("dog", "wolf", "gone", "crown"))
    window = open_live(qtbot, open_window)
    tray = _tray(window)
    # A broken filter and one that is gone are left out.
    assert _words(tray) == ["Hide window", "No filter", "Dog", "Crown", "Record", "Virtual camera", "Quit"]
    _choose(tray, "Crown")
    wait(qtbot, lambda: world.worn[-1][0] == "crown")
    _choose(tray, "No filter")
    wait(qtbot, lambda: world.worn[-1][0] == "")


def test_the_icon_is_of_use_while_the_camera_is_on_or_the_window_hidden(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    remember(world, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    tray = _tray(window)
    assert not tray.is_wanted
    _choose(tray, "Virtual camera")
    wait(qtbot, lambda: world.virtual_camera is not None and window.bar.virtual_camera.isChecked())
    assert tray.is_wanted
    _choose(tray, "Virtual camera")
    wait(qtbot, lambda: not tray.is_wanted)
    _choose(tray, "Hide window")
    assert not window.isVisible()
    assert tray.is_wanted
    _choose(tray, "Show window")
    assert window.isVisible()
    _choose(tray, "Quit")
    wait(qtbot, lambda: not window.isVisible())


def test_a_recording_is_begun_and_ended_from_the_menu(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    tray = _tray(window)
    _choose(tray, "Record")
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    _choose(tray, "Stop recording")
    wait(qtbot, lambda: window.toast.words.startswith("Video saved"))


def test_a_hidden_start_shows_nothing_where_there_is_a_tray(
    qtbot: QtBot, world: World, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    window = open_window(launch=LaunchOptions(hidden=True))
    wait(qtbot, lambda: bool(world.started) and window.bar.record.isEnabled())
    assert not window.isVisible()


def test_a_hidden_start_without_a_tray_can_be_found(
    qtbot: QtBot, world: World, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    window = open_window(launch=LaunchOptions(hidden=True))
    assert window.isVisible()
    assert window.isMinimized()


def test_a_hidden_start_that_fails_shows_why(
    qtbot: QtBot, world: World, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    world.load_error = ModelError("The model file is missing. Reinstall Masquerade.")
    window = open_window(launch=LaunchOptions(hidden=True))
    wait(qtbot, lambda: window.isVisible() and "model file is missing" in window.banner.words)


def test_the_settings_start_it_at_login(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    own = this_system()
    assert not own.is_on
    window.settings_page.login.click()
    assert own.is_on
    window.settings_page.login.click()
    assert not own.is_on
