"""Controls the whole window over its socket, as `masquerade ctl` does from another process."""

import argparse
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from masquerade.__main__ import main
from masquerade.commands import ctl, model
from masquerade.errors import AppError
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.services.desktop.instance import InstanceServer, Request, socket_name
from masquerade.gui.start import open_main_window
from masquerade.gui.widgets.controls import isolated
from masquerade.resources import bundled, command_line
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.driving import is_live, remember, wait
from tests.masquerade.gui.world import World


@pytest.fixture
def window(qtbot: QtBot, world: World, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own_home))
    remember(world, virtual_camera_explained=True)
    server = InstanceServer()
    assert server.claim(socket_name(), Request("ctl", ("status",))) is None
    window = open_main_window(world.load, world.settings_path, LaunchOptions(), server)
    qtbot.addWidget(window)
    wait(qtbot, lambda: is_live(window) and window.bar.record.isEnabled() and len(window.gallery.model.cards) > 0)
    yield window
    window.close()
    server.close()


def _ctl(qtbot: QtBot, *words: str) -> str:
    return _run(qtbot, ctl, *words)


def _run(qtbot: QtBot, command: ModuleType, *words: str) -> str:
    """Runs a command on another thread, as another process would; returns its error, "" where there is none."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    errors: list[str] = []

    def run() -> None:
        try:
            command.run(parser.parse_args(words))
            errors.append("")
        except AppError as error:
            errors.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    qtbot.waitUntil(lambda: bool(errors), timeout=15000)
    thread.join()
    return errors[0]


def test_filters_are_chosen_by_name_one_by_one_and_taken_off(
    qtbot: QtBot, world: World, window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not _ctl(qtbot, "filter", "crown")
    wait(qtbot, lambda: world.worn[-1][0] == "crown")
    assert not _ctl(qtbot, "filter", "next")
    wait(qtbot, lambda: world.worn[-1][0] == "dog")
    assert not _ctl(qtbot, "filter", "previous")
    wait(qtbot, lambda: world.worn[-1][0] == "crown")
    for word in ("off", "none"):
        assert not _ctl(qtbot, "filter", "crown")
        wait(qtbot, lambda: world.worn[-1][0] == "crown")
        assert not _ctl(qtbot, "filter", word)
        wait(qtbot, lambda: world.worn[-1][0] == "")
    assert (
        capsys.readouterr().out == "Filter: crown.\nFilter: dog.\nFilter: crown.\n" + 2 * "Filter: crown.\nNo filter.\n"
    )


def test_what_cannot_be_done_is_one_sentence(qtbot: QtBot, window: MainWindow) -> None:
    assert _ctl(qtbot, "filter", "crwon") == "There is no filter 'crwon'. Did you mean 'crown'?"
    # Broken ones cannot be worn.
    assert _ctl(qtbot, "filter", "wolf") == "There is no filter 'wolf'."
    assert "Name a filter" in _ctl(qtbot, "filter")
    assert _ctl(qtbot, "record", "maybe") == "'record' takes 'on' or 'off', not 'maybe'."


def test_photo_recording_and_virtual_camera_are_the_buttons_of_the_window(
    qtbot: QtBot, world: World, window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not _ctl(qtbot, "record", "on")
    wait(qtbot, lambda: window.bar.timer.text() == "00:01")
    assert not _ctl(qtbot, "record", "on")
    assert window.is_recording
    assert not _ctl(qtbot, "record", "off")
    wait(qtbot, lambda: any(path.suffix == ".mp4" for path in world.takes) and not window.is_recording)
    assert "Replay is off" in _ctl(qtbot, "replay")
    wait(qtbot, lambda: "Replay is off" in window.banner.words)
    assert not _ctl(qtbot, "photo")
    wait(qtbot, lambda: any(path.suffix == ".jpg" for path in world.takes))
    assert not _ctl(qtbot, "virtual-camera", "on")
    wait(qtbot, lambda: world.virtual_camera is not None and window.bar.virtual_camera.isChecked())
    capsys.readouterr()
    assert not _ctl(qtbot, "status")
    assert capsys.readouterr().out.splitlines() == ["filter: none", "recording: off", "virtual camera: ready"]
    assert not _ctl(qtbot, "hide")
    assert not window.isVisible()
    assert not _ctl(qtbot, "show")
    assert window.isVisible()


def test_a_photo_after_a_countdown_is_announced_and_taken_back(
    qtbot: QtBot, world: World, window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    window.settings_page.photo_delay.chosen.emit("10")
    assert not _ctl(qtbot, "photo")
    assert not _ctl(qtbot, "photo")
    assert capsys.readouterr().out == "Photo in 10 seconds.\nNo photo: the countdown was stopped.\n"


def test_without_a_window_there_is_one_sentence(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own_home))
    assert main(["ctl", "photo"]) == 1
    assert capsys.readouterr().err == f"masquerade: Masquerade is not running. Start it first: {command_line('')}\n"


def test_a_model_of_ones_own_is_used_at_once_and_offered(
    qtbot: QtBot, world: World, window: MainWindow, tmp_path: Path
) -> None:
    mine = shutil.copytree(bundled("model") / "seed96grey", tmp_path / "mine")
    assert not _run(qtbot, model, str(mine))
    wait(qtbot, lambda: world.used_models == [str(mine)])
    row = window.settings_page.model
    assert row is not None
    chips = {button.text(): button.isChecked() for button in row.findChildren(QPushButton)}
    assert chips == {isolated("Standard"): False, isolated("Basic"): False, isolated("mine"): True}
    assert not _run(qtbot, model, "standard")
    wait(qtbot, lambda: world.used_models == [str(mine), "masquerade85"])
    wait(qtbot, lambda: 'model = "masquerade85"' in world.settings_path.read_text(encoding="utf-8"))
