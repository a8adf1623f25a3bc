"""Let one window serve every start of the program, over a socket that only this user can reach.

The protocol is JSON lines, UTF-8, one request and one reply per connection:

    {"command": "launch", "arguments": ["--source", "demo"]}
    {"ok": true, "message": ""}

`command` names a handler, `arguments` is a list of strings. `message` is a sentence for people,
or a result; it is why the command failed where `ok` is false.
"""

import getpass
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from masquerade.errors import AppError
from masquerade.gui.services.backend import LaunchOptions
from masquerade.resources import runtime_folder

MAX_REQUEST_BYTES = 64 * 1024
_CONNECT_MS, _STEP_MS, _LOCK_MS = 500, 20, 6000
_ANSWER_SECONDS = 5.0
_SILENT_MS = 5000
_NO_ANSWER = "Masquerade is already running but does not answer. Close it, then start it again."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What another start of the program asks for."""

    command: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request."""

    ok: bool
    message: str = ""


def socket_name() -> str:
    """Return where this user's window listens: a path, on Windows the name of a pipe."""
    if sys.platform == "win32":
        return f"masquerade-{getpass.getuser()}"
    return str(runtime_folder() / "masquerade.socket")


def send(name: str, request: Request) -> Reply | None:
    """Send a request to the running window and wait for its reply.

    Returns:
        The reply; None where no window listens.
    """
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_CONNECT_MS):
        return None
    line = json.dumps({"command": request.command, "arguments": request.arguments})
    socket.write(line.encode() + b"\n")
    deadline = time.monotonic() + _ANSWER_SECONDS
    # In short steps, for PySide keeps the interpreter's lock while it waits.
    while not socket.canReadLine() and time.monotonic() < deadline:
        socket.waitForReadyRead(_STEP_MS)
        if socket.state() is not QLocalSocket.LocalSocketState.ConnectedState:
            break
    return _read_reply(bytes(socket.readLine().data()))


class InstanceServer(QObject):
    """Answer the requests of later starts; used on Qt's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handlers: dict[str, Callable[[tuple[str, ...]], Reply]] = {}
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def handle(self, command: str, handler: Callable[[tuple[str, ...]], Reply]) -> None:
        """Let `handler` answer a command; it is given the arguments, must not block, and may raise AppError."""
        self._handlers[command] = handler

    def claim(self, name: str, request: Request) -> Reply | None:
        """Become the one window, or send the request to the one that runs already.

        A socket left behind by a killed program is replaced. Where no socket can be made at
        all, this is logged and the window opens without one.

        Returns:
            None where this process is the first; else the reply of the first.
        """
        if sys.platform != "win32":
            try:
                Path(name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                _log.warning("no folder for the socket %s: %s", name, error)
                return None
        # Of two starts at the same moment, the second must not take the first one's socket for a stale one.
        lock = QLockFile(f"{name}.lock" if sys.platform != "win32" else str(runtime_folder() / "masquerade.lock"))
        lock.tryLock(_LOCK_MS)
        try:
            reply = send(name, request)
            if reply is None and not self._listen(name):
                _log.warning("cannot listen on %s: %s", name, self._server.errorString())
        finally:
            lock.unlock()
        return reply

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._server.close()

    def _listen(self, name: str) -> bool:
        QLocalServer.removeServer(name)
        return self._server.listen(name)

    def _on_connection(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            connection.disconnected.connect(connection.deleteLater)
            # Whoever says nothing must not keep a file open for ever.
            QTimer.singleShot(_SILENT_MS, connection, connection.abort)
            connection.readyRead.connect(lambda connection=connection: self._on_ready(connection))
            self._on_ready(connection)

    def _on_ready(self, connection: QLocalSocket) -> None:
        if connection.canReadLine():
            self._answer(connection, self._run(bytes(connection.readLine(MAX_REQUEST_BYTES).data())))
        elif connection.bytesAvailable() >= MAX_REQUEST_BYTES:
            self._answer(connection, Reply(False, "The request is too long."))

    def _answer(self, connection: QLocalSocket, reply: Reply) -> None:
        connection.readyRead.disconnect()
        connection.write(json.dumps({"ok": reply.ok, "message": reply.message}).encode() + b"\n")
        connection.disconnectFromServer()

    def _run(self, line: bytes) -> Reply:
        try:
            request = _read_request(line)
        except ValueError as error:
            return Reply(False, str(error))
        handler = self._handlers.get(request.command)
        if handler is None:
            return Reply(False, f"There is no command '{request.command}'. There are: {', '.join(self._handlers)}.")
        try:
            return handler(request.arguments)
        except AppError as error:
            return Reply(False, str(error))


def launch_request(launch: LaunchOptions) -> Request:
    """Return the request that hands a start's options to the running window; paths become absolute."""
    words: list[str] = []
    if launch.source_text is not None:
        words += ["--source", _absolute_source(launch.source_text)]
    for path in launch.packages:
        words += ["--package", str(path.resolve())]
    for identity in launch.filters or ():
        words += ["--filter", identity]
    if launch.record_to is not None:
        words += ["--record", str(launch.record_to.resolve())]
    if launch.seconds is not None:
        words += ["--seconds", str(launch.seconds)]
    if launch.model:
        words += ["--model", launch.model]
    if launch.hidden:
        words += ["--hidden", "yes"]
    return Request("launch", tuple(words))


def read_launch(arguments: tuple[str, ...]) -> LaunchOptions:
    """Return the options that `launch_request` wrote.

    Raises:
        ValueError: they cannot be had from a window that is open already, or are unknown.
    """
    if len(arguments) % 2:
        raise ValueError("Every option of 'launch' needs a value.")
    values: dict[str, list[str]] = {"--source": [], "--package": [], "--filter": [], "--record": [], "--hidden": []}
    for option, value in zip(arguments[::2], arguments[1::2], strict=True):
        if option in ("--seconds", "--model"):
            raise ValueError(f"Masquerade is already running, and {option} needs a window of its own. Close it first.")
        if option not in values:
            raise ValueError(f"'launch' has no option '{option}'.")
        values[option].append(value)
    source, record = values["--source"], values["--record"]
    return LaunchOptions(
        source_text=source[-1] if source else None,
        filters=tuple(values["--filter"]) or None,
        record_to=Path(record[-1]) if record else None,
        packages=tuple(map(Path, values["--package"])),
        hidden=bool(values["--hidden"]),
    )


def _absolute_source(source_text: str) -> str:
    if source_text == "demo" or source_text.startswith("camera:"):
        return source_text
    # Not resolved: the name that the user knows is shown.
    return os.path.abspath(source_text)


def _read_request(line: bytes) -> Request:
    """Raise ValueError, in a sentence, for everything that is no request."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("The request is not one line of JSON.") from error
    if not isinstance(content, dict) or not isinstance(content.get("command"), str):
        raise ValueError("The request has no 'command'.")
    arguments = content.get("arguments", [])
    if not isinstance(arguments, list) or not all(isinstance(word, str) for word in arguments):
        raise ValueError("'arguments' must be a list of strings.")
    return Request(content["command"], tuple(arguments))


def _read_reply(line: bytes) -> Reply:
    try:
        content = json.loads(line)
        return Reply(bool(content["ok"]), str(content["message"]))
    except (ValueError, RecursionError, TypeError, KeyError):
        return Reply(False, _NO_ANSWER)
