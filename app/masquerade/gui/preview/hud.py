"""Write the performance stats on the preview: frame rate and delay, or every stage too."""

from math import isnan

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from masquerade.pipeline.timing import Summary
from masquerade.settings import StatsDetail

MARGIN = 16
_PADDING_X, _PADDING_Y, _COLUMN_GAP = 10, 6, 18
# Dark enough that white text has a contrast of more than 4.5 : 1 on a white image.
_GROUND = QColor(0, 0, 0, 184)
_TEXT = QColor(255, 255, 255)
_STAGE_WORDS = {
    "find": "Find faces",
    "points": "Landmarks",
    "landmarks": "Landmarks",
    "pose": "Head pose",
    "trigger": "Expressions",
    "draw": "Draw filters",
}

Row = tuple[str, ...]


def hud_rows(summary: Summary, detail: StatsDetail, outgoing_ms: float | None = None) -> tuple[Row, ...]:
    """Return the text of the stats, row by row.

    Args:
        summary: of the last seconds.
        detail: how much of it.
        outgoing_ms: from the camera to the readers of the virtual camera; None while no program reads.

    Returns:
        One row with one cell, such as "29.9 FPS \u00b7 11 ms delay"; with every detail, a table of
        medians and 95th percentiles in milliseconds under it. Nothing where the stats are off.
    """
    if detail is StatsDetail.OFF:
        return ()
    if summary.fps <= 0 or isnan(summary.latency_p50_ms):
        return (("Measuring\u2026",),)
    line = f"{summary.fps:.1f} FPS \u00b7 {summary.latency_p50_ms:.0f} ms delay"
    if outgoing_ms is not None:
        line += f" \u00b7 {outgoing_ms:.0f} ms to the virtual camera"
    if detail is StatsDetail.SHORT:
        return ((line,),)
    faces = "1 face" if summary.faces == 1 else f"{summary.faces} faces"
    stages = tuple(
        (_STAGE_WORDS.get(stage.name, stage.name.capitalize()), f"{stage.p50_ms:.1f}", f"{stage.p95_ms:.1f}")
        for stage in summary.stages
    )
    delay = ("Delay", f"{summary.latency_p50_ms:.1f}", f"{summary.latency_p95_ms:.1f}")
    return ((f"{line} \u00b7 {faces}",), ("in ms", "typical (p50)", "slow (p95)"), delay, *stages)


class Hud:
    """The performance stats; they change only twice a second, so that they can be read."""

    _SECONDS_BETWEEN = 0.5

    def __init__(self, detail: StatsDetail = StatsDetail.SHORT) -> None:
        self.detail = detail
        self._summary = Summary(0.0, float("nan"), float("nan"), (), 0)
        self._next_at = 0.0
        self.outgoing_ms: float | None = None
        self._panel: _Panel | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows on display."""
        return hud_rows(self._summary, self.detail, self.outgoing_ms)

    def is_due(self, now: float) -> bool:
        """Return whether the figures should be updated; `now` in seconds on the monotonic clock."""
        return now >= self._next_at

    def show(self, summary: Summary, now: float) -> None:
        """Update the figures."""
        self._summary = summary
        self._next_at = now + self._SECONDS_BETWEEN

    def size(self, font: QFont) -> QSizeF:
        """Return the size of the panel; empty where the stats are off."""
        rows = self.rows
        return self._panel_of(rows, font).size if rows else QSizeF()

    def paint(self, painter: QPainter, corner: QPointF, font: QFont) -> None:
        """Draw the panel with its upper left corner at `corner`, whatever the direction of the language."""
        rows = self.rows
        if rows:
            painter.drawPixmap(corner, self._panel_of(rows, font).image(painter.device().devicePixelRatioF()))

    def _panel_of(self, rows: tuple[Row, ...], font: QFont) -> "_Panel":
        """Return the panel of these rows; the last one as long as they stay, for text takes longer than the image."""
        panel = self._panel
        if panel is None or panel.rows != rows or panel.font != font:
            panel = self._panel = _Panel(rows, QFont(font))
        return panel


class _Panel:
    """Rows of stats, measured and drawn once."""

    def __init__(self, rows: tuple[Row, ...], font: QFont) -> None:
        self.rows, self.font = rows, font
        metrics = QFontMetricsF(font)
        self._widths = _column_widths(rows, metrics)
        self._line_height = metrics.height()
        table = sum(self._widths) + 2 * _COLUMN_GAP if len(rows) > 1 else 0.0
        width = max(metrics.horizontalAdvance(rows[0][0]), table)
        self.size = QSizeF(width + 2 * _PADDING_X, len(rows) * self._line_height + 2 * _PADDING_Y)
        self._image: QPixmap | None = None

    def image(self, density: float) -> QPixmap:
        """Return the panel drawn for a screen of this many pixels for each unit."""
        if self._image is None or self._image.devicePixelRatioF() != density:
            self._image = self._drawn(density)
        return self._image

    def _drawn(self, density: float) -> QPixmap:
        image = QPixmap((self.size * density).toSize() + QSize(1, 1))
        image.setDevicePixelRatio(density)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.setFont(self.font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(QRectF(QPointF(), self.size), 8, 8)
        painter.setPen(_TEXT)
        for number, row in enumerate(self.rows):
            line = QRectF(_PADDING_X, _PADDING_Y + number * self._line_height, 0, self._line_height)
            _paint_row(painter, row, line, self._widths if len(row) > 1 else [self.size.width()])
        painter.end()
        return image


def _column_widths(rows: tuple[Row, ...], metrics: QFontMetricsF) -> list[float]:
    table = [row for row in rows if len(row) > 1]
    return [max(map(metrics.horizontalAdvance, column)) for column in zip(*table, strict=True)]


def _paint_row(painter: QPainter, row: Row, line: QRectF, widths: list[float]) -> None:
    """Draw the cells of a row: words to the left, figures to the right of their column."""
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        line.setWidth(width)
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        painter.drawText(line, int(side | Qt.AlignmentFlag.AlignVCenter), cell)
        line.translate(width + _COLUMN_GAP, 0)
