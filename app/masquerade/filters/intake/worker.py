"""Runs in a process of its own: checks packages, draws them once, and writes what may be used.

If a package crashes this process or makes it hang, only that package is lost.
"""

import faulthandler
import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from masquerade.errors import FilterError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.format.tables.document import MANIFEST_FILE, package_error
from masquerade.filters.format.tables.table import Problem
from masquerade.filters.intake.cache import write_refusal
from masquerade.filters.intake.contents import content_key
from masquerade.filters.intake.packed import pack
from masquerade.filters.packages.archive import unpack_package
from masquerade.filters.packages.packages import is_zip

# Wall time and processor time for one package.
WALL_SECONDS = 60
CPU_SECONDS = 20
_MEMORY_BYTES = 1_000_000_000
_MAX_FILE_BYTES = 100_000_000
_TRIES = 3
READY_FILE = "ready"


@dataclass(frozen=True, slots=True)
class Job:
    """One package to check.

    Attributes:
        path: of the package.
        shown_as: the path that problems name.
        strict: report art in which nothing can be seen, too.
    """

    path: str
    shown_as: str
    strict: bool


def write_jobs(jobs: Sequence[Job]) -> str:
    """Return jobs as the worker reads them."""
    return json.dumps([asdict(job) for job in jobs])


def main() -> None:
    """Do the jobs read from stdin; `sys.argv[-1]` is the folder for the results.

    Job 3 gives `3.filter` and `3.key`, or `3.refusal`; if it crashes, nothing.
    """
    results = Path(sys.argv[-1])
    jobs = [Job(**each) for each in json.loads(sys.stdin.buffer.read())]
    # Ctrl+C in a terminal reaches this process, too; its parent ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a package needs is loaded before its time begins.
    from masquerade.filters.intake import trial  # noqa: F401, PLC0415

    _limit_memory()
    (results / READY_FILE).touch()
    with (results / "trace").open("w") as trace:
        for number, job in enumerate(jobs):
            _limit_time(trace)
            _do(job, results / str(number))
    faulthandler.cancel_dump_traceback_later()


def _do(job: Job, result: Path) -> None:
    path, shown_as = Path(job.path), Path(job.shown_as)
    try:
        key, content = _take_in(path, shown_as, job.strict)
        result.with_suffix(".filter").write_bytes(content)
        _put(result.with_suffix(".key"), key.encode())
    except MemoryError:
        error = FilterError(f"{shown_as} needs too much memory to be drawn.")
        _put(result.with_suffix(".refusal"), write_refusal(error, shown_as))
    except FilterError as error:
        _put(result.with_suffix(".refusal"), write_refusal(error, shown_as))
    except Exception as error:  # noqa: BLE001 (the fence round one package)
        words = f"{type(error).__name__}: {error}"[:200]
        _put(
            result.with_suffix(".refusal"),
            write_refusal(FilterError(f"{shown_as} cannot be used ({words})."), shown_as),
        )


def _put(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _take_in(path: Path, shown_as: Path, strict: bool) -> tuple[str, bytes]:
    """Return the content sum and the packed filter of a package that may be used; raises FilterError."""
    for _ in range(_TRIES):
        key = content_key(path)
        chosen, text = _load(path, shown_as)
        # An editor may be saving it at this very moment.
        if content_key(path) == key:
            break
    else:
        raise FilterError(f"{shown_as} is being changed. Try again when that is finished.")
    _try_out(chosen, shown_as, strict)
    return key, pack(text, chosen.art)


def _load(path: Path, shown_as: Path) -> tuple[Filter, bytes]:
    """Return the filter and the text of its filter.toml."""
    if not is_zip(path):
        chosen = load_filter(path, shown_as)
        return chosen, (path / MANIFEST_FILE).read_bytes()
    with tempfile.TemporaryDirectory() as temporary:
        folder = unpack_package(path, Path(temporary))
        return load_filter(folder, shown_as), (folder / MANIFEST_FILE).read_bytes()


def _try_out(chosen: Filter, shown_as: Path, strict: bool) -> None:
    """Draw every piece of art, then the whole filter on faces; raises PackageError."""
    from masquerade.filters.intake.trial import empty_layers, piece_problem, wearing_problem  # noqa: PLC0415

    problems = []
    for number, pieces in enumerate(chosen.art, start=1):
        found = next((words for words in map(piece_problem, dict.fromkeys(pieces)) if words), None)
        if found:
            problems.append(Problem(0, f"layer {number}: its art {found}"))
    if not problems and (words := wearing_problem(chosen)):
        problems.append(Problem(0, words))
    if strict:
        problems += [Problem(0, f"layer {number}: nothing of its art can be seen") for number in empty_layers(chosen)]
    if problems:
        raise package_error(shown_as / MANIFEST_FILE, problems)


def _limit_memory() -> None:
    """Limit the memory and file sizes of this process, where the system can (Linux, partly macOS)."""
    try:
        import resource  # noqa: PLC0415 (Windows has none)
    except ImportError:
        return
    limits: list[tuple[Any, int]] = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, _MAX_FILE_BYTES)]
    used = _virtual_bytes()
    if used:
        limits.append((resource.RLIMIT_AS, used + _MEMORY_BYTES))
    for kind, bound in limits:
        try:
            resource.setrlimit(kind, (bound, resource.getrlimit(kind)[1]))
        except (OSError, ValueError):
            continue


def _virtual_bytes() -> int:
    """Return the address space in use; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _limit_time(trace: Any) -> None:
    """End this process if the next package takes too long, even if native code never gives control back."""
    faulthandler.dump_traceback_later(WALL_SECONDS, exit=True, file=trace)
    try:
        import resource  # noqa: PLC0415 (Windows has none)

        usage = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(usage.ru_utime + usage.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    except (ImportError, OSError, ValueError):
        return


if __name__ == "__main__":
    main()
