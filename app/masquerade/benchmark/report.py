"""Formats what `masquerade bench` measured: as text, as JSON, as the table of docs/performance.md."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from masquerade.benchmark.measure import BenchReport, FilterReport, PeerReport
from masquerade.benchmark.own_process import MemoryUse
from masquerade.pipeline.timing import StageSummary

if TYPE_CHECKING:
    from masquerade.benchmark.window_watch import WindowReport


def as_json(report: BenchReport) -> str:
    """Return one JSON object; its keys are fixed, other programs read them."""
    peer: dict[str, Any] = {}
    if report.peer is not None:
        peer = {
            "name": report.peer.name,
            "total": _spread(report.peer.total),
            "ratio": round(report.peer.ratio, 3),
            "ratio_p95": round(report.peer.ratio_p95, 3),
        }
    content = {
        "frames": report.frames,
        "fps": round(report.fps, 1),
        "total": _spread(report.total),
        "stages": {stage.name: _spread(stage) for stage in report.stages},
        "afterwards": _spread(report.afterwards),
        "decode": _spread(report.decode),
        **_memory(report.memory),
        "peer": peer,
    }
    return json.dumps(content)


def as_text(report: BenchReport, filters: Sequence[str], how: str, further_face_ms: float | None) -> str:
    """Return a small table for people.

    Args:
        report: to show.
        filters: their names.
        how: a sentence on the cores in use.
        further_face_ms: None = not measured.
    """
    width, height = report.size_wh
    lines = [
        f"{report.frames} images of {width} x {height}, {report.faces:.1f} faces, "
        f"filters: {', '.join(filters) or 'none'}",
        "",
        f"{'milliseconds':<22}{'median':>8}{'95 %':>8}",
        *(_text_row(f"  {stage.name}", stage) for stage in report.stages),
        _text_row("all", report.total),
        _text_row("search, afterwards", report.afterwards),
        _text_row("decode a JPEG, before", report.decode),
    ]
    if further_face_ms is not None:
        lines.append(f"{'each further face':<22}{further_face_ms:>8.2f}")
    if report.peer is not None:
        lines += ["", f"{report.peer.name}, the same images:", _text_row("all", report.peer.total)]
        ratio, at_95 = report.peer.ratio, report.peer.ratio_p95
        lines.append(f"The line is {ratio:.1f} times as fast by the median, {at_95:.1f} times by the 95 %.")
    lines += [
        "",
        f"{report.fps:.0f} images a second; {_memory_words(report.memory)}.",
        f"{how} Warming up is left out, drawing the filters is not.",
    ]
    return "\n".join(lines)


def _text_row(name: str, stage: StageSummary) -> str:
    return f"{name:<22}{stage.p50_ms:>8.2f}{stage.p95_ms:>8.2f}"


def window_as_json(report: "WindowReport", memory: MemoryUse) -> str:
    """Return one JSON object; null where no image came."""
    summary = report.summary
    came = report.first_image_seconds is not None
    content = {
        "first_image_s": round(report.first_image_seconds or 0.0, 3) if came else None,
        "fps": round(summary.fps, 1),
        "capture_to_paint": _spread(StageSummary("", summary.latency_p50_ms, summary.latency_p95_ms)) if came else None,
        **_memory(memory),
    }
    return json.dumps(content)


def window_as_text(report: "WindowReport", memory: MemoryUse) -> str:
    """Return some lines for people."""
    if report.first_image_seconds is None:
        return "No image came."
    summary = report.summary
    width, height = report.size_wh
    return (
        f"{width} x {height} at {summary.fps:.1f} images a second, in the window\n"
        f"first live image    {report.first_image_seconds:8.2f} s after the start\n"
        f"capture to paint      {summary.latency_p50_ms:8.2f} ms median, {summary.latency_p95_ms:.2f} ms at 95 %\n"
        f"memory              {_memory_words(memory)}"
    )


def as_table(report: BenchReport, further_face_ms: float, window: dict[str, Any] | None) -> str:
    """Return the table of docs/performance.md, as Markdown.

    Args:
        report: of one face.
        further_face_ms: median.
        window: what `window_as_json` returned; None = there was no screen.
    """
    rows = [("", "median", "95 %"), ("---", "---:", "---:")]
    rows += [(stage.name, *_cells(stage)) for stage in report.stages]
    rows.append(("**all, from a decoded image to a drawn one**", *_bold(report.total)))
    rows.append(("afterwards: search for new faces, one frame in fifteen", *_cells(report.afterwards)))
    rows.append(("before: decode the JPEG of a webcam", *_cells(report.decode)))
    rows.append(("each further face", f"{further_face_ms:.2f} ms", ""))
    if report.peer is not None:
        rows.append((f"{report.peer.name} alone, the same images", *_cells(report.peer.total)))
        rows.append(("times as fast as that", f"{report.peer.ratio:.1f}", f"{report.peer.ratio_p95:.1f}"))
    if window is not None and window["capture_to_paint"] is not None:
        spread = window["capture_to_paint"]
        rows.append(
            (
                "from capture to the painted window, 30 a second",
                f"{spread['p50_ms']:.1f} ms",
                f"{spread['p95_ms']:.1f} ms",
            )
        )
        rows.append(("from the start to the first live image", f"{window['first_image_s']:.2f} s", ""))
        rows.append(("memory of the window alone (USS)", f"{window['unique_mb']:.0f} MB", ""))
        rows.append(("with shared libraries, at most (RSS)", f"{window['peak_rss_mb']:.0f} MB", ""))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(summary: StageSummary) -> tuple[str, str]:
    return f"{summary.p50_ms:.2f} ms", f"{summary.p95_ms:.2f} ms"


def _bold(summary: StageSummary) -> tuple[str, str]:
    median, most = _cells(summary)
    return f"**{median}**", f"**{most}**"


def drawing_as_table(reports: Sequence[FilterReport], frames: int, how: str) -> str:
    """Return how long each filter takes to draw, slowest first, as a Markdown table.

    Args:
        reports: at least one.
        frames: that each was measured on.
        how: a sentence on the cores in use.
    """
    width, height = reports[0].size_wh
    lines = [
        f"Drawing, {width} x {height}, {frames} frames each. {how}",
        "",
        *_drawing_head(reports[0].peer),
    ]
    dearest_first = sorted(reports, key=lambda report: -(report.peer_share or report.draw.p50_ms))
    return "\n".join([*lines, *map(_drawing_row, dearest_first)])


def _drawing_head(peer: PeerReport | None) -> tuple[str, str]:
    if peer is None:
        return "| filter | median | p95 |", "|---|---:|---:|"
    return f"| filter | median | p95 | {peer.name} meanwhile | share of that |", "|---|---:|---:|---:|---:|"


def _drawing_row(report: FilterReport) -> str:
    row = f"| {report.name} | {report.draw.p50_ms:.2f} ms | {report.draw.p95_ms:.2f} ms |"
    if report.peer is None or report.peer_share is None:
        return row
    return f"{row} {report.peer.total.p50_ms:.2f} ms | {100 * report.peer_share:.1f} % |"


def drawing_as_json(reports: Sequence[FilterReport]) -> str:
    """Return one JSON object: milliseconds of each filter by its id; other programs read it."""
    return json.dumps({report.name: _spread(report.draw) | _share(report) for report in reports})


def _share(report: FilterReport) -> dict[str, float]:
    return {} if report.peer_share is None else {"peer_share": round(report.peer_share, 4)}


def _memory(memory: MemoryUse) -> dict[str, float]:
    return {"unique_mb": round(memory.unique_mb, 1), "peak_rss_mb": round(memory.peak_mb, 1)}


def _memory_words(memory: MemoryUse) -> str:
    return f"{memory.unique_mb:.0f} MB of memory, {memory.peak_mb:.0f} MB at most with shared libraries"


def _spread(summary: StageSummary) -> dict[str, float]:
    return {"p50_ms": round(summary.p50_ms, 3), "p95_ms": round(summary.p95_ms, 3)}
