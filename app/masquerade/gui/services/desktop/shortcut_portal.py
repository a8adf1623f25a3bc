"""Bind keys of the whole desktop by its portal: GlobalShortcuts of xdg-desktop-portal, over D-Bus.

Imported late, by those who use it. jeepney speaks the bus: PySide's QtDBus sends the list of shortcuts,
`a(sa{sv})`, as a list of variants, which the portal refuses (docs/decisions/038).

Source:
    https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html
"""

import itertools
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, new_method_call
from jeepney.auth import AuthenticationError
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from masquerade.errors import AppError
from masquerade.gui.services.desktop.shortcuts import GlobalShortcut, PortalEvent

APPLICATION_ID = "masquerade"
PORTAL, PORTAL_PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST, SESSION = "org.freedesktop.portal.Request", "org.freedesktop.portal.Session"
REGISTRY = "org.freedesktop.host.portal.Registry"
_BUS, _BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
_PORTAL_ADDRESS, _BUS_ADDRESS = (PORTAL_PATH, PORTAL), (_BUS_PATH, _BUS)
_CALL_SECONDS = 10.0
_REGISTER_TRIES, _REGISTER_EVERY_SECONDS = 4, 0.25
_DONE, _CANCELLED = 0, 1  # the portal's answers to a request
_NO_BUS = "Global shortcuts need a D-Bus session, and none is running."
_NO_PORTAL = "This desktop has no global shortcuts."
_NOT_ALLOWED = "Global shortcuts stay off because you did not allow them."
_NOT_BOUND = "Global shortcuts stay off because the desktop could not set them up."
_NO_ANSWER = "Global shortcuts stay off because the desktop does not answer."
_GONE = "Global shortcuts are off because the desktop ended them."
# What the bus says where no program offers an interface.
_MISSING = frozenset({"ServiceUnknown", "NameHasNoOwner", "UnknownMethod", "UnknownInterface", "UnknownObject"})
_log = logging.getLogger(__name__)


@contextmanager
def connected(address: str) -> Iterator[DBusConnection]:
    """Connect to a bus for a while; every error of the connection becomes an AppError.

    Args:
        address: of the bus, as DBUS_SESSION_BUS_ADDRESS names it.

    Raises:
        AppError: there is no bus, or it has gone.
    """
    try:
        connection = open_dbus_connection(address)
    except (OSError, AuthenticationError, DBusErrorResponse, RuntimeError, StopIteration, ValueError) as error:
        raise AppError(_NO_BUS) from error
    try:
        with connection:
            yield connection
    except OSError as error:
        raise AppError(_GONE) from error


