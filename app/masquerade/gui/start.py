"""Starts Qt and shows the window at once, before anything heavy is loaded."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from masquerade.errors import AppError
from masquerade.free_memory import share_heaps
from masquerade.gui.controllers.window_controller import WindowController
from masquerade.gui.main_window import MainWindow
from masquerade.gui.screen import explained_abort
from masquerade.gui.services.backend import Backend, LaunchOptions
from masquerade.gui.services.desktop.instance import InstanceServer, Reply, launch_request, read_launch, socket_name
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.workers import TaskRunner
from masquerade.gui.widgets.icons import application_icon
from masquerade.gui.widgets.theme import apply_theme, pick_theme


def run_window(load_backend: Callable[[], Backend], settings_path: Path, launch: LaunchOptions) -> int:
    """Show the window until it is closed.

    Args:
        load_backend: called on a worker thread once the window is on the screen, so that
            models and OpenCV do not delay it. May raise AppError, which is shown.
        settings_path: need not exist.
        launch: wins over the remembered settings for this run.

    Returns:
        The exit status; 0 too where a window that was open already took over.

    Raises:
        AppError: a window is open already and cannot do what `launch` asks for.
    """
    application = make_application()
    server = InstanceServer(application)
    reply = server.claim(socket_name(), launch_request(launch))
    if reply is not None and not reply.ok:
        raise AppError(reply.message)
    if reply is not None:
        print(
            f"Masquerade is already running{'' if launch.hidden else '; its window is in front now'}.", file=sys.stderr
        )
        return 0
    window = open_main_window(load_backend, settings_path, launch, server)
    # Ctrl+C and the end of the session close the window like its cross, so that a recording is finished.
    # Not at once: Python may be asked in the middle of a paint.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, window, window.close))
    return application.exec()


def open_main_window(
    load_backend: Callable[[], Backend],
    settings_path: Path,
    launch: LaunchOptions,
    server: InstanceServer | None = None,
) -> MainWindow:
    """Show the window and begin to load, in a QApplication that exists already.

    Args:
        load_backend: as in `run_window`.
        settings_path: as in `run_window`.
        launch: as in `run_window`.
        server: brings the requests of later starts; None leaves this window to itself.
    """
    tasks = TaskRunner()
    store = SettingsStore(settings_path, tasks)
    application = QApplication.instance()
    if isinstance(application, QApplication):
        # Before there are widgets, which would all be styled twice.
        apply_theme(application, pick_theme(store.settings.theme))
    window = MainWindow()
    store.setParent(window)
    controller = WindowController(window, store, tasks, launch)
    window.restore_place(store.settings.window, store.settings.maximised)
    if not launch.hidden:
        window.show()
    elif not QSystemTrayIcon.isSystemTrayAvailable():
        # Without a tray nothing would bring the window back.
        window.showMinimized()
    if server is not None:
        server.handle("launch", lambda arguments: _take_over(controller, arguments))
        server.handle("ctl", controller.control)
        window.closing.connect(server.close)
    # After the first paint.
    QTimer.singleShot(0, controller, lambda: controller.load(load_backend))
    return window


def repeat(window: MainWindow, milliseconds: int, work: Callable[[], None]) -> None:
    """Call `work` on Qt's thread again and again, as long as the window lives and is not closed."""
    timer = QTimer(window)
    timer.timeout.connect(work)
    window.closing.connect(timer.stop)
    timer.start(milliseconds)


def _take_over(controller: WindowController, arguments: tuple[str, ...]) -> Reply:
    """Do in this window what another start of the program asks for."""
    try:
        controller.take_over(read_launch(arguments))
    except ValueError as error:
        return Reply(False, str(error))
    return Reply(True)


def make_application() -> QApplication:
    """Return the application, with the name that the system shows and the same style everywhere."""
    # Before Qt starts its threads.
    share_heaps()
    with explained_abort():
        application = QApplication(sys.argv[:1])
    application.setApplicationName("masquerade")
    application.setApplicationDisplayName("Masquerade")
    application.setDesktopFileName("masquerade")
    application.setWindowIcon(application_icon())
    application.setStyle("Fusion")
    return application
