"""Reports the memory and the age of this process, and keeps it on one core."""

import os
import sys
import threading
import time
from dataclasses import dataclass

import cv2

_BYTES_PER_MEGABYTE = 1_000_000


def use_one_core() -> str:
    """Keep this thread and those it starts on one core.

    To be called before the networks are loaded, so that their threads are caught too.

    Returns:
        A sentence that says what was done.
    """
    cv2.setNumThreads(1)
    if sys.platform != "linux":
        return "On one thread (this system does not let a program choose its core)."
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"On one core (number {core})."


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """The memory of this process, 10^6 bytes; NaN where the system does not report it.

    Attributes:
        unique_mb: what the system gets back when this process ends, now (USS): the one figure
            that says what the program costs a machine.
        peak_mb: the most that was ever resident. It counts the code of shared libraries, which
            other programs use too and which the system drops when it needs room.
    """

    unique_mb: float
    peak_mb: float


def memory_use() -> MemoryUse:
    """Return the memory of this process; both figures on Linux, the peak alone on macOS."""
    if sys.platform == "linux":
        private = sum(_proc_kilobytes("smaps_rollup", name) for name in ("Private_Clean", "Private_Dirty"))
        # Not getrusage: after fork and exec it still reports the parent's peak where that was higher.
        return MemoryUse(_megabytes(private), _megabytes(_proc_kilobytes("status", "VmHWM")))
    if sys.platform == "darwin":
        import resource  # noqa: PLC0415 (there is none on Windows)

        return MemoryUse(float("nan"), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _BYTES_PER_MEGABYTE)
    return MemoryUse(float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class ProcessState:
    """What this process holds now; memory in 10^6 bytes, NaN where the system does not report it.

    Attributes:
        unique_mb: as in MemoryUse.
        proportional_mb: with its part of what it shares with other programs (PSS).
        resident_mb: with all that it shares (RSS).
        threads: of the whole process, those of libraries too.
        handles: open files, sockets and pipes; 0 where the system does not report them.
    """

    unique_mb: float
    proportional_mb: float
    resident_mb: float
    threads: int
    handles: int


def process_state() -> ProcessState:
    """Return what this process holds now; Python's threads alone elsewhere than on Linux."""
    if sys.platform != "linux":
        unknown = float("nan")
        return ProcessState(unknown, unknown, unknown, threading.active_count(), 0)
    names = ("Private_Clean", "Private_Dirty", "Pss", "Rss")
    clean, dirty, proportional, resident = (_proc_kilobytes("smaps_rollup", name) for name in names)
    return ProcessState(
        _megabytes(clean + dirty),
        _megabytes(proportional),
        _megabytes(resident),
        len(os.listdir("/proc/self/task")),
        # Without the one that lists them.
        len(os.listdir("/proc/self/fd")) - 1,
    )


def _proc_kilobytes(file: str, name: str) -> int:
    with open(f"/proc/self/{file}", encoding="ascii", errors="replace") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _megabytes(kilobytes: int) -> float:
    return kilobytes * 1024 / _BYTES_PER_MEGABYTE


def began_at() -> float:
    """Return when this process was started, on the `time.monotonic` clock; good to 10 ms.

    Elsewhere than on Linux it is now: what Python took to come here is then missing.
    """
    if sys.platform != "linux":
        return time.monotonic()
    with open("/proc/self/stat", encoding="ascii", errors="replace") as stat:
        ticks = int(stat.read().rpartition(")")[2].split()[19])
    seconds_since_boot = ticks / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - (time.clock_gettime(time.CLOCK_BOOTTIME) - seconds_since_boot)
