"""Checks that nothing queues up between the threads, and that no late result reaches the window."""

import threading
from collections.abc import Iterator

import pytest
from masquerade.errors import AppError
from masquerade.gui.services.workers import Bridge, TaskRunner
from masquerade.values import Scene
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.world import make_frame


@pytest.fixture
def tasks() -> Iterator[TaskRunner]:
    tasks = TaskRunner()
    yield tasks
    tasks.close(5.0)


def on_worker(*steps: object) -> None:
    """Runs the steps on one other thread and waits for it."""

    def run() -> None:
        for step in steps:
            step()  # type: ignore[operator]

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_busy_window_gets_the_newest_scene_and_only_that(qtbot: QtBot) -> None:
    shown: list[int] = []
    bridge = Bridge(lambda scene: shown.append(scene.frame.index), lambda error: None)
    on_worker(*[lambda index=index: bridge.offer(Scene(make_frame(index))) for index in range(100)])
    qtbot.waitUntil(lambda: bool(shown), timeout=2000)
    QCoreApplication.processEvents()  # delivers what was signalled before
    assert shown == [99]
    assert bridge.dropped == 99


def test_scenes_are_shown_on_the_window_thread(qtbot: QtBot) -> None:
    threads: list[threading.Thread] = []
    bridge = Bridge(lambda scene: threads.append(threading.current_thread()), lambda error: None)
    on_worker(lambda: bridge.offer(Scene(make_frame())))
    qtbot.waitUntil(lambda: bool(threads), timeout=2000)
    assert threads == [threading.main_thread()]


def test_a_cut_bridge_is_silent(qtbot: QtBot) -> None:
    calls: list[object] = []
    bridge = Bridge(calls.append, calls.append)
    on_worker(lambda: bridge.offer(Scene(make_frame())), lambda: bridge.end(None))
    bridge.cut()
    QCoreApplication.processEvents()  # delivers what was signalled before
    assert calls == []
    assert bridge.is_over


def test_a_task_brings_its_result_to_the_window_thread(qtbot: QtBot, tasks: TaskRunner) -> None:
    results: list[tuple[str, bool]] = []
    tasks.submit(
        lambda: threading.current_thread().name,
        name="name",
        on_result=lambda name: results.append((name, threading.current_thread() is threading.main_thread())),
        on_error=lambda error: None,
    )
    qtbot.waitUntil(lambda: bool(results), timeout=2000)
    assert results == [("name", True)]


def test_a_task_that_fails_reports_its_error(qtbot: QtBot, tasks: TaskRunner) -> None:
    errors: list[str] = []

    def fail() -> None:
        raise AppError("The disk is full.")

    tasks.submit(fail, name="fail", on_result=lambda result: None, on_error=lambda error: errors.append(str(error)))
    qtbot.waitUntil(lambda: bool(errors), timeout=2000)
    assert errors == ["The disk is full."]


def test_after_close_no_task_calls_back(qtbot: QtBot) -> None:
    tasks, calls, go = TaskRunner(), [], threading.Event()
    tasks.submit(go.wait, name="slow", on_result=calls.append, on_error=calls.append)
    go.set()
    tasks.close(5.0)
    tasks.submit(lambda: calls.append(1), name="late", on_result=calls.append, on_error=calls.append)
    QCoreApplication.processEvents()  # delivers what was signalled before
    assert calls == []
