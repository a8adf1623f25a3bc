"""Reports the memory and the age of this process, and keeps it on one core."""

import os
import sys
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
