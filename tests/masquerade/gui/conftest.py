"""Gives the window's tests a World; a warning of Qt fails the test that caused it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.services.desktop.instance import InstanceServer
from masquerade.gui.start import open_main_window
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.world import World

OpenWindow = Callable[..., MainWindow]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            # What Qt's offscreen platform says about itself.
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def open_window(qtbot: QtBot, world: World) -> Iterator[OpenWindow]:
    windows = []

    def open_one(
        launch: LaunchOptions | None = None,
        size_wh: tuple[int, int] = (1280, 800),
        server: InstanceServer | None = None,
    ) -> MainWindow:
        window = open_main_window(world.load, world.settings_path, launch or LaunchOptions(), server)
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(*size_wh)
        return window

    yield open_one
    for window in windows:
        window.close()
