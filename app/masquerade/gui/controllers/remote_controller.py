"""Do what `masquerade ctl` asks for while another program has the keyboard."""

import difflib
from collections.abc import Callable

from PySide6.QtCore import QObject

from masquerade.gui.controllers.filter_controller import FilterController
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.desktop.instance import Reply

_SWITCH = {"on": True, "off": False}
# The gallery calls it None.
_NO_FILTER = ("off", "none")
_NO_VIDEO = Reply(False, "There is no video. Choose a camera first.")


class RemoteController(QObject):
    """Presses the window's buttons, so that the window shows everything as usual."""

    def __init__(
        self,
        window: MainWindow,
        filters: FilterController,
        take_photo: Callable[[], str],
        save_replay: Callable[[], str],
        choose_model: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._filters = filters
        self._take_photo = take_photo
        self._save_replay = save_replay
        self._choose_model = choose_model
        self._commands: dict[str, Callable[[str], Reply]] = {
            "filter": self._filter,
            "photo": self._photo,
            "record": self._record,
            "replay": self._replay,
            "virtual-camera": self._virtual_camera,
            "model": self._model,
            "show": self._show,
            "hide": self._hide,
            "status": self._status,
            "quit": self._quit,
        }

    def run(self, words: tuple[str, ...]) -> Reply:
        """Run one command: its name and at most one word; return the result as a sentence."""
        name, value = (*words, "", "")[:2]
        command = self._commands.get(name)
        if command is None:
            return Reply(False, f"There is no command '{name}'.{_suggestion(name, tuple(self._commands))}")
        return command(value)

    def _filter(self, value: str) -> Reply:
        model = self._window.gallery.model
        usable = tuple(card.id for card in model.cards if not card.problem)
        if value in _NO_FILTER:
            self._filters.choose("")
            return Reply(True, "No filter.")
        if not usable:
            return Reply(False, "The filters are still loading. Try again in a moment.")
        if value in ("next", "previous"):
            step = 1 if value == "next" else -1
            ring = ("", *usable)
            now = ring.index(model.chosen) if model.chosen in ring else 0
            value = ring[(now + step) % len(ring)]
        elif value not in usable:
            return Reply(False, f"There is no filter '{value}'.{_suggestion(value, usable)}")
        self._filters.choose(value)
        return Reply(True, f"Filter: {value or 'none'}.")

    def _photo(self, _value: str) -> Reply:
        if not self._window.bar.photo.isEnabled():
            return _NO_VIDEO
        return Reply(True, self._take_photo())

    def _record(self, value: str) -> Reply:
        button = self._window.bar.record
        if not button.isEnabled():
            return _NO_VIDEO
        running = self._window.is_recording
        if value and value not in _SWITCH:
            return Reply(False, f"'record' takes 'on' or 'off', not '{value}'.")
        if not value or _SWITCH[value] is not running:
            button.click()
            running = not running
        return Reply(True, "Recording." if running else "Not recording.")

    def _replay(self, _value: str) -> Reply:
        problem = self._save_replay()
        return Reply(not problem, problem or "Saving the last seconds.")

    def _model(self, value: str) -> Reply:
        self._choose_model(value)
        return Reply(True, f"Face tracking: {value}.")

    def _virtual_camera(self, value: str) -> Reply:
        button = self._window.bar.virtual_camera
        if value and value not in _SWITCH:
            return Reply(False, f"'virtual-camera' takes 'on' or 'off', not '{value}'.")
        if not button.isEnabled():
            return Reply(False, "Masquerade is still starting. Try again in a moment.")
        if not value or _SWITCH[value] is not button.isChecked():
            button.click()
        return Reply(True, f"Virtual camera {'on' if button.isChecked() else 'off'}.")

    def _show(self, _value: str) -> Reply:
        self._window.come_to_front()
        return Reply(True)

    def _hide(self, _value: str) -> Reply:
        self._window.hide()
        return Reply(True)

    def _status(self, _value: str) -> Reply:
        worn = ", ".join(self._window.gallery.model.all_chosen) or "none"
        lines = (
            f"filter: {worn}",
            f"recording: {'on' if self._window.is_recording else 'off'}",
            self._window.bar.virtual_camera.accessibleName().lower(),
        )
        return Reply(True, "\n".join(lines))

    def _quit(self, _value: str) -> Reply:
        self._window.close_soon()
        return Reply(True)


def _suggestion(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f" Did you mean '{near[0]}'?" if near else ""
