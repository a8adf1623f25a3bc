"""Guards every test: a thread left behind or a warning of our own fails it; nobody's settings are touched."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest

import start
from tests.fake_camera import FakeCamera
from tests.shared import HAS_SHARED

_END_SECONDS = 3.0
_HOME_NUMBERS = itertools.count()

# Before anything imports Qt: no window pops up on the user's screen. start.py gives the tests
# a screen of their own where it can.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A worker a core: threads of their own would only wait for each other, and burn the processor while they do. Inherited
# by the programs that tests start; read when numpy and tensorflow are first imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")


# A machine that is busy with something else is no error of the code.
hypothesis.settings.register_profile("masquerade", deadline=None)
hypothesis.settings.load_profile("masquerade")


def pytest_configure(config: pytest.Config) -> None:
    # A shell that starts the tests in the background lets them ignore Ctrl+C, and their programs with them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for package in ("masquerade", "masquerade_train", "tests"):
        config.addinivalue_line("filterwarnings", rf"error:::{package}(\..*)?$")
    config.addinivalue_line("filterwarnings", "error::pytest.PytestUnhandledThreadExceptionWarning")
    if hasattr(config, "workerinput") and os.environ["QT_QPA_PLATFORM"] == "xcb":
        _give_worker_a_screen(config)


def _give_worker_a_screen(config: pytest.Config) -> None:
    """Two windows on one screen would take the keyboard and the pointer from each other."""
    stack = ExitStack()
    os.environ.update(stack.enter_context(start.screen()))
    config.add_cleanup(stack.close)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write names that are not UTF-8 with escapes: pytest-xdist ends the whole run at one of them."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode("utf-8")) for name, text in report.sections
    ]
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The lab's first: they are the longest, and pytest-xdist gives neighbours to one worker, which alone makes the
    # runs that they share.
    lab = Path(__file__).parent / "masquerade_train"
    items.sort(key=lambda item: lab not in item.path.parents)
    if not HAS_SHARED:
        skip = pytest.mark.skip(reason="needs the research images and clips, which are not part of the project")
        for item in items:
            if item.get_closest_marker("research"):
                item.add_marker(skip)


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


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for every test: settings, filters and logs of the user are neither read nor written."""
    # Not by `mktemp`, which looks through all folders of the session for the next number.
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_HOME_NUMBERS))
    home.mkdir(parents=True)
    for name, folder in {
        "HOME": "",
        "USERPROFILE": "",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_CACHE_HOME": ".cache",
        "XDG_STATE_HOME": ".local/state",
        "XDG_RUNTIME_DIR": "",
        "XDG_VIDEOS_DIR": "Videos",
        "XDG_PICTURES_DIR": "Pictures",
        "APPDATA": "AppData/Roaming",
        "LOCALAPPDATA": "AppData/Local",
    }.items():
        monkeypatch.setenv(name, str(home / folder))
    # The desktop of who runs the tests is asked for nothing.
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    return home


@pytest.fixture(scope="session")
def fake_camera(tmp_path_factory: pytest.TempPathFactory) -> FakeCamera:
    return FakeCamera(tmp_path_factory.mktemp("fake_camera"))
