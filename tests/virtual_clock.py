"""A clock that moves only when somebody waits: what is timed takes no time, and is exact whatever the machine does."""

import threading
from types import ModuleType, SimpleNamespace

import pytest


class VirtualClock:
    """Stands in for `time` and `threading.Event` in one module.

    Attributes:
        now: seconds.
        rests: how long each wait was, in turn.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
        self.now = 1000.0
        self.rests: list[float] = []
        clock = self

        class Event(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                if not self.is_set() and timeout is not None:
                    clock.rests.append(timeout)
                    clock.now += timeout
                return self.is_set()

        names = {name: getattr(threading, name) for name in dir(threading) if not name.startswith("__")}
        monkeypatch.setattr(module, "threading", SimpleNamespace(**{**names, "Event": Event}), raising=False)
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=self.read, perf_counter=self.read))

    def read(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
