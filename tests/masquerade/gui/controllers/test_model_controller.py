"""Drives the choice of the model that finds the points: chosen, remembered, broken, given on the command line."""

import tomllib

from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.widgets.controls import isolated
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import is_live, open_live, remember, wait
from tests.masquerade.gui.world import World


def chip(window: MainWindow, name: str) -> QPushButton:
    row = window.settings_page.model
    assert row is not None
    return next(button for button in row.findChildren(QPushButton) if button.text() == isolated(name))


def remembered_model(world: World) -> str | None:
    if not world.settings_path.exists():
        return None
    return str(tomllib.loads(world.settings_path.read_text(encoding="utf-8"))["model"])


def test_another_model_is_chosen_in_the_settings_and_remembered(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    window.settings_page.open_sheet()
    assert chip(window, "Standard").isChecked()
    qtbot.mouseClick(chip(window, "Basic"), Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: remembered_model(world) == "seed96grey")
    assert world.used_models == ["seed96grey"]
    assert chip(window, "Basic").isChecked()


def test_the_remembered_model_is_used_from_the_start(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world, model="seed96grey")
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: world.used_models == ["seed96grey"] and chip(window, "Basic").isChecked())


def test_a_broken_model_is_an_error_and_the_previous_one_stays_in_use(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.model_errors["seed96grey"] = "The model file model.tflite is damaged."
    window = open_live(qtbot, open_window)
    window.settings_page.open_sheet()
    qtbot.mouseClick(chip(window, "Basic"), Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: "is damaged. Face tracking stays at Standard." in window.banner.words)
    assert chip(window, "Standard").isChecked()
    assert is_live(window)


def test_a_remembered_model_that_is_gone_is_reported_once_and_forgotten(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.model_errors["/gone/mine"] = "There is no model /gone/mine."
    remember(world, model="/gone/mine")
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: "no model /gone/mine" in window.banner.words)
    wait(qtbot, lambda: remembered_model(world) == "")


def test_the_command_lines_model_wins_over_the_remembered_one(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.models = ("masquerade85", "seed96grey", "runs/mine")
    remember(world, model="seed96grey")
    window = open_live(qtbot, open_window, launch=LaunchOptions(model="runs/mine"))
    wait(qtbot, lambda: window.settings_page.model is not None)
    assert chip(window, "mine").isChecked()
    assert world.used_models == []


def test_an_unusable_model_of_the_command_line_is_an_error_and_the_window_opens(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    world.model_error = "There is no model runs/none."
    window = open_live(qtbot, open_window, launch=LaunchOptions(model="runs/none"))
    wait(qtbot, lambda: "no model runs/none. Face tracking stays at Standard." in window.banner.words)


def test_a_single_model_is_not_offered(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    world.models = ("masquerade85",)
    window = open_live(qtbot, open_window)
    assert window.settings_page.model is None
