"""Tests that the line rests while its frames are not seen or used, and wakes at once."""

import time
from itertools import pairwise

import pytest
from masquerade.gui.controllers.recording_controller import RecordingController
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.sources.player import Player
from masquerade.pipeline.sources.source import REST_SECONDS
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import open_live, remember, wait
from tests.masquerade.gui.world import World

SOME = 4


class Gaps:
    """The seconds between the frames that arrive from now on; the first two were on their way."""

    def __init__(self, window: MainWindow) -> None:
        player = window.findChild(Player)
        assert isinstance(player, Player)
        self._moments: list[float] = []
        player.scene_arrived.connect(lambda scene: self._moments.append(scene.frame.taken_at))

    def over(self, qtbot: QtBot) -> list[float]:
        self._moments.clear()
        wait(qtbot, lambda: len(self._moments) >= SOME + 2)
        moments = self._moments[2:]
        return [late - early for early, late in pairwise(moments)]


def is_resting(gaps: list[float]) -> bool:
    return min(gaps) >= 0.9 * REST_SECONDS


def test_the_line_rests_while_the_window_is_hidden_and_wakes_with_it(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    gaps = Gaps(window)
    assert min(gaps.over(qtbot)) < REST_SECONDS / 2
    window.hide()
    assert is_resting(gaps.over(qtbot))
    window.show()
    assert min(gaps.over(qtbot)) < REST_SECONDS / 2
    # The pause is no part of what the stats read.
    assert window.view.meter.summary().fps > 1 / REST_SECONDS


def test_the_line_rests_while_the_window_is_minimised(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_live(qtbot, open_window)
    gaps = Gaps(window)
    window.showMinimized()
    assert is_resting(gaps.over(qtbot))
    window.showNormal()
    assert min(gaps.over(qtbot)) < REST_SECONDS / 2


def test_a_source_that_begins_while_the_window_is_hidden_rests(
    qtbot: QtBot, world: World, open_window: OpenWindow
) -> None:
    window = open_live(qtbot, open_window)
    window.hide()
    player = window.findChild(Player)
    assert isinstance(player, Player)
    player.play("demo")
    with qtbot.waitSignal(player.begun):
        pass
    assert is_resting(Gaps(window).over(qtbot))


def test_what_uses_the_frames_keeps_the_line_awake(qtbot: QtBot, world: World, open_window: OpenWindow) -> None:
    """A recording, the virtual camera, the last seconds, the window that shows the output alone."""
    remember(world, virtual_camera_explained=True)
    window = open_live(qtbot, open_window)
    gaps = Gaps(window)
    window.bar.record.click()
    wait(qtbot, lambda: window.is_recording)
    window.hide()
    assert min(gaps.over(qtbot)) < REST_SECONDS / 2
    window.bar.record.click()
    wait(qtbot, lambda: not window.is_recording)
    assert is_resting(gaps.over(qtbot))
    window.bar.virtual_camera.click()
    wait(qtbot, lambda: world.virtual_camera is not None)
    assert min(gaps.over(qtbot)) < REST_SECONDS / 2
    window.bar.virtual_camera.click()
    assert is_resting(gaps.over(qtbot))
    window.output.show()
    gaps.over(qtbot)
    assert min(gaps.over(qtbot)) < REST_SECONDS / 2


def test_a_photo_of_a_hidden_window_is_not_an_old_one(
    qtbot: QtBot, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_live(qtbot, open_window)
    gaps = Gaps(window)
    window.hide()
    gaps.over(qtbot)
    ages: list[float] = []

    def age() -> float:
        scene = window.view.scene
        assert scene is not None
        return time.monotonic() - scene.frame.taken_at

    monkeypatch.setattr(RecordingController, "take_photo", lambda _: ages.append(age()))
    wait(qtbot, lambda: age() > 0.7 * REST_SECONDS)
    window.bar.photo.click()
    wait(qtbot, lambda: bool(ages))
    assert ages[0] < REST_SECONDS / 2
    # It goes back to rest when it next looks who uses the frames.
    assert any(is_resting(gaps.over(qtbot)) for _ in range(20))
