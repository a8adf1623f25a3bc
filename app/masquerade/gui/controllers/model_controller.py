"""Lets the user choose what finds the points of a face."""

from dataclasses import replace

from PySide6.QtCore import QObject

from masquerade.errors import AppError
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.workers import TaskRunner


class ModelController(QObject):
    """Changes the model when another one is chosen in the settings; one that is broken is told, and nothing changes."""

    def __init__(self, window: MainWindow, memory: SettingsStore, tasks: TaskRunner, parts: Backend) -> None:
        super().__init__(window)
        self._window = window
        self._memory = memory
        self._tasks = tasks
        self._parts = parts
        self._used = parts.models[0]
        window.settings_page.model_chosen.connect(self._on_chosen)

    def begin(self, wished: str) -> None:
        """Use the remembered model.

        Args:
            wished: by the command line, for this run, and in use already unless it had an error; "" = none.
        """
        parts, remembered = self._parts, self._memory.settings.model
        if parts.model_error:
            self._tell(parts.model_error)
        elif wished:
            self._used = wished if wished in parts.models else self._used
        offered = parts.models if not remembered or remembered in parts.models else (*parts.models, remembered)
        self._window.settings_page.offer_models(offered, self._used)
        if remembered and not wished and remembered != self._used:
            self._use(remembered, remember=False)

    def _on_chosen(self, model: str) -> None:
        if model != self._used:
            self._use(model, remember=True)

    def _use(self, model: str, remember: bool) -> None:
        def done(_: None) -> None:
            self._used = model
            self._window.settings_page.show_model(model)
            if remember:
                self._memory.change(lambda settings: replace(settings, model=model))

        def failed(error: AppError) -> None:
            self._window.settings_page.show_model(self._used)
            self._memory.change(lambda settings: replace(settings, model=""))
            self._tell(str(error))

        self._tasks.submit(lambda: self._parts.use_model(model), name="use model", on_result=done, on_error=failed)

    def _tell(self, error: str) -> None:
        self._window.show_notice(f"{error} {self._used} goes on.")
