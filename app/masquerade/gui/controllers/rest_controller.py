"""Let the camera and the filters rest while the frames are not seen, recorded or sent."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.sources.player import Player

_LOOK_MS = 500


class RestController(QObject):
    """Slow the source down to two frames a second when the window is hidden or minimised, and wake it at once."""

    def __init__(self, window: MainWindow, player: Player, is_used: Callable[[], bool]) -> None:
        """Begin to watch.

        Args:
            window: may be hidden and minimised.
            player: rests.
            is_used: returns whether frames are recorded, kept or sent to other programs.
        """
        super().__init__(window)
        self._window = window
        self._player = player
        self._is_used = is_used
        self._resting = False
        window.seen_changed.connect(self.look)
        # Who else uses the frames changes without the window.
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        window.closing.connect(self._timer.stop)
        self.look()

    def look(self) -> None:
        """Rest or wake, as the frames are seen or used."""
        seen = self._window.is_seen or self._window.output.isVisible()
        if seen == self._timer.isActive():
            # While the window is seen nothing else matters, and nothing wakes the program.
            self._timer.stop() if seen else self._timer.start()
        resting = not seen and not self._is_used()
        if resting == self._resting:
            return
        self._resting = resting
        self._player.rest(resting)
        if not resting:
            self._window.view.measure_again()
