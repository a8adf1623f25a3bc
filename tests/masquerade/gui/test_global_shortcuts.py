"""Keys that the desktop's portal binds control the window while another program has the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import DBusAddress, HeaderFields, new_signal
from jeepney.io.blocking import open_dbus_connection
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.desktop.shortcuts import GLOBAL_SHORTCUTS
from masquerade.settings_file import read_settings
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.driving import CAMERA, open_live, remember, wait
from tests.masquerade.gui.services.desktop.fake_portal import PATH, SHORTCUTS, FakePortal, needs_bus, session_bus
from tests.masquerade.gui.world import World

pytestmark = needs_bus


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with session_bus(tmp_path_factory.mktemp("bus")) as address:
        yield address


@pytest.fixture
def portal(address: str, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePortal]:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.setenv("XDG_DATA_DIRS", str(own_home / "nothing"))
    portal = FakePortal(address, entries(own_home))
    yield portal
    portal.stop()


def entries(home: Path) -> Path:
    return home / ".local" / "share" / "applications"


def click_switch(window: MainWindow) -> None:
    switch = window.settings_page.global_shortcuts
    assert switch is not None
    switch.click()


def is_on(window: MainWindow) -> bool:
    switch = window.settings_page.global_shortcuts
    return switch is not None and switch.isChecked()


def shown_keys(window: MainWindow) -> str:
    label = window.settings_page._global_keys
    assert label is not None
    return label.text()


def open_bound(qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal) -> MainWindow:
    """A window whose keys the desktop has bound."""
    remember(world, global_shortcuts=True)
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: is_on(window) and "Press" in shown_keys(window))
    return window


def test_the_switch_binds_every_key_and_shows_what_the_desktop_gave(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal, own_home: Path
) -> None:
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: window.settings_page.global_shortcuts is not None)
    assert not is_on(window)
    assert not entries(own_home).exists()
    click_switch(window)
    wait(qtbot, lambda: "Press" in shown_keys(window))
    _, shortcuts, parent, _ = portal.arguments_of("BindShortcuts") or ()
    assert [identity for identity, _ in shortcuts] == [each.id for each in GLOBAL_SHORTCUTS]
    assert dict(shortcuts)["photo"] == {
        "description": ("s", "Take a photo"),
        "preferred_trigger": ("s", "CTRL+ALT+p"),
    }
    assert parent in ("", f"x11:{int(window.winId()):x}")
    assert shown_keys(window).splitlines()[0] == "Press <CTRL+ALT+p>: Take a photo"
    # The desktop knows the program before it is asked.
    assert [name for name, _ in portal.calls if name != "Get"] == ["Register", "CreateSession", "BindShortcuts"]
    click_switch(window)
    wait(qtbot, lambda: not portal.client)
    assert not is_on(window)
    assert "Press" not in shown_keys(window)
    assert list(entries(own_home).iterdir()) == []


def test_a_key_acts_while_the_window_is_hidden_and_each_press_counts(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal
) -> None:
    window = open_bound(qtbot, world, open_window, portal)
    window.hide()
    for identity in ("next-filter", "next-filter", "record"):
        portal.press(identity)
    wait(qtbot, lambda: window.is_recording)
    wait(qtbot, lambda: bool(world.worn) and world.worn[-1][0] == "crown")
    portal.press("record")
    wait(qtbot, lambda: not window.is_recording)
    portal.press("photo")
    wait(qtbot, lambda: any((world.folder / "takes").glob("*.jpg")))
    portal.press("show")
    wait(qtbot, window.isVisible)


def test_keys_that_the_user_changes_in_the_desktop_are_shown(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal
) -> None:
    window = open_bound(qtbot, world, open_window, portal)
    portal.rebind("photo", "Meta+F9")
    wait(qtbot, lambda: shown_keys(window).startswith("Meta+F9: Take a photo\n"))
    portal.rebind("photo", "")
    wait(qtbot, lambda: "Take a photo" not in shown_keys(window))


def test_a_command_that_cannot_be_done_is_explained(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal
) -> None:
    window = open_bound(qtbot, world, open_window, portal)
    world.sources[CAMERA].unplug()
    wait(qtbot, lambda: not window.bar.photo.isEnabled())
    portal.press("photo")
    wait(qtbot, lambda: "There is no video. Choose a camera first." in window.banner.words)


def test_no_other_program_and_no_other_session_presses_keys(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal, address: str
) -> None:
    window = open_bound(qtbot, world, open_window, portal)
    session, *_ = portal.arguments_of("BindShortcuts") or ()
    with open_dbus_connection(address) as stranger:
        body = (session, "record", 1, {})
        forged = new_signal(DBusAddress(PATH, interface=SHORTCUTS), "Activated", "osta{sv}", body)
        forged.header.fields[HeaderFields.destination] = portal.client
        stranger.send(forged)
    portal.press("record", session=f"{session}0")
    # What comes after it has been read, so those before it have, too.
    portal.press("next-filter")
    wait(qtbot, lambda: bool(world.worn) and world.worn[-1][0] == "blur")
    assert not window.is_recording


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (1, "Global shortcuts stay off because you did not allow them."),
        (2, "Global shortcuts stay off because the desktop could not set them up."),
    ],
)
def test_a_refusal_is_one_sentence_and_can_be_tried_again(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal, answer: int, words: str
) -> None:
    portal.answer = answer
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: window.settings_page.global_shortcuts is not None)
    click_switch(window)
    wait(qtbot, lambda: window.banner.words == words)
    assert not is_on(window)
    portal.answer = 0
    window.banner.button.click()
    wait(qtbot, lambda: "Press" in shown_keys(window))
    window.close()
    assert read_settings(world.settings_path).settings.global_shortcuts


def test_a_portal_that_goes_in_the_middle_is_one_sentence_and_its_successor_is_used(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal, address: str
) -> None:
    window = open_bound(qtbot, world, open_window, portal)
    portal.stop()
    wait(qtbot, lambda: window.banner.words == "Global shortcuts are off because the desktop ended them.")
    assert not is_on(window)
    successor = FakePortal(address, portal.applications)
    try:
        window.banner.button.click()
        wait(qtbot, lambda: "Press" in shown_keys(window))
        successor.press("record")
        wait(qtbot, lambda: window.is_recording)
    finally:
        successor.stop()


def test_a_session_that_the_desktop_closes_is_one_sentence(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal
) -> None:
    window = open_bound(qtbot, world, open_window, portal)
    portal.end_session()
    wait(qtbot, lambda: window.banner.words == "Global shortcuts are off because the desktop ended them.")
    assert not is_on(window)


@pytest.mark.parametrize("has_bus", [True, False])
def test_without_a_portal_there_is_no_switch_and_one_sentence_where_it_was_on(
    qtbot: QtBot,
    world: World,
    open_window: OpenWindow,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    has_bus: bool,
) -> None:
    if has_bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    remember(world, global_shortcuts=True)
    window = open_live(qtbot, open_window)
    words = (
        "This desktop has no global shortcuts."
        if has_bus
        else "Global shortcuts need a D-Bus session, and none is running."
    )
    wait(qtbot, lambda: window.banner.words == words)
    assert window.settings_page.global_shortcuts is None
    window.close()
    assert not read_settings(world.settings_path).settings.global_shortcuts


def test_a_portal_without_keys_offers_no_switch(
    qtbot: QtBot, open_window: OpenWindow, address: str, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    portal = FakePortal(address, entries(own_home), version=0)
    try:
        window = open_live(qtbot, open_window)
        wait(qtbot, lambda: portal.arguments_of("Get") is not None)
        assert window.settings_page.global_shortcuts is None
    finally:
        portal.stop()


def test_a_portal_without_a_registry_needs_none(
    qtbot: QtBot, world: World, open_window: OpenWindow, address: str, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    portal = FakePortal(address, entries(own_home), has_registry=False)
    try:
        open_bound(qtbot, world, open_window, portal)
    finally:
        portal.stop()


def test_a_desktop_that_does_not_know_the_program_says_so(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal, tmp_path: Path
) -> None:
    portal.asks_for_app = True
    portal.applications = tmp_path / "elsewhere"
    remember(world, global_shortcuts=True)
    window = open_live(qtbot, open_window)
    words = "Global shortcuts stay off because the desktop refused them (An app id is required)."
    wait(qtbot, lambda: window.banner.words == words)


def test_the_window_closes_while_the_desktop_still_asks(
    qtbot: QtBot, world: World, open_window: OpenWindow, portal: FakePortal, caplog: pytest.LogCaptureFixture
) -> None:
    portal.answer = None
    remember(world, global_shortcuts=True)
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: portal.arguments_of("BindShortcuts") is not None)
    window.close()
    wait(qtbot, lambda: not portal.client)
    assert "did not end" not in caplog.text
    assert read_settings(world.settings_path).settings.global_shortcuts


@pytest.mark.parametrize("method", ["Get", "Register", "CreateSession", "BindShortcuts"])
def test_the_window_closes_at_once_while_the_portal_hangs(
    qtbot: QtBot,
    world: World,
    open_window: OpenWindow,
    portal: FakePortal,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    portal.hangs_at = method
    remember(world, global_shortcuts=True)
    window = open_live(qtbot, open_window)
    wait(qtbot, lambda: portal.arguments_of(method) is not None)
    window.close()
    assert "did not end" not in caplog.text
    assert read_settings(world.settings_path).settings.global_shortcuts
