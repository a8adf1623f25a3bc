"""Reports a soak: its samples as CSV and as curves, and what grew."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from masquerade.benchmark.own_process import ProcessState

# What the window may hold at any time; then by how much the last quarter may exceed the second.
MAX_UNIQUE_MB = 300.0
_MAX_GROWTH_MB = 40.0
_MAX_GROWTH_SHARE = 0.2
# A recording or a source that is just being changed holds some for a moment.
_MAX_GROWTH_COUNT = 3
# Fewer say little of time: which filters were worn decides it.
_ENOUGH_FRAMES = 900
_MAX_CPU_RATIO = 1.5

_WIDTH, _PANEL_HEIGHT, _LEFT, _TOP = 760, 130, 70, 28
_COLOURS = ("#1f6feb", "#d9730d", "#6e7781")


@dataclass(frozen=True, slots=True)
class SoakSample:
    """The window at one moment.

    Attributes:
        seconds: since it was opened.
        frames: painted by then.
        changes: made by then: filters, recordings, sources and more.
        state: of the process.
        cpu_ms: of processor time for each frame painted since the last sample, all threads together.
        p95_ms: from capture to paint, 95th percentile, mean over the time since the last sample.
    """

    seconds: float
    frames: int
    changes: int
    state: ProcessState
    cpu_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class SoakReport:
    """A whole soak.

    Attributes:
        wanted: frames that were to be painted.
        samples: in order.
        stalled: whether the window stopped painting.
    """

    wanted: int
    samples: tuple[SoakSample, ...]
    stalled: bool

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong, one sentence each: what grew from the second quarter to the last, a stall."""
        found = []
        if self.stalled:
            painted = self.samples[-1].frames if self.samples else 0
            found.append(f"The window painted nothing more after {painted} of {self.wanted} frames.")
        if len(self.samples) < 8:
            return (*found, "There are too few samples to compare.")
        early, late = (median_of(self.samples, quarter) for quarter in (1, 3))
        most = max(each.state.unique_mb for each in self.samples)
        if most > MAX_UNIQUE_MB:
            found.append(f"The window held {most:.0f} MB, more than {MAX_UNIQUE_MB:.0f}.")
        if late.unique_mb - early.unique_mb > max(_MAX_GROWTH_MB, _MAX_GROWTH_SHARE * early.unique_mb):
            found.append(f"Its memory grew from {early.unique_mb:.0f} to {late.unique_mb:.0f} MB.")
        if late.threads > early.threads + _MAX_GROWTH_COUNT:
            found.append(f"Its threads grew from {early.threads:.0f} to {late.threads:.0f}.")
        if late.handles > early.handles + _MAX_GROWTH_COUNT:
            found.append(f"Its open files grew from {early.handles:.0f} to {late.handles:.0f}.")
        # Not by the delay, which other programs on the machine lengthen.
        if self.samples[-1].frames >= _ENOUGH_FRAMES and late.cpu_ms > _MAX_CPU_RATIO * early.cpu_ms:
            found.append(f"Its processor time a frame grew from {early.cpu_ms:.1f} to {late.cpu_ms:.1f} ms.")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Medians:
    """The medians of a quarter of the samples; memory in 10^6 bytes."""

    unique_mb: float
    threads: float
    handles: float
    cpu_ms: float
    p95_ms: float


