"""Keep the keys that work while another program has the keyboard, as the desktop's portal gives them."""

import logging
import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.errors import AppError
from masquerade.gui.services.desktop.shortcuts import GLOBAL_SHORTCUTS, PortalEvent
from masquerade.gui.services.workers import TaskRunner

if TYPE_CHECKING:
    from masquerade.gui.services.desktop.shortcut_portal import Portal

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GlobalShortcutState:
    """What the window shows of the global shortcuts.

    Attributes:
        on: they are bound, or about to be.
        keys: of each shortcut by its id, in the desktop's words; "" where it has none.
    """

    on: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)


def bus_address() -> str:
    """Return the address of the session's bus; "" where there is none."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if not address and folder and os.path.exists(os.path.join(folder, "bus")):
        return f"unix:path={folder}/bus"
    return address


class ShortcutSession:
    """One use of the portal, until `close`, which may be called on any thread; the rest belongs to one thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_closed = False

    def has_portal(self) -> bool:
        """Return whether the desktop can bind keys; waits for its answer until `close` is called."""
        if not bus_address():
            return False
        try:
            with self._connected() as portal:
                return portal is not None and portal.version > 0
        except AppError as error:
            _log.info("no global shortcuts: %s", error)
            return False

    def run(self, parent_window: str, report: Callable[[PortalEvent], None]) -> None:
        """Bind the keys, which may ask the user, and report what happens until `close` is called.

        Args:
            parent_window: where the desktop's dialog belongs, as portals name windows; "" = nowhere.
            report: called ON THIS THREAD.

        Raises:
            AppError: there is no portal, it does not allow the keys, or it has gone.
        """
        try:
            with self._connected() as portal:
                if portal is not None:
                    portal.run(GLOBAL_SHORTCUTS, parent_window, report)
        except AppError:
            if not self._is_closed:
                raise

    def close(self) -> None:
        """Let the other methods end; the desktop takes the keys back as the connection ends."""
        with self._lock:
            self._is_closed = True
            if self._socket is not None:
                # Only shut down: the thread that waits for it closes it.
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _connected(self) -> "Iterator[Portal | None]":
        """Connect to the portal for a while; gives None where `close` came first."""
        from masquerade.gui.services.desktop.shortcut_portal import (  # jeepney: only where there is a bus
            Portal,
            connected,
        )

        with connected(bus_address()) as connection:
            yield Portal(connection) if self._keep(connection.sock) else None

    def _keep(self, connected: socket.socket) -> bool:
        """Remember what `close` has to end; return False where `close` came first."""
        with self._lock:
            self._socket = connected
            return not self._is_closed


class GlobalShortcutService(QObject):
    """Switch the global shortcuts on and off, and say which was pressed; used on Qt's thread.

    Signals:
        changed: with the GlobalShortcutState.
        pressed: with the id of a shortcut.
        failed: with a sentence for the user; they are off then.
    """

    changed = Signal(object)
    pressed = Signal(str)
    failed = Signal(str)
    _event_rung = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._search = ShortcutSession()
        self._session: ShortcutSession | None = None
        self._keys: Mapping[str, str] = {}
        # Filled by the session's thread; every press counts, so none may replace another.
        self._events: deque[tuple[ShortcutSession, PortalEvent]] = deque()
        self._event_rung.connect(self._on_events, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> GlobalShortcutState:
        """What they are now."""
        return GlobalShortcutState(self._session is not None, self._keys)

    def look(self, on_result: Callable[[bool], None]) -> None:
        """Find out, on a thread, whether the desktop can bind keys."""
        self._tasks.submit(
            self._search.has_portal, name="look for the portal", on_result=on_result, on_error=lambda _: None
        )

    def switch(self, on: bool, parent_window: str = "") -> None:
        """Bind the keys, or give them back.

        Args:
            on: as wanted; nothing happens where it is so already.
            parent_window: where the desktop's dialog belongs, as portals name windows; "" = nowhere.
        """
        if on == (self._session is not None):
            return
        if on:
            self._begin(parent_window)
        else:
            self._end()
        self.changed.emit(self.state)

    def close(self) -> None:
        """Give the keys back; no task waits for the portal any longer."""
        self._search.close()
        self._end()

    def _begin(self, parent_window: str) -> None:
        session = self._session = ShortcutSession()

        def report(event: PortalEvent) -> None:
            self._events.append((session, event))
            self._event_rung.emit()

        self._tasks.submit(
            lambda: session.run(parent_window, report),
            name="global shortcuts",
            on_result=lambda _: None,
            on_error=lambda error: self._on_error(session, error),
        )

    def _end(self) -> None:
        session, self._session, self._keys = self._session, None, {}
        if session is not None:
            session.close()

    def _on_events(self) -> None:
        while self._events:
            session, event = self._events.popleft()
            if session is not self._session:
                continue
            if event.keys is not None:
                self._keys = event.keys
                self.changed.emit(self.state)
            if event.pressed:
                self.pressed.emit(event.pressed)

    def _on_error(self, session: ShortcutSession, error: AppError) -> None:
        if session is self._session:
            self._end()
            self.changed.emit(self.state)
            self.failed.emit(str(error))
