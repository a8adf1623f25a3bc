"""Lets the user choose the landmark model."""

from dataclasses import replace

from PySide6.QtCore import QObject

from masquerade.errors import AppError
from masquerade.gui.pages.settings_page import SettingsPage, model_words
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.messages import Messages
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.workers import TaskRunner


class ModelController(QObject):
    """Changes the model when another one is chosen in the settings, if it works."""

    def __init__(
        self, page: SettingsPage, messages: Messages, store: SettingsStore, tasks: TaskRunner, backend: Backend
    ) -> None:
        super().__init__(page)
        self._page, self._messages, self._store = page, messages, store
        self._tasks, self._backend = tasks, backend
        self._used = backend.models[0]
        page.model_chosen.connect(self._on_chosen)

    def begin(self, wished: str) -> None:
        """Use the remembered model.

        Args:
            wished: by the command line, for this run; in use already unless it could not be loaded. "" = none.
        """
        backend, remembered = self._backend, self._store.settings.model
        if backend.model_error:
            self._show_error(backend.model_error)
        elif wished:
            self._used = wished if wished in backend.models else self._used
        offered = backend.models if not remembered or remembered in backend.models else (*backend.models, remembered)
        self._page.offer_models(offered, self._used)
        if remembered and not wished and remembered != self._used:
            self._use(remembered, remember=False)

    def choose(self, model: str) -> None:
        """Use a model and remember it, as if it had been chosen in the settings.

        Args:
            model: a bundled one's name, or the folder of one that was checked.
        """
        self._page.offer_models((*self._backend.models, model), self._used)
        self._on_chosen(model)

    def _on_chosen(self, model: str) -> None:
        if model != self._used:
            self._use(model, remember=True)

    def _use(self, model: str, remember: bool) -> None:
        def done(_: None) -> None:
            self._used = model
            self._page.show_model(model)
            if remember:
                self._store.change(lambda settings: replace(settings, model=model))

        def failed(error: AppError) -> None:
            self._page.show_model(self._used)
            self._store.change(lambda settings: replace(settings, model=""))
            self._show_error(str(error))

        self._tasks.submit(lambda: self._backend.use_model(model), name="use model", on_result=done, on_error=failed)

    def _show_error(self, error: str) -> None:
        self._messages.show_notice(f"{error} Face tracking stays at {model_words(self._used)}.")
