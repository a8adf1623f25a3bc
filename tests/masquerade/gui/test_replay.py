"""Saves the last seconds from the whole window."""

from pathlib import Path

import av
from masquerade.gui.services.studio.replay import ReplayService
from masquerade.gui.services.workers import TaskRunner
from masquerade.settings_file import read_settings
from masquerade.studio.replay.replay import Replay
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, open_live, remember, wait
from tests.masquerade.gui.world import World

_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_the_last_seconds_become_a_file(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    window.settings_page.replay.chosen.emit("15")
    # Enough for a loop.
    begun = world.sources[CAMERA]._index
    wait(qtbot, lambda: world.sources[CAMERA]._index > begun + 100)

    service = window.findChild(ReplayService)
    assert isinstance(service, ReplayService)
    asked: list[int] = []
    answers: list[object] = []
    service.saved.connect(answers.append)
    service.failed.connect(answers.append)

    def saved() -> bool:
        # Again only when it was answered: the ring needs a moment until something is in it.
        if len(asked) == len(answers):
            asked.append(1)
            qtbot.keyClick(window, Qt.Key.Key_R, _KEYS)
        return window.toast.words.startswith("Replay saved")

    wait(qtbot, saved)
    path = next(path for path in world.takes if path.name.endswith(" replay.mp4") and path.name[0] != ".")
    assert window.toast.button.text() == "Make a loop"
    window.toast.button.click()
    page = window.clip_page
    wait(qtbot, lambda: page.bar.end > 0)
    assert page.loop_row.isVisible()
    page.loop_row.make.click()
    wait(qtbot, lambda: page.message.text().startswith(f"Saved {path.stem} loop.gif"))
    page.close_sheet()
    with av.open(str(path)) as file:
        assert len(list(file.decode(video=0))) > 0
    window.close()
    assert read_settings(world.settings_path).settings.replay_seconds == 15


def test_a_replay_that_has_just_begun_is_not_reported_as_off(qtbot: QtBot, tmp_path: Path) -> None:
    tasks = TaskRunner()
    service = ReplayService(Replay, tasks)
    problems: list[str] = []
    service.failed.connect(problems.append)
    service.keep(15)
    assert service.save(tmp_path / "replay.mp4") == "There is nothing to save yet. Let the video run for a moment."
    assert len(problems) == 1
    wait(qtbot, lambda: service.save(tmp_path / "replay.mp4") == "")
    tasks.close(5)
    service.close()


def test_a_replay_that_is_off_says_where_it_is_switched_on(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    remember(world)
    window = open_live(qtbot, open_window)
    qtbot.keyClick(window, Qt.Key.Key_R, _KEYS)
    wait(qtbot, lambda: window.banner.words == "Replay is off. Choose how many seconds to keep in the settings.")