def median_of(samples: Sequence[SoakSample], quarter: int) -> Medians:
    """Return the medians of a quarter, 0 to 3, of at least four samples."""
    part = samples[quarter * len(samples) // 4 : (quarter + 1) * len(samples) // 4]

    def of(value: Callable[[SoakSample], float]) -> float:
        return float(median(map(value, part)))

    return Medians(
        of(lambda each: each.state.unique_mb),
        of(lambda each: each.state.threads),
        of(lambda each: each.state.handles),
        of(lambda each: each.cpu_ms),
        of(lambda each: each.p95_ms),
    )


CSV_HEAD = (
    "seconds",
    "frames",
    "changes",
    "unique_mb",
    "shared_by_part_mb",
    "resident_mb",
    "threads",
    "handles",
    "cpu_ms",
    "p95_ms",
)


def csv_row(values: Sequence[object]) -> str:
    """Return one line of the CSV, with its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


def csv_values(sample: SoakSample) -> tuple[object, ...]:
    """Return a sample in the order of CSV_HEAD."""
    state = sample.state
    memory = (f"{each:.1f}" for each in (state.unique_mb, state.proportional_mb, state.resident_mb))
    counts = (state.threads, state.handles)
    return (
        f"{sample.seconds:.1f}",
        sample.frames,
        sample.changes,
        *memory,
        *counts,
        f"{sample.cpu_ms:.2f}",
        f"{sample.p95_ms:.2f}",
    )


def as_words(report: SoakReport) -> str:
    """Return the figures for people."""
    if len(report.samples) < 4:
        return "There are too few samples."
    last = report.samples[-1]
    lines = [
        f"{last.frames} frames in {last.seconds / 60:.1f} minutes, {last.changes} changes "
        "of filters, sources and recordings",
        "",
        f"{'':<28}{'2nd quarter':>12}{'last quarter':>14}{'most':>8}",
    ]
    early, late = (median_of(report.samples, quarter) for quarter in (1, 3))
    rows = (
        (
            "memory of its own, MB",
            early.unique_mb,
            late.unique_mb,
            max(each.state.unique_mb for each in report.samples),
        ),
        ("threads", early.threads, late.threads, max(each.state.threads for each in report.samples)),
        ("open files", early.handles, late.handles, max(each.state.handles for each in report.samples)),
        ("processor time a frame, ms", early.cpu_ms, late.cpu_ms, max(each.cpu_ms for each in report.samples)),
        ("capture to paint, 95 %, ms", early.p95_ms, late.p95_ms, max(each.p95_ms for each in report.samples)),
    )
    lines += [f"{name:<28}{first:>12.0f}{second:>14.0f}{most:>8.0f}" for name, first, second, most in rows]
    return "\n".join([*lines, "", *(report.problems() or ("Nothing grew.",))])


def as_svg(samples: Sequence[SoakSample]) -> str:
    """Return the curves over the painted frames: memory, threads and open files, delay."""
    panels: tuple[tuple[str, dict[str, Sequence[float]]], ...] = (
        (
            "memory, MB",
            {
                "its own (USS)": [each.state.unique_mb for each in samples],
                "with its part of what is shared (PSS)": [each.state.proportional_mb for each in samples],
                "resident (RSS)": [each.state.resident_mb for each in samples],
            },
        ),
        (
            "threads and open files",
            {
                "threads": [each.state.threads for each in samples],
                "open files": [each.state.handles for each in samples],
            },
        ),
        (
            "milliseconds",
            {
                "from capture to paint, 95 %": [each.p95_ms for each in samples],
                "processor time a frame": [each.cpu_ms for each in samples],
            },
        ),
    )
    frames = [each.frames for each in samples]
    height = len(panels) * (_PANEL_HEIGHT + _TOP + 18)
    drawn = (
        _panel(title, curves, frames, number * (_PANEL_HEIGHT + _TOP + 18))
        for number, (title, curves) in enumerate(panels)
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>', *drawn, "</svg>", ""])


def _panel(title: str, curves: dict[str, Sequence[float]], frames: Sequence[int], top: int) -> str:
    most = 1.1 * max(max(values) for values in curves.values())
    bottom, right = top + _TOP + _PANEL_HEIGHT, _WIDTH - 10
    parts = [f'<text x="{_LEFT}" y="{top + 18}" font-weight="bold">{title}</text>']
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * _PANEL_HEIGHT
        parts.append(f'<line x1="{_LEFT}" y1="{y:.0f}" x2="{right}" y2="{y:.0f}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{share * most:.0f}</text>')
    name_x = _LEFT + 190.0
    for (name, values), colour in zip(curves.items(), _COLOURS, strict=False):
        points = " ".join(
            f"{_LEFT + frame / frames[-1] * (right - _LEFT):.1f},{bottom - value / most * _PANEL_HEIGHT:.1f}"
            for frame, value in zip(frames, values, strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if len(curves) > 1:
            parts.append(f'<text x="{name_x:.0f}" y="{top + 18}" fill="{colour}">{name}</text>')
            name_x += 40 + 6.2 * len(name)
    parts.append(f'<text x="{right}" y="{bottom + 14}" text-anchor="end">{frames[-1]} frames</text>')
    return "\n".join(parts)
