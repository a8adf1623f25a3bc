"""Control Masquerade from the system's tray while the virtual camera is on or the window is hidden."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.desktop.instance import Reply
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.studio.virtual_camera import VirtualCameraService
from masquerade.gui.widgets.icons import application_icon

_FILTERS = 5


class TrayController(QObject):
    """Offers the commands of `masquerade ctl` in a menu; without a tray, shows nothing."""

    def __init__(
        self,
        window: MainWindow,
        store: SettingsStore,
        camera: VirtualCameraService,
        run: Callable[[tuple[str, ...]], Reply],
    ) -> None:
        """Connect everything.

        Args:
            window: is shown and hidden.
            store: knows the filters that were on last.
            camera: while it is on, the icon is there.
            run: runs a command of `masquerade ctl`.
        """
        super().__init__(window)
        self._window = window
        self._store = store
        self._camera = camera
        self._run = run
        self.menu = QMenu(window)
        self.icon = QSystemTrayIcon(application_icon(), self)
        self.icon.setToolTip("Masquerade")
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        # Filled each time: what it offers depends on what is on.
        self.menu.aboutToShow.connect(self.fill)
        camera.changed.connect(lambda _: self._show_icon())
        window.closing.connect(self.icon.hide)
        window.seen_changed.connect(self._show_icon)

    @property
    def is_wanted(self) -> bool:
        """Whether to show the icon now."""
        return self._camera.state.on or not self._window.isVisible()

    def fill(self) -> None:
        """Fill the menu with the commands available now."""
        self.menu.clear()
        shown = self._window.isVisible()
        self._add("Hide window" if shown else "Show window", "hide" if shown else "show")
        self.menu.addSeparator()
        worn = self._window.gallery.model.all_chosen
        self._add("No filter", "filter", "off", checked=not worn)
        for identity in self._recent():
            card = self._window.gallery.model.card(identity)
            self._add(card.name if card is not None else identity, "filter", identity, checked=identity in worn)
        self.menu.addSeparator()
        self._add("Stop recording" if self._window.is_recording else "Record", "record")
        self._add("Virtual camera", "virtual-camera", checked=self._camera.state.on)
        self.menu.addSeparator()
        self._add("Quit", "quit")

    def _recent(self) -> tuple[str, ...]:
        known = {card.id for card in self._window.gallery.model.cards if not card.problem}
        return tuple(identity for identity in self._store.settings.recent if identity in known)[:_FILTERS]

    def _add(self, words: str, *command: str, checked: bool | None = None) -> None:
        action = QAction(words, self.menu)
        action.setCheckable(checked is not None)
        action.setChecked(bool(checked))
        action.triggered.connect(lambda: self._do(command))
        self.menu.addAction(action)

    def _do(self, command: tuple[str, ...]) -> None:
        reply = self._run(command)
        if not reply.ok:
            self.icon.showMessage("Masquerade", reply.message)

    def _show_icon(self) -> None:
        self.icon.setVisible(self.is_wanted and QSystemTrayIcon.isSystemTrayAvailable())

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._run(("show",))
