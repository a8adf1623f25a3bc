"""Speaks to the real xdg-desktop-portal, with a desktop behind it that is the tests' own."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, Message, new_error, new_method_return, new_signal
from masquerade.errors import AppError
from masquerade.gui.services.desktop.application_entry import ApplicationEntry
from masquerade.gui.services.desktop.global_shortcuts import ShortcutSession, bus_address
from masquerade.gui.services.desktop.shortcuts import GLOBAL_SHORTCUTS, PortalEvent

from tests.masquerade.gui.services.desktop.fake_portal import FakeService, needs_bus, session_bus

PROGRAM = Path("/usr/libexec/xdg-desktop-portal")
DESKTOP = "org.freedesktop.impl.portal.desktop.test"
BACKEND = "org.freedesktop.impl.portal.GlobalShortcuts"
SECONDS = 20.0


class FakeDesktop(FakeService):
    """What a desktop offers to xdg-desktop-portal: it binds all keys and presses the first."""

    def __init__(self, address: str) -> None:
        self.bound: list[tuple[str, dict[str, Any]]] = []
        self.closed = threading.Event()
        super().__init__(address, DESKTOP)

    def _answer(self, message: Message) -> None:
        self._connection.send(self._reply(message))

    def _reply(self, message: Message) -> Message:
        method = message.header.fields[HeaderFields.member]
        if method == "GetAll":
            return new_method_return(message, "a{sv}", ({"version": ("u", 1)},))
        if method == "CreateSession":
            return new_method_return(message, "ua{sv}", (0, {}))
        if method == "BindShortcuts":
            _, session, self.bound, _, _ = message.body
            keys = [(name, {"trigger_description": values["preferred_trigger"]}) for name, values in self.bound]
            self._connection.send(new_method_return(message, "ua{sv}", (0, {"shortcuts": ("a(sa{sv})", keys)})))
            place = DBusAddress("/org/freedesktop/portal/desktop", interface=BACKEND)
            return new_signal(place, "Activated", "osta{sv}", (session, self.bound[0][0], 7, {}))
        if method == "Close":
            self.closed.set()
            return new_method_return(message)
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "s", (method,))


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with session_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def desktop(address: str, tmp_path: Path) -> Iterator[FakeDesktop]:
    (tmp_path / "test.portal").write_text(f"[portal]\nDBusName={DESKTOP}\nInterfaces={BACKEND};\nUseIn=test\n")
    desktop = FakeDesktop(address)
    environment = {**os.environ, "XDG_DESKTOP_PORTAL_DIR": str(tmp_path), "XDG_CURRENT_DESKTOP": "test"}
    program = subprocess.Popen([str(PROGRAM)], env=environment, stderr=subprocess.DEVNULL)
    yield desktop
    program.kill()
    program.wait()
    desktop.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask again and again: the portal says nowhere that it has started."""
    waiting = threading.Event()
    assert any(condition() or waiting.wait(0.05) for _ in range(int(SECONDS / 0.05)))


@needs_bus
@pytest.mark.skipif(not PROGRAM.exists(), reason="needs xdg-desktop-portal")
def test_the_real_portal_understands_what_it_is_asked(desktop: FakeDesktop) -> None:
    wait_until(lambda: ShortcutSession().has_portal())
    session = ShortcutSession()
    events: list[PortalEvent] = []
    pressed = threading.Event()

    def report(event: PortalEvent) -> None:
        events.append(event)
        if event.pressed:
            pressed.set()

    thread = threading.Thread(target=session.run, args=("", report))
    thread.start()
    assert pressed.wait(SECONDS)
    session.close()
    thread.join(SECONDS)
    assert not thread.is_alive()
    first = GLOBAL_SHORTCUTS[0]
    assert desktop.bound[0] == (
        first.id,
        {"description": ("s", first.words), "preferred_trigger": ("s", first.keys)},
    )
    assert events == [
        PortalEvent(keys={each.id: each.keys for each in GLOBAL_SHORTCUTS}),
        PortalEvent(pressed=first.id),
    ]
    # Without a call of ours: the portal sees that the program has left.
    assert desktop.closed.wait(SECONDS)


def test_a_session_that_is_closed_before_it_has_begun_ends_at_once(address: str) -> None:
    session = ShortcutSession()
    session.close()
    session.run("", pytest.fail)
    assert not session.has_portal()


@pytest.mark.parametrize(
    "address", ["", "nonsense", "tcp:host=localhost,port=1", "unix:path=/nowhere/bus", "unix:abstract=masquerade-none"]
)
def test_an_address_without_a_bus_is_one_sentence(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert not ShortcutSession().has_portal()
    with pytest.raises(AppError, match="need a D-Bus session"):
        ShortcutSession().run("", pytest.fail)


def test_the_bus_of_the_users_folder_is_found_without_its_variable(own_home: Path) -> None:
    assert bus_address() == ""
    (own_home / "bus").touch()
    assert bus_address() == f"unix:path={own_home}/bus"


def test_the_entry_is_written_and_deleted_with_its_icon(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(own_home / "system"))
    entry = ApplicationEntry("<svg/>")
    for _ in range(2):
        entry.install()
        assert [path.suffix for path in entry.written] == [".desktop", ".svg"]
    assert "Exec=" in entry.written[0].read_text()
    for _ in range(2):
        entry.remove()
        assert entry.written == ()
    assert not any(path.is_file() for path in own_home.rglob("*"))


@pytest.mark.parametrize("place", [".local/share", "system"])
def test_an_entry_of_somebody_else_is_left_alone(own_home: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(own_home / "system"))
    foreign = own_home / place / "applications" / "masquerade.desktop"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("[Desktop Entry]\nName=Mine\n")
    entry = ApplicationEntry("<svg/>")
    entry.install()
    assert entry.written == ()
    entry.remove()
    assert foreign.read_text() == "[Desktop Entry]\nName=Mine\n"
    assert [path for path in own_home.rglob("*") if path.is_file()] == [foreign]


def test_an_entry_that_cannot_be_read_is_left_alone(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(own_home / "system"))
    foreign = own_home / ".local/share/applications/masquerade.desktop"
    foreign.mkdir(parents=True)
    entry = ApplicationEntry("<svg/>")
    entry.install()
    entry.remove()
    assert entry.written == ()
    assert not any(path.is_file() for path in own_home.rglob("*"))


def test_folders_of_the_system_without_a_root_do_not_count(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own_home)
    monkeypatch.setenv("XDG_DATA_DIRS", "here:")
    for folder in (own_home, own_home / "here"):
        (folder / "applications").mkdir(parents=True)
        (folder / "applications" / "masquerade.desktop").write_text("[Desktop Entry]\nName=Mine\n")
    entry = ApplicationEntry("<svg/>")
    entry.install()
    assert len(entry.written) == 2
