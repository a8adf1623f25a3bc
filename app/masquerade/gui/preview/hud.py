"""Writes the small numbers on the image: rate, latency, faces, milliseconds of each stage."""

from math import isnan

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from masquerade.pipeline.timing import Summary

_MARGIN = 16
_PADDING = 10
# Dark enough that white text keeps a contrast of 4.5 : 1 even on a white image.
_GROUND = QColor(0, 0, 0, 150)
_TEXT = QColor(255, 255, 255)
_SOFT = QColor(255, 255, 255, 190)


def hud_lines(summary: Summary) -> tuple[str, str]:
    """Return the two lines, e.g. "29.9 FPS   11 ms p50 / 14 ms p95   1 face"."""
    if summary.fps <= 0 or isnan(summary.latency_p50_ms):
        return "Measuring", ""
    faces = "1 face" if summary.faces == 1 else f"{summary.faces} faces"
    first = (
        f"{summary.fps:.1f} FPS   {summary.latency_p50_ms:.0f} ms p50 / {summary.latency_p95_ms:.0f} ms p95   {faces}"
    )
    stages = "  ".join(f"{stage.name} {stage.p50_ms:.1f}" for stage in summary.stages)
    return first, f"{stages} ms" if stages else ""


class Hud:
    """Holds the text and paints it; it changes twice a second, for figures that flicker cannot be read."""

    _SECONDS_BETWEEN = 0.5

    def __init__(self) -> None:
        self._lines = ("Measuring", "")
        self._next_at = 0.0

    @property
    def lines(self) -> tuple[str, str]:
        """What stands there now."""
        return self._lines

    def is_due(self, now: float) -> bool:
        """Return True when new figures are wanted; `now` in seconds on the monotonic clock."""
        return now >= self._next_at

    def show(self, summary: Summary, now: float) -> None:
        """Take new figures."""
        self._lines = hud_lines(summary)
        self._next_at = now + self._SECONDS_BETWEEN

    def paint(self, painter: QPainter, corner: QPointF, font: QFont) -> None:
        """Draw both lines with a margin to `corner`, the upper left one of the image."""
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        lines = [line for line in self._lines if line]
        width = max(metrics.horizontalAdvance(line) for line in lines)
        step = metrics.height() + 2
        ground = QRectF(
            corner.x() + _MARGIN, corner.y() + _MARGIN, width + 2 * _PADDING, len(lines) * step + 2 * _PADDING - 6
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(ground, 8, 8)
        for row, line in enumerate(lines):
            painter.setPen(_SOFT if row else _TEXT)
            baseline = ground.top() + _PADDING - 4 + metrics.ascent() + row * step
            painter.drawText(QPointF(ground.left() + _PADDING, baseline), line)
