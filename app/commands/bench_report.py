"""Puts what `masquerade bench` measured into words: as text, as JSON, as the table of the README."""

import json
from collections.abc import Sequence
from typing import Any

from app.pipeline.benchmark import BenchReport
from app.pipeline.timing import StageSummary


def as_json(report: BenchReport) -> str:
    """Returns one JSON object; its keys are fixed, other programs read them."""
    peer: dict[str, Any] = {}
    if report.peer is not None:
        peer = {"name": report.peer.name, "total": _spread(report.peer.total), "ratio": round(report.peer.ratio, 3)}
    content = {
        "frames": report.frames,
        "fps": round(report.fps, 1),
        "total": _spread(report.total),
        "stages": {stage.name: _spread(stage) for stage in report.stages},
        "peak_rss_mb": round(report.peak_rss_mb, 1),
        "peer": peer,
    }
    return json.dumps(content)


def as_text(report: BenchReport, filters: Sequence[str], how: str, further_face_ms: float | None) -> str:
    """Returns a small table for people.

    Args:
        report: to be told.
        filters: their names.
        how: a sentence on the cores in use.
        further_face_ms: None = not measured.
    """
    width, height = report.size_wh
    lines = [
        f"{report.frames} frames of {width} x {height}, {report.faces:.1f} faces, "
        f"filters: {', '.join(filters) or 'none'}",
        "",
        f"{'milliseconds':<22}{'median':>8}{'95 %':>8}",
        *(f"  {stage.name:<20}{stage.p50_ms:>8.2f}{stage.p95_ms:>8.2f}" for stage in report.stages),
        f"{'all':<22}{report.total.p50_ms:>8.2f}{report.total.p95_ms:>8.2f}",
    ]
    if further_face_ms is not None:
        lines.append(f"{'each further face':<22}{further_face_ms:>8.2f}")
    if report.peer is not None:
        total = report.peer.total
        lines += ["", f"{report.peer.name}, the same frames:", f"{'all':<22}{total.p50_ms:>8.2f}{total.p95_ms:>8.2f}"]
        lines.append(f"The line is {report.peer.ratio:.1f} times as fast.")
    lines += [
        "",
        f"{report.fps:.0f} frames a second; {report.peak_rss_mb:.0f} MB of memory at the most.",
        f"{how} Decoding and warming up are left out, drawing the filters is not.",
    ]
    return "\n".join(lines)


def _spread(summary: StageSummary) -> dict[str, float]:
    return {"p50_ms": round(summary.p50_ms, 3), "p95_ms": round(summary.p95_ms, 3)}
