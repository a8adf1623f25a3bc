"""Puts what `masquerade bench --motion` measured into a table or JSON."""

import json
import math
from collections.abc import Sequence

from masquerade.benchmark.motion import MotionReport


def motion_as_table(ours: Sequence[MotionReport], peers: Sequence[MotionReport], peer_name: str) -> str:
    """Return a Markdown table; lengths are percent of the eye distance.

    Args:
        ours: one for each motion.
        peers: the same for the peer, in the same order; empty = none was asked for.
        peer_name: for the head of the table.
    """
    head = "| motion | trail | lag | peak | overshoot | jitter |"
    rule = "|---|---:|---:|---:|---:|---:|"
    if peers:
        head += f" {peer_name}: trail | lag | jitter |"
        rule += "---:|---:|---:|"
    rows = [_row(each, peers[index] if peers else None) for index, each in enumerate(ours)]
    return "\n".join([head, rule, *rows])


def motion_as_json(ours: Sequence[MotionReport], peers: Sequence[MotionReport], peer_name: str) -> str:
    """Return one JSON object; other programs read it. Lengths are shares of the eye distance, null = not measured."""
    content = {"motions": [_values(each) for each in ours]}
    if peers:
        content["peer"] = [{"peer": peer_name, **_values(each)} for each in peers]
    return json.dumps(content)


def _row(ours: MotionReport, peer: MotionReport | None) -> str:
    cells = [ours.name, _percent(ours.trail), _milliseconds(ours.lag_ms), _percent(ours.peak)]
    cells += [_percent(ours.overshoot), _percent(ours.jitter)]
    if peer is not None:
        cells += [_percent(peer.trail), _milliseconds(peer.lag_ms), _percent(peer.jitter)]
    return f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"{100 * share:.2f} %"


def _milliseconds(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1f} ms"


def _values(report: MotionReport) -> dict[str, float | str | None]:
    numbers = {
        "trail": report.trail,
        "lag_ms": report.lag_ms,
        "peak": report.peak,
        "overshoot": report.overshoot,
        "jitter": report.jitter,
    }
    rounded = {name: None if math.isnan(value) else round(value, 5) for name, value in numbers.items()}
    return {"motion": report.name, **rounded, "missed": report.missed}
