"""Guards every test: a thread left behind or a warning of our own fails it."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.fake_camera import FakeCamera

_END_SECONDS = 3.0


def pytest_configure(config: pytest.Config) -> None:
    for package in ("app", "train", "tests"):
        config.addinivalue_line("filterwarnings", rf"error:::{package}(\..*)?$")
    config.addinivalue_line("filterwarnings", "error::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _END_SECONDS
    left = [thread for thread in threading.enumerate() if thread not in before and not _is_foreign(thread)]
    for thread in left:
        thread.join(max(deadline - time.monotonic(), 0.0))
    names = [thread.name for thread in left if thread.is_alive()]
    assert not names, f"the test left these threads behind: {names}"


def _is_foreign(thread: threading.Thread) -> bool:
    """A thread of Qt or another C++ library, which Python only noticed."""
    return isinstance(thread, threading._DummyThread)


@pytest.fixture(scope="session")
def fake_camera(tmp_path_factory: pytest.TempPathFactory) -> FakeCamera:
    return FakeCamera(tmp_path_factory.mktemp("fake_camera"))
