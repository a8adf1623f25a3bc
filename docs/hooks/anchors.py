"""Draw every anchor of the filter format on a face: `python docs/hooks/anchors.py docs/images/anchors.svg`."""

import base64
import sys
from html import escape
from pathlib import Path

import cv2
import masquerade
import numpy as np
from masquerade.geometry.head import HEAD_ANCHORS, MEASURED_ANCHORS
from masquerade.geometry.pose import pose_of, project
from masquerade.resources import bundled
from masquerade.values import LANDMARK_INDEX, FloatArray

_SIDE, _MARGIN, _ROW = 620, 250, 24
_MIDDLE = _SIDE / 2
# Eye distances of the portrait that are shown, and where the eyes lie in it.
_SHOWN, _EYES = 5.6, (0.5, 0.52)


def draw_anchors() -> str:
    """Return an SVG: the demo portrait, a dot for each anchor, and their names on both sides."""
    path = bundled("assets") / "demo" / "eileen_collins.jpg"
    (face,) = masquerade.find_faces(path)
    image = cv2.imread(str(path))
    assert image is not None
    places = project(pose_of(face), np.array(list(HEAD_ANCHORS.values()), np.float32))
    for number, name in enumerate(HEAD_ANCHORS):
        if name in LANDMARK_INDEX:
            places[number] = face.landmarks[name]
    eyes = places[:2].mean(axis=0)
    scale = _SIDE / (_SHOWN * float(np.hypot(*(places[0] - places[1]))))
    offset = np.array(_EYES) * _SIDE - scale * eyes
    matrix = np.column_stack([scale * np.eye(2), offset])
    shown = cv2.warpAffine(image, matrix, (_SIDE, _SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return _svg(np.asarray(shown), np.asarray(scale * places + offset, np.float32))


def _svg(image: object, places: FloatArray) -> str:
    jpeg = cv2.imencode(".jpg", np.asarray(image, np.uint8), (cv2.IMWRITE_JPEG_QUALITY, 82))[1]
    width = _SIDE + 2 * _MARGIN
    content = base64.b64encode(jpeg.tobytes()).decode()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_SIDE}" font-family="sans-serif"'
        ' font-size="14">',
        f'<rect width="{width}" height="{_SIDE}" fill="#fff"/>',
        f'<image x="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" href="data:image/jpeg;base64,{content}"/>',
    ]
    names = list(HEAD_ANCHORS)
    # The person's right is on the left of the image.
    at_left = [n for n, (x, _) in enumerate(places) if "right" in names[n] or ("left" not in names[n] and x < _MIDDLE)]
    sides = (at_left, [number for number in range(len(names)) if number not in at_left])
    for at_right, numbers in enumerate(sides):
        numbers.sort(key=lambda number: float(places[number][1]))
        top = (_SIDE - _ROW * (len(numbers) - 1)) / 2
        for row, number in enumerate(numbers):
            parts.append(_label(names[number], places[number], top + row * _ROW, bool(at_right)))
    return "\n".join([*parts, "</svg>\n"])


def _label(name: str, place: FloatArray, y: float, at_right: bool) -> str:
    x = _MARGIN + float(place[0])
    end = _MARGIN + _SIDE + 8 if at_right else _MARGIN - 8
    anchor = "start" if at_right else "end"
    colour = "#0b6bcb" if name in LANDMARK_INDEX else "#1b7a3d" if name in MEASURED_ANCHORS else "#b3261e"
    return (
        f'<path d="M{end:.0f} {y:.0f}L{x:.1f} {place[1]:.1f}" stroke="{colour}" stroke-opacity=".55" fill="none"/>'
        f'<circle cx="{x:.1f}" cy="{place[1]:.1f}" r="4" fill="{colour}" stroke="#fff"/>'
        f'<text x="{end:.0f}" y="{y + 5:.0f}" text-anchor="{anchor}" fill="{colour}">{escape(name)}</text>'
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw_anchors(), encoding="utf-8")
