"""Tells what this process used: its memory, its age, and keeps it on one core."""

import os
import sys
import time

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


def peak_memory_mb() -> float:
    """Return the most memory this process ever held, 10^6 bytes; NaN where the system does not tell."""
    if sys.platform == "linux":
        # Not getrusage: after fork and exec it still tells the parent's peak where that was higher.
        with open("/proc/self/status", encoding="ascii") as status:
            kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM"))
        return int(kilobytes) * 1024 / _BYTES_PER_MEGABYTE
    if sys.platform == "darwin":
        import resource  # noqa: PLC0415 (there is none on Windows)

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _BYTES_PER_MEGABYTE
    return float("nan")


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
