"""Checks that one window serves every start, and that nothing sent to its socket can harm it."""

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from masquerade.errors import AppError
from masquerade.gui.services.backend import LaunchOptions
from masquerade.gui.services.desktop import instance
from masquerade.gui.services.desktop.instance import (
    MAX_REQUEST_BYTES,
    InstanceServer,
    Reply,
    Request,
    launch_request,
    read_launch,
    send,
    socket_name,
)
from pytestqt.qtbot import QtBot

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="speaks to the Unix socket itself")


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "run" / "masquerade.socket")


@pytest.fixture
def server(qtbot: QtBot, name: str) -> Iterator[InstanceServer]:
    server = InstanceServer()
    server.handle("echo", lambda arguments: Reply(True, " ".join(arguments)))
    assert server.claim(name, Request("echo")) is None
    yield server
    server.close()


def ask(qtbot: QtBot, name: str, request: Request) -> Reply | None:
    """Sends from another thread, as another process would."""
    replies: list[Reply | None] = []
    thread = threading.Thread(target=lambda: replies.append(send(name, request)))
    thread.start()
    qtbot.waitUntil(lambda: bool(replies), timeout=8000)
    thread.join()
    return replies[0]


def say(qtbot: QtBot, name: str, sent: bytes) -> dict[str, object]:
    """Sends raw bytes and returns the reply."""
    lines: list[bytes] = []

    def speak() -> None:
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(name)
            raw.sendall(sent)
            with raw.makefile("rb") as answer:
                lines.append(answer.readline())

    thread = threading.Thread(target=speak)
    thread.start()
    qtbot.waitUntil(lambda: bool(lines), timeout=8000)
    thread.join()
    reply: dict[str, object] = json.loads(lines[0])
    return reply


def test_the_running_window_answers(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    assert ask(qtbot, name, Request("echo", ("Grüße", "a\nb"))) == Reply(True, "Grüße a\nb")
    # And again: one request does not close the server.
    assert ask(qtbot, name, Request("echo")) == Reply(True, "")


def test_an_unknown_command_is_answered_with_the_known_ones(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    reply = ask(qtbot, name, Request("dance"))
    assert reply is not None
    assert not reply.ok
    assert "'dance'" in reply.message
    assert "echo" in reply.message


def test_an_error_of_a_handler_is_the_reply(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    def fail(_arguments: tuple[str, ...]) -> Reply:
        raise AppError("The disk is full.")

    server.handle("fail", fail)
    assert ask(qtbot, name, Request("fail")) == Reply(False, "The disk is full.")


@unix_only
@pytest.mark.parametrize(
    "sent",
    [
        b"\n",
        b"hello\n",
        b"\xff\xfe\x00\n",
        b"[]\n",
        b"{}\n",
        b'{"command": 1}\n',
        b'{"command": "echo", "arguments": [1]}\n',
        b'{"command": "echo", "arguments": {"a": "b"}}\n',
        b"[" * 60_000 + b"\n",
        b'{"command": ' + b"9" * 6000 + b"}\n",
        b"x" * (MAX_REQUEST_BYTES + 10),
    ],
    ids=["empty", "text", "bytes", "list", "nothing", "number", "numbers", "table", "deep", "long number", "endless"],
)
def test_an_invalid_request_gets_an_error_and_the_server_goes_on(
    qtbot: QtBot, server: InstanceServer, name: str, sent: bytes
) -> None:
    assert say(qtbot, name, sent)["ok"] is False
    assert ask(qtbot, name, Request("echo", ("on",))) == Reply(True, "on")


@unix_only
def test_a_client_that_sends_nothing_is_disconnected(
    qtbot: QtBot, server: InstanceServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "_SILENT_MS", 1)
    ended: list[bytes] = []

    def be_silent() -> None:
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(name)
            raw.sendall(b'{"command": ')
            with suppress(ConnectionError):
                ended.append(raw.recv(1))

    thread = threading.Thread(target=be_silent)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=8000)
    assert ended in ([b""], [])


@unix_only
def test_the_socket_is_for_this_user_alone(server: InstanceServer, name: str) -> None:
    assert Path(name).stat().st_mode & 0o077 == 0
    assert Path(name).parent.stat().st_mode & 0o077 == 0


@unix_only
def test_a_socket_left_by_a_killed_program_is_replaced(qtbot: QtBot, name: str) -> None:
    Path(name).parent.mkdir(parents=True)
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(name)
    stale.close()
    assert Path(name).exists()
    server = InstanceServer()
    server.handle("echo", lambda arguments: Reply(True))
    assert server.claim(name, Request("echo")) is None
    assert ask(qtbot, name, Request("echo")) == Reply(True)
    server.close()


def test_where_no_socket_can_be_made_the_window_opens_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    assert InstanceServer().claim(str(blocker / "run" / "masquerade.socket"), Request("launch")) is None
    # Longer than a socket's path may be.
    assert InstanceServer().claim(str(tmp_path / ("x" * 200) / "masquerade.socket"), Request("launch")) is None


def test_the_socket_lies_in_the_runtime_folder_or_at_home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own_home))
    assert own_home in Path(socket_name()).parents
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert own_home / ".cache" in Path(socket_name()).parents


def test_the_options_of_a_second_start_arrive_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    launch = LaunchOptions("clip.mp4", ("dog", "hat"), Path("take.mp4"), packages=(Path("mine.zip"),))
    read = read_launch(launch_request(launch).arguments)
    assert read == LaunchOptions(
        str(tmp_path / "clip.mp4"), ("dog", "hat"), tmp_path / "take.mp4", packages=(tmp_path / "mine.zip",)
    )
    for source in ("demo", "camera:0", "camera:Big Webcam"):
        assert read_launch(launch_request(LaunchOptions(source)).arguments).source_text == source
    assert read_launch(launch_request(LaunchOptions()).arguments) == LaunchOptions()


@pytest.mark.parametrize("arguments", [("--seconds", "3"), ("--model", "x"), ("--source",), ("--what", "x")])
def test_what_an_open_window_cannot_do_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"window of its own|needs a value|no option"):
        read_launch(arguments)
