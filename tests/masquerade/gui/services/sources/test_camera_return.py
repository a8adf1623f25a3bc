"""Tests how often a lost camera is looked for."""

from masquerade.gui.services.sources.camera_return import CameraReturn, Look
from masquerade.pipeline.cameras import CameraInfo
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

CAMERA = CameraInfo(0, "Integrated Camera")
TEXT = "camera:Integrated Camera"


def returning(look: Look) -> tuple[CameraReturn, QTimer, list[str]]:
    waiting = CameraReturn(look)
    timer = waiting.findChild(QTimer)
    assert isinstance(timer, QTimer)
    found: list[str] = []
    waiting.back.connect(found.append)
    return waiting, timer, found


def test_a_camera_that_fails_again_and_again_is_tried_more_and_more_rarely(qtbot: QtBot) -> None:
    waiting, timer, found = returning(lambda answer: answer((CAMERA,)))
    pauses = []
    for _ in range(7):
        waiting.wait(TEXT, CAMERA.name)
        pauses.append(timer.interval())
        timer.timeout.emit()
        assert not timer.isActive()
    assert pauses == [500, 1000, 2000, 4000, 8000, 10_000, 10_000]
    assert found == [TEXT] * 7
    waiting.note_image()
    waiting.wait(TEXT, CAMERA.name)
    assert timer.interval() == 500


def test_a_camera_that_is_away_is_looked_for_twice_a_second(qtbot: QtBot) -> None:
    waiting, timer, found = returning(lambda answer: answer(()))
    waiting.wait(TEXT, CAMERA.name)
    for _ in range(4):
        timer.timeout.emit()
        assert timer.isActive()
        assert timer.interval() == 500
    assert not found


def test_a_camera_found_after_the_waiting_has_ended_is_left_alone(qtbot: QtBot) -> None:
    waiting, timer, found = returning(lambda answer: (waiting.stop(), answer((CAMERA,)))[1])
    waiting.wait(TEXT, CAMERA.name)
    timer.timeout.emit()
    assert not found
    assert not timer.isActive()
