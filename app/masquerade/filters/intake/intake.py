"""Takes in packages that are not bundled: Intake starts the worker process and keeps its results."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from masquerade.errors import FilterError, PackageError
from masquerade.filters.format.manifest import Filter
from masquerade.filters.format.tables.document import MANIFEST_FILE
from masquerade.filters.intake.cache import IntakeCache, folder_of, read_refusal
from masquerade.filters.intake.contents import content_key
from masquerade.filters.intake.packed import DamagedError, unpack
from masquerade.filters.intake.worker import READY_FILE, WALL_SECONDS, Job, write_jobs
from masquerade.filters.packages.catalog import Taken

_START_SECONDS = 120
_MAX_STARTS = 20
_WATCHDOG_EXIT = 1
# The worker finds the modules where this process finds them; `-P` keeps the working folder out of it.
_PROGRAM = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]);from masquerade.filters.intake.worker import main; main()"
)
# More threads would only take address space, which is bounded.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "OPENCV_FOR_THREADS_NUM": "1",
}
# One worker at a time, however many threads want one.
_ONE_AT_A_TIME = threading.Lock()
_log = logging.getLogger(__name__)


class Intake:
    """Turn packages into filters that are safe to draw. May be used on any thread.

    A package is checked and drawn by a worker process, whose crash or hang costs that package
    alone; what it writes is kept by content sum, so an unchanged package needs no worker.
    """

    def __init__(self, cache_folder: Path, program: str = _PROGRAM) -> None:
        """Use a folder for what was taken in; it may not exist yet.

        Args:
            cache_folder: of what was taken in.
            program: what the worker process runs.
        """
        self._cache = IntakeCache(cache_folder)
        self._program = program

    def take_in(self, paths: Sequence[Path]) -> dict[Path, Taken]:
        """Return for each package its filter, or why it cannot be used."""
        taken: dict[Path, Taken] = {}
        keys: dict[Path, str] = {}
        for path in paths:
            try:
                keys[path] = content_key(path)
                known = self._cache.load(keys[path], path)
                if known is not None:
                    taken[path] = known
            except FilterError as error:
                taken[path] = error
        unknown = [path for path in paths if path not in taken]
        return taken | self._examine(unknown, strict=False, keys=keys)

    def load(self, path: Path) -> Filter:
        """Return the filter of one package; raises FilterError if it cannot be used."""
        return _filter_or_raise(self.take_in((path,))[path])

    def check(self, path: Path) -> Filter:
        """Check one package from the start, and report art in which nothing can be seen, too.

        Args:
            path: a folder, a zip, or the filter.toml in a folder.

        Raises:
            FilterError: the package cannot be used.
        """
        package = path.parent if path.name == MANIFEST_FILE else path
        content_key(package)
        return _filter_or_raise(self._examine([package], strict=True, keys={})[package])

    def _examine(self, paths: list[Path], strict: bool, keys: dict[Path, str]) -> dict[Path, Taken]:
        """Let workers check packages; after a crash, a new worker continues after the package that caused it."""
        taken: dict[Path, Taken] = {}
        with _ONE_AT_A_TIME:
            for _ in range(_MAX_STARTS):
                left = [path for path in paths if path not in taken]
                if not left:
                    break
                self._run_worker(left, strict, keys, taken)
        for path in paths:
            taken.setdefault(path, FilterError(f"{path} was not checked: too many other packages crashed."))
        return taken

    def _run_worker(self, paths: list[Path], strict: bool, keys: dict[Path, str], taken: dict[Path, Taken]) -> None:
        with tempfile.TemporaryDirectory(prefix="masquerade-", ignore_cleanup_errors=True) as temporary:
            results = Path(temporary)
            jobs = [Job(str(path.absolute()), str(path), strict) for path in paths]
            code = _start(_command(self._program, results), jobs)
            for number, path in enumerate(paths):
                result = self._result(results / str(number), path)
                if result is None:
                    taken[path] = self._blame(path, code, results, keys)
                    return
                taken[path] = result
                if isinstance(result, FilterError) and not strict and path in keys:
                    self._cache.keep_refusal(keys[path], result, path)

    def _result(self, result: Path, path: Path) -> Taken | None:
        """Return what the worker found; None if it did not get that far."""
        try:
            if result.with_suffix(".refusal").is_file():
                return read_refusal(result.with_suffix(".refusal").read_bytes(), path)
            if not result.with_suffix(".key").is_file():
                return None
            content = result.with_suffix(".filter").read_bytes()
            chosen = unpack(content, folder_of(path))
            self._cache.keep(result.with_suffix(".key").read_text(encoding="ascii"), content)
        except (OSError, DamagedError) as error:
            return FilterError(f"{path} cannot be used ({error}).")
        return chosen

    def _blame(self, path: Path, code: int | None, results: Path, keys: dict[Path, str]) -> FilterError:
        """Return the error for the package at which the worker ended."""
        if not (results / READY_FILE).exists():
            return FilterError(f"{path} was not checked: the checking process did not start (code {code}). Try again.")
        if code == _WATCHDOG_EXIT or code is None:
            # The machine may only have been busy, so that is not kept.
            return _refusal(path, f"takes longer than {WALL_SECONDS} seconds to draw")
        slow = hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU
        error = _refusal(path, "takes too long to draw" if slow else f"crashes when it is drawn (code {code})")
        if path in keys:
            self._cache.keep_refusal(keys[path], error, path)
        return error


def _refusal(path: Path, words: str) -> PackageError:
    return PackageError(f"{path / MANIFEST_FILE}: {words}", f"'{path.name}' {words}, so it is not used.")


def _filter_or_raise(taken: Taken) -> Filter:
    if isinstance(taken, FilterError):
        raise taken
    return taken


def _start(command: list[str], jobs: Sequence[Job]) -> int | None:
    """Run a worker to its end and return its exit code; None if it had to be killed or did not start."""
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(
            command,
            input=write_jobs(jobs).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ENVIRONMENT},
            timeout=_START_SECONDS + len(jobs) * (WALL_SECONDS + 1),
            creationflags=flags,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    except OSError as error:
        _log.warning("the checking process cannot be started: %s", error)
        return None
    if done.returncode:
        _log.warning("the checking process ended with code %s", done.returncode)
    return done.returncode


def _command(program: str, results: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "filters", "take-in", str(results)]
    paths = [each or os.getcwd() for each in sys.path]
    return [sys.executable, "-P", "-c", program, json.dumps(paths), str(results)]