class Portal:
    """The portal's calls and signals; all on the thread that owns the connection."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._tokens = (f"masquerade{number}" for number in itertools.count())
        # Signals that come before they are waited for stay here; an answer may overtake the reply to its request.
        self._signals: deque[Message] = deque()
        connection.filter(MatchRule(type="signal"), queue=self._signals)
        self._owner = ""

    @property
    def version(self) -> int:
        """The version of the portal's global shortcuts.

        Raises:
            AppError: it has none.
        """
        arguments = (SHORTCUTS, "version")
        ((_, version),) = self._call(_PORTAL_ADDRESS, "org.freedesktop.DBus.Properties", "Get", "ss", arguments)
        return int(version)

    def run(
        self, shortcuts: Sequence[GlobalShortcut], parent_window: str, report: Callable[[PortalEvent], None]
    ) -> None:
        """Bind the shortcuts, which may ask the user, and report what is pressed; ends by an error alone.

        Args:
            shortcuts: what to bind.
            parent_window: where the desktop's dialog belongs, as portals name windows; "" = nowhere.
            report: called with everything that happens.

        Raises:
            AppError: there is no portal, it does not allow the shortcuts, or it has gone.
        """
        try:
            self._run(shortcuts, parent_window, report)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            _log.warning("the portal's answer cannot be read", exc_info=True)
            raise AppError(_NOT_BOUND) from error

    def _run(
        self, shortcuts: Sequence[GlobalShortcut], parent_window: str, report: Callable[[PortalEvent], None]
    ) -> None:
        self._register()
        self._listen()
        options = {"session_handle_token": ("s", next(self._tokens))}
        session = self._request("CreateSession", "a{sv}", (), options)["session_handle"][1]
        wanted = [
            (each.id, {"description": ("s", each.words), "preferred_trigger": ("s", each.keys)}) for each in shortcuts
        ]
        bound = self._request("BindShortcuts", "oa(sa{sv})sa{sv}", (session, wanted, parent_window), {})
        report(PortalEvent(keys=_read_keys(bound.get("shortcuts", ("", ()))[1])))
        while True:
            event = _read_event(self._next_signal(), session)
            if event is not None:
                report(event)

    def _register(self) -> None:
        """Say which desktop entry this program is: newer portals bind keys only for programs they know.

        Portals before 1.19 have no registry and need none.

        Source:
            https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.host.portal.Registry.html
        """
        for _ in range(_REGISTER_TRIES):
            try:
                self._call(_PORTAL_ADDRESS, REGISTRY, "Register", "sa{sv}", (APPLICATION_ID, {}))
                return
            except AppError as error:
                if str(error) == _NO_PORTAL:
                    return
            # The portal may not have noticed a desktop entry that was just written.
            time.sleep(_REGISTER_EVERY_SECONDS)

    def _listen(self) -> None:
        """Ask the bus for the portal's signals, and for the portal's end."""
        from_portal = f"type='signal',sender='{PORTAL}'"
        for rule in (
            f"{from_portal},interface='{SHORTCUTS}'",
            f"{from_portal},interface='{REQUEST}'",
            f"{from_portal},interface='{SESSION}'",
            f"type='signal',sender='{_BUS}',member='NameOwnerChanged',arg0='{PORTAL}'",
        ):
            self._call(_BUS_ADDRESS, _BUS, "AddMatch", "s", (rule,))
        (self._owner,) = self._call(_BUS_ADDRESS, _BUS, "GetNameOwner", "s", (PORTAL,))

    def _request(
        self, method: str, signature: str, arguments: tuple[Any, ...], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Make a request, which may ask the user, and return its results when it is answered."""
        values = (*arguments, {"handle_token": ("s", next(self._tokens)), **options})
        (handle,) = self._call(_PORTAL_ADDRESS, SHORTCUTS, method, signature, values)
        while True:
            signal = self._next_signal()
            if _header(signal, "path") == handle and _header(signal, "member") == "Response":
                answer, results = signal.body
                if answer != _DONE:
                    raise AppError(_NOT_ALLOWED if answer == _CANCELLED else _NOT_BOUND)
                return dict(results)

    def _next_signal(self) -> Message:
        """Wait for a signal of the portal; one by another program is never taken for it."""
        while True:
            signal = self._connection.recv_until_filtered(self._signals)
            sender = _header(signal, "sender")
            if sender == _BUS and _header(signal, "member") == "NameOwnerChanged":
                raise AppError(_GONE)
            if sender == self._owner:
                return signal

    def _call(
        self, address: tuple[str, str], interface: str, method: str, signature: str, arguments: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        message = new_method_call(DBusAddress(*address, interface), method, signature, arguments)
        try:
            return tuple(unwrap_msg(self._connection.send_and_get_reply(message, timeout=_CALL_SECONDS)))
        except DBusErrorResponse as error:
            _log.info("%s.%s: %s", interface, method, error)
            raise AppError(_explain(error)) from error
        except TimeoutError as error:
            raise AppError(_NO_ANSWER) from error


def _read_event(signal: Message, session: str) -> PortalEvent | None:
    """Return what a signal of the portal says about a session; None where it says nothing.

    Raises:
        AppError: the session has ended.
    """
    member, interface = _header(signal, "member"), _header(signal, "interface")
    if interface == SESSION and member == "Closed" and _header(signal, "path") == session:
        raise AppError(_GONE)
    if interface != SHORTCUTS or signal.body[0] != session:
        return None
    if member == "Activated":
        return PortalEvent(pressed=str(signal.body[1]))
    if member == "ShortcutsChanged":
        return PortalEvent(keys=_read_keys(signal.body[1]))
    return None


def _read_keys(shortcuts: Sequence[Any]) -> Mapping[str, str]:
    """Return the keys of each shortcut, in the desktop's words; "" where it has none."""
    return {str(identity): str(values.get("trigger_description", ("s", ""))[1]) for identity, values in shortcuts}


def _header(message: Message, name: str) -> Any:
    return message.header.fields.get(HeaderFields[name])


def _explain(error: DBusErrorResponse) -> str:
    """Return a sentence for an error that the bus or the portal answered with."""
    if error.name.rpartition(".")[2] in _MISSING or ".Spawn." in error.name:
        return _NO_PORTAL
    reason = str(error.data[0]) if error.data else error.name
    return f"Global shortcuts stay off because the desktop refused them ({reason.rstrip('.')})."
