"""Checks that a saved file is shown selected where a file manager can do that, and its folder else."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from masquerade.gui.services.desktop import file_manager
from masquerade.gui.services.desktop.file_manager import show_in_folder
from PySide6.QtCore import ClassInfo, QObject, QUrl, Slot
from PySide6.QtDBus import QDBusConnection
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

NAME = "org.freedesktop.FileManager1"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no D-Bus")
needs_bus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")


@ClassInfo({"D-Bus Interface": NAME})
class FakeFileManager(QObject):
    """A file manager that notes what it is asked to select."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    @Slot("QStringList", str)
    def ShowItems(self, uris: list[str], startup_id: str) -> None:  # noqa: N802 (D-Bus's name)
        self.shown += uris


class Folders(QObject):
    """Takes the folders that the system is asked to open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def folders(qtbot: QtBot) -> Iterator[Folders]:
    folders = Folders()
    QDesktopServices.setUrlHandler("file", folders, "open")
    yield folders
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def bus_address() -> Iterator[str]:
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert daemon.stdout is not None
    yield daemon.stdout.readline().strip()
    daemon.terminate()
    daemon.communicate()


@needs_bus
def test_the_file_is_selected_by_the_file_manager_of_the_session(
    qtbot: QtBot, tmp_path: Path, bus_address: str, folders: Folders
) -> None:
    bus = QDBusConnection.connectToBus(bus_address, "test")
    manager = FakeFileManager()
    assert bus.registerObject("/org/freedesktop/FileManager1", manager, QDBusConnection.RegisterOption.ExportAllSlots)
    assert bus.registerService(NAME)
    path = tmp_path / "a photo, 50 % \u00e9.jpg"
    path.write_text("")
    parent = QObject()
    show_in_folder(path, pytest.fail, parent, bus)
    qtbot.waitUntil(lambda: bool(manager.shown), timeout=5000)
    assert [QUrl(uri).toLocalFile() for uri in manager.shown] == [str(path)]
    assert "," in manager.shown[0]
    assert " " not in manager.shown[0]
    assert folders.opened == []
    QDBusConnection.disconnectFromBus("test")


@needs_bus
def test_without_a_file_manager_the_folder_is_opened(
    qtbot: QtBot, tmp_path: Path, bus_address: str, folders: Folders
) -> None:
    bus = QDBusConnection.connectToBus(bus_address, "empty")
    (tmp_path / "photo.jpg").write_text("")
    parent = QObject()
    show_in_folder(tmp_path / "photo.jpg", pytest.fail, parent, bus)
    qtbot.waitUntil(lambda: bool(folders.opened), timeout=5000)
    assert folders.opened == [str(tmp_path)]
    QDBusConnection.disconnectFromBus("empty")


def test_without_a_bus_the_folder_is_opened(qtbot: QtBot, tmp_path: Path, folders: Folders) -> None:
    (tmp_path / "photo.jpg").write_text("")
    show_in_folder(tmp_path / "photo.jpg", pytest.fail, QObject(), QDBusConnection("no bus"))
    assert folders.opened == [str(tmp_path)]


def test_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    errors: list[str] = []
    show_in_folder(tmp_path / "gone.mp4", errors.append, QObject())
    assert errors == [f"{tmp_path / 'gone.mp4'} is no longer there."]


@pytest.mark.parametrize(
    ("platform", "command"),
    [("win32", 'explorer /select,"{path}"'), ("darwin", ["open", "-R", "{path}"])],
)
def test_other_systems_select_the_file_with_their_own_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, command: str | list[str]
) -> None:
    started: list[object] = []
    monkeypatch.setattr(file_manager.sys, "platform", platform)
    monkeypatch.setattr(file_manager.subprocess, "Popen", started.append)
    path = tmp_path / "photo.jpg"
    path.write_text("")
    show_in_folder(path, pytest.fail, QObject())
    whole = [part.format(path=path) for part in command] if isinstance(command, list) else command.format(path=path)
    assert started == [whole]
