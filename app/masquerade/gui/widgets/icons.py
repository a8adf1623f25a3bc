"""Draw the window's signs from SVG paths, crisp at any size and in any colour."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

# 24 x 24 units; strokes take the colour asked for.
_SHAPES = {
    "camera": '<rect x="2.5" y="6" width="13" height="12" rx="3"/><path d="M15.5 10.6 21.5 7.2v9.6l-6-3.4"/>',
    "broadcast": '<circle cx="12" cy="12" r="2.4" fill="{c}"/>'
    '<path d="M8 16.4a6 6 0 0 1 0-8.8M16 7.6a6 6 0 0 1 0 8.8"/>'
    '<path d="M5 19.6a10.4 10.4 0 0 1 0-15.2M19 4.4a10.4 10.4 0 0 1 0 15.2"/>',
    "microphone": '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>',
    "microphone_off": '<rect x="9" y="3" width="6" height="11" rx="3"/>'
    '<path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M4 3.5l16 17"/>',
    "film": '<rect x="3" y="5" width="18" height="14" rx="3"/><path d="m10.2 9 4.8 3-4.8 3z" fill="{c}"/>',
    "demo": '<circle cx="12" cy="12" r="8.8"/><path d="M8.2 13.6a4.2 4.2 0 0 0 7.6 0"/>'
    '<circle cx="9.2" cy="9.8" r=".9" fill="{c}"/><circle cx="14.8" cy="9.8" r=".9" fill="{c}"/>',
    "mirror": '<path d="M12 3.5v17" stroke-dasharray="2.2 2.6"/><path d="M8.8 7.2v9.6H3.2z"/>'
    '<path d="M15.2 7.2v9.6h5.6z" fill="{c}"/>',
    "shutter": '<path d="M4.8 7.5h2.6l1.3-2.1a1.4 1.4 0 0 1 1.2-.7h4.2a1.4 1.4 0 0 1 1.2.7l1.3 2.1h2.6'
    'a2.3 2.3 0 0 1 2.3 2.3v7.4a2.3 2.3 0 0 1-2.3 2.3H4.8a2.3 2.3 0 0 1-2.3-2.3V9.8a2.3 2.3 0 0 1 2.3-2.3z"/>'
    '<circle cx="12" cy="13.2" r="3.6"/>',
    "search": '<circle cx="10.8" cy="10.8" r="6.3"/><path d="m15.6 15.6 4.9 4.9"/>',
    "star": '<path d="M12 3.4l2.6 5.5 6 .8-4.4 4.2 1.1 6L12 17l-5.3 2.9 1.1-6L3.4 9.7l6-.8z"/>',
    "star_full": '<path d="M12 3.4l2.6 5.5 6 .8-4.4 4.2 1.1 6L12 17l-5.3 2.9 1.1-6L3.4 9.7l6-.8z" fill="{c}"/>',
    "settings": '<path d="M3.5 7.5h8.2M17.3 7.5h3.2M3.5 16.5h3.2M12.3 16.5h8.2"/>'
    '<circle cx="14.5" cy="7.5" r="2.7"/><circle cx="9.5" cy="16.5" r="2.7"/>',
    "help": '<circle cx="12" cy="12" r="8.8"/><path d="M9.5 9.6a2.6 2.6 0 1 1 3.9 2.3c-.9.5-1.4 1-1.4 2"/>'
    '<circle cx="12" cy="16.8" r=".6" fill="{c}"/>',
    "down": '<path d="m6.5 9.5 5.5 5.5 5.5-5.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "resume": '<path d="m8 5 11 7-11 7z" fill="{c}"/>',
    "minus": '<path d="M5 12h14"/>',
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "folder": '<path d="M3 8V6.8A1.8 1.8 0 0 1 4.8 5h4l2 2.4h8.4A1.8 1.8 0 0 1 21 9.2v8A1.8 1.8 0 0 1 19.2 19H4.8'
    'A1.8 1.8 0 0 1 3 17.2z"/>',
    "warning": '<path d="M12 4.2 2.9 19.4h18.2z"/><path d="M12 10v4.4"/><circle cx="12" cy="16.8" r=".5" fill="{c}"/>',
    "info": '<circle cx="12" cy="12" r="8.8"/><path d="M12 11.2v5"/><circle cx="12" cy="8" r=".6" fill="{c}"/>',
    "done": '<path d="m5 12.6 4.6 4.6L19.2 7.4"/>',
    "intensity": '<circle cx="12" cy="12" r="8.8"/><path d="M12 3.2a8.8 8.8 0 0 1 0 17.6z" fill="{c}"/>',
    "screen": '<rect x="3" y="4.5" width="18" height="12" rx="2.5"/><path d="M8.5 20h7M12 16.5V20"/>',
    "saved": '<path d="M12 4v9.5M8 9.8l4 4 4-4"/>'
    '<path d="M4 15.5v2.2A2.3 2.3 0 0 0 6.3 20h11.4a2.3 2.3 0 0 0 2.3-2.3v-2.2"/>',
    "recent": '<rect x="3" y="7" width="14" height="12" rx="2.5"/><path d="M7 4h11.2A2.8 2.8 0 0 1 21 6.8V15"/>'
    '<path d="m3.5 16.5 4-3.6 3 2.6 2.2-1.8 4 3.4"/>',
    "sound": '<path d="M4 9.6h3.4L12 5.8v12.4l-4.6-3.8H4z"/>'
    '<path d="M15.4 9a4.2 4.2 0 0 1 0 6M18 6.4a8 8 0 0 1 0 11.2"/>',
    "sound_off": '<path d="M4 9.6h3.4L12 5.8v12.4l-4.6-3.8H4z"/><path d="m15.6 9.6 4.8 4.8M20.4 9.6l-4.8 4.8"/>',
    "sort": '<path d="M4 7h16M7 12h10M10 17h4"/>',
    "mask": '<path d="M2.5 8.2c2.4-1.6 5-1.7 9.5 0 4.5-1.7 7.1-1.6 9.5 0 .4 5.2-1.2 8.6-4.6 8.6-2.4 0-3-1.9-4.9-1.9'
    's-2.5 1.9-4.9 1.9c-3.4 0-5-3.4-4.6-8.6z"/><path d="M6 11.4c1.1-.9 2.6-.9 3.6.2M18 11.4c-1.1-.9-2.6-.9-3.6.2"/>',
}
NAMES = tuple(_SHAPES)

# A white mask on a tile in the accent's colour, lit from above.
APPLICATION_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
  <defs><linearGradient id="lit" x1="0" y1="0" x2="0" y2="1">
    <stop offset="0" stop-color="#ff6f7c"/><stop offset="1" stop-color="#d92a41"/>
  </linearGradient></defs>
  <rect x=".5" y=".5" width="23" height="23" rx="5.5" fill="url(#lit)"/>
  <path d="M3 8.4c2.3-1.5 4.7-1.6 9 0 4.3-1.6 6.7-1.5 9 0 .4 5-1.1 8.2-4.4 8.2-2.3 0-2.8-1.8-4.6-1.8s-2.3 1.8-4.6 1.8
    C4.1 16.6 2.6 13.4 3 8.4z" fill="#fff"/>
  <path d="M5.6 11.6c1.2-1.2 3.2-1.2 4.4.3-1.3 1.1-3.3 1-4.4-.3zM18.4 11.6c-1.2-1.2-3.2-1.2-4.4.3 1.3 1.1 3.3 1 4.4-.3z"
    fill="#d92a41"/>
</svg>"""


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    shape = _SHAPES[name].replace("{c}", colour)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" '
        f'stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">{shape}</svg>'
    )
    return QSvgRenderer(QByteArray(svg.encode()))


def paint_icon(painter: QPainter, name: str, place: QRectF, colour: QColor) -> None:
    """Draw the sign `name` (one of NAMES) into `place`; the alpha of `colour` counts too."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(painter.opacity() * colour.alphaF())
    _renderer(name, colour.name()).render(painter, place)
    painter.restore()


def icon(name: str, colour: QColor, side: int = 16) -> QIcon:
    """Return the sign as an icon for Qt's own widgets, sharp on screens of up to three times the density."""
    result = QIcon()
    for density in (1.0, 1.5, 2.0, 3.0):
        image = QPixmap(QSize(round(side * density), round(side * density)))
        image.setDevicePixelRatio(density)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        paint_icon(painter, name, QRectF(0, 0, side, side), colour)
        painter.end()
        result.addPixmap(image)
    return result


def application_icon() -> QIcon:
    """Return the program's own icon, for the task bar and the window's frame."""
    tile = QSvgRenderer(QByteArray(APPLICATION_SVG.encode()))
    result = QIcon()
    for side in (16, 32, 64, 256):
        image = QPixmap(side, side)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        tile.render(painter, QRectF(0, 0, side, side))
        painter.end()
        result.addPixmap(image)
    return result
