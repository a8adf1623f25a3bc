"""Run a session bus of the tests' own, and on it a desktop portal whose keys can be pressed."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"
needs_bus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")


# Nothing is started on it: the portal of the system would answer instead of ours.
_BUS_CONFIGURATION = """<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  <policy context="default">
    <allow send_destination="*"/> <allow eavesdrop="false"/> <allow own="*"/> <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def session_bus(folder: Path) -> Iterator[str]:
    """Run a bus with its socket in a folder; gives its address."""
    configuration = folder / "bus.conf"
    configuration.write_text(_BUS_CONFIGURATION.format(folder=folder))
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert daemon.stdout is not None
    try:
        yield daemon.stdout.readline().strip()
    finally:
        daemon.kill()
        daemon.communicate()


class FakeService:
    """A program with a name on a bus that answers method calls on a thread of its own."""

    def __init__(self, address: str, name: str) -> None:
        self._connection = open_dbus_connection(address)
        unwrap_msg(self._connection.send_and_get_reply(message_bus.RequestName(name)))
        self._thread = threading.Thread(target=self._serve, name=name)
        self._thread.start()

    def stop(self) -> None:
        """Leave the bus, as a program that crashes."""
        with suppress(OSError):
            self._connection.sock.shutdown(2)
        self._thread.join()
        self._connection.close()

    def _answer(self, message: Message) -> None:
        """Answer a call."""
        raise NotImplementedError

    def _on_signal(self, message: Message) -> None:
        """Take notice of what is no call."""

    def _serve(self) -> None:
        with suppress(ConnectionError):
            while True:
                message = self._connection.receive()
                is_call = message.header.message_type is MessageType.method_call
                (self._answer if is_call else self._on_signal)(message)


class FakePortal(FakeService):
    """xdg-desktop-portal as far as global shortcuts go; it checks what it is asked as strictly as that one.

    Attributes:
        answer: to BindShortcuts: 0 = the user agrees, 1 = the user does not, 2 = it fails; None = there is no answer.
        applications: folder of the desktop entries; a program without one is not registered.
        hangs_at: a method that is never answered; "" = none.
        asks_for_app: programs without an id are refused, as since 1.21.
        calls: every call that came, the method's name and its arguments.
        client: name of the program whose session is open; "" where there is none.
        bound: ids and their keys, of the session that is open.
    """

    def __init__(self, address: str, applications: Path, *, version: int = 1, has_registry: bool = True) -> None:
        self.answer: int | None = 0
        self.applications = applications
        self.asks_for_app = False
        self.hangs_at = ""
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.bound: dict[str, str] = {}
        self._version = version
        self._has_registry = has_registry
        self.client = self._session = self._app = ""
        self._lock = threading.Lock()
        super().__init__(address, NAME)
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        self._connection.send(message_bus.AddMatch(rule))

    def press(self, identity: str, session: str = "") -> None:
        """Press the keys of a shortcut."""
        body = (session or self._session, identity, 1234, {})
        self._emit(PATH, SHORTCUTS, "Activated", "osta{sv}", body)

    def rebind(self, identity: str, keys: str) -> None:
        """Let the user choose other keys in the desktop's settings."""
        self.bound[identity] = keys
        self._emit(PATH, SHORTCUTS, "ShortcutsChanged", "oa(sa{sv})", (self._session, self._described()))

    def end_session(self) -> None:
        """Close the session, as a desktop does that takes the keys back."""
        self._emit(self._session, SESSION, "Closed", "a{sv}", ({},))

    def arguments_of(self, method: str) -> tuple[Any, ...] | None:
        """Return what a method was called with, the first time; None where it was not called yet."""
        with self._lock:
            return next((arguments for name, arguments in self.calls if name == method), None)

    def _on_signal(self, message: Message) -> None:
        if _field(message, "member") == "NameOwnerChanged" and message.body[0] == self.client:
            self.client = ""

    def _answer(self, message: Message) -> None:
        method = _field(message, "member")
        with self._lock:
            self.calls.append((method, message.body))
        handlers = {
            "Get": self._get,
            "Register": self._register,
            "CreateSession": self._create_session,
            "BindShortcuts": self._bind_shortcuts,
        }
        if method != self.hangs_at:
            handlers[method](message)

    def _get(self, message: Message) -> None:
        if self._version:
            self._return(message, "v", (("u", self._version),))
        else:
            self._refuse(
                message, "org.freedesktop.DBus.Error.InvalidArgs", f"No such interface \u201c{SHORTCUTS}\u201d"
            )

    def _register(self, message: Message) -> None:
        assert _field(message, "signature") == "sa{sv}"
        if not self._has_registry:
            self._refuse(message, "org.freedesktop.DBus.Error.UnknownMethod", "No such interface")
        elif not (self.applications / f"{message.body[0]}.desktop").is_file():
            self._refuse(message, "org.freedesktop.portal.Error.Failed", "App info not found")
        else:
            self._app = message.body[0]
            self._return(message, None, ())

    def _create_session(self, message: Message) -> None:
        assert _field(message, "signature") == "a{sv}"
        (options,) = message.body
        if self.asks_for_app and not self._app:
            self._refuse(message, "org.freedesktop.portal.Error.NotAllowed", "An app id is required")
            return
        self.client = _field(message, "sender")
        self._session = self._path("session", options["session_handle_token"])
        request = self._path("request", options["handle_token"])
        # The answer may overtake the reply.
        self._respond(request, 0, {"session_handle": ("s", self._session)})
        self._return(message, "o", (request,))

    def _bind_shortcuts(self, message: Message) -> None:
        assert _field(message, "signature") == "oa(sa{sv})sa{sv}"
        session, shortcuts, _parent, options = message.body
        assert session == self._session
        request = self._path("request", options["handle_token"])
        self._return(message, "o", (request,))
        if self.answer == 0:
            self.bound = {identity: f"Press <{values['preferred_trigger'][1]}>" for identity, values in shortcuts}
            self._respond(request, 0, {"shortcuts": ("a(sa{sv})", self._described())})
        elif self.answer is not None:
            self._respond(request, self.answer, {})

    def _described(self) -> list[tuple[str, dict[str, tuple[str, str]]]]:
        return [(identity, {"trigger_description": ("s", keys)}) for identity, keys in self.bound.items()]

    def _path(self, kind: str, token: tuple[str, str]) -> str:
        assert token[0] == "s"
        return f"{PATH}/{kind}/{self.client[1:].replace('.', '_')}/{token[1]}"

    def _respond(self, request: str, answer: int, results: dict[str, Any]) -> None:
        self._emit(request, REQUEST, "Response", "ua{sv}", (answer, results))

    def _emit(self, path: str, interface: str, name: str, signature: str, body: tuple[Any, ...]) -> None:
        signal = new_signal(DBusAddress(path, interface=interface), name, signature, body)
        # As the real one: to this program alone.
        signal.header.fields[HeaderFields.destination] = self.client
        self._connection.send(signal)

    def _return(self, message: Message, signature: str | None, body: tuple[Any, ...]) -> None:
        self._connection.send(new_method_return(message, signature, body))

    def _refuse(self, message: Message, name: str, words: str) -> None:
        self._connection.send(new_error(message, name, "s", (words,)))


def _field(message: Message, name: str) -> Any:
    return message.header.fields.get(HeaderFields[name])
