"""Embeds images in a page, with their landmarks as shapes on top."""

import base64
from html import escape

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.exploring.palette import ACCENT, colour_of, words_of
from masquerade_train.exploring.suspicious_labels import Doubt

# What is shown of an image, in extents of the marked landmarks.
_ROOM = 1.75


def image_with_landmarks(faces: FaceSet, row: int, doubt: Doubt | None = None) -> str:
    """Return an SVG of one face; with a doubt, also its outliers and their expected places.

    A landmark shows its name under the pointer.
    """
    height, width = faces.image(row).shape[:2]
    left, top, side = _view(faces.landmarks[row], width, height)
    radius = 0.0125 * side
    strays = {} if doubt is None else {stray.index: stray for stray in doubt.landmarks}
    marks = []
    for index, name in enumerate(faces.names):
        landmark = faces.landmarks[row, index]
        if np.isnan(landmark).any():
            continue
        if index in strays:
            marks.append(_stray(landmark, strays[index].expected, radius, name))
        else:
            marks.append(_dot(landmark, radius * (0.8 if strays else 1.0), colour_of(name), name))
    # The centre of the first pixel is (0, 0): the image begins half a pixel before.
    box = f"{left:.1f} {top:.1f} {side:.1f} {side:.1f}"
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{escape(str(faces.files[row]))}">'
        f'<image x="-0.5" y="-0.5" width="{width}" height="{height}" href="{data_uri(content_of(faces, row))}"/>'
        f"{''.join(marks)}</svg>"
    )


def _view(landmarks: FloatArray, width: int, height: int) -> tuple[float, float, float]:
    """Left, top and side of the square that shows the marked landmarks with some room, inside the image if it can."""
    low, high = np.nanmin(landmarks, axis=0), np.nanmax(landmarks, axis=0)
    # With few landmarks marked the face reaches further than they do.
    side = min(max(_ROOM * float((high - low).max()), 0.45 * max(width, height)), max(width, height))
    corner = (low + high) / 2 - side / 2
    limit = np.array([width, height]) - side - 0.5
    left, top = np.clip(corner, -0.5, np.maximum(limit, -0.5)).tolist()
    return left, top, side


def _dot(landmark: FloatArray, radius: float, colour: str, name: str) -> str:
    return (
        f'<circle cx="{landmark[0]:.2f}" cy="{landmark[1]:.2f}" r="{radius:.2f}" fill="{colour}" stroke="#000" '
        f'stroke-opacity=".55" stroke-width="{radius / 3:.2f}"><title>{escape(words_of(name))}</title></circle>'
    )


def _stray(landmark: FloatArray, expected: FloatArray, radius: float, name: str) -> str:
    (x, y), (there_x, there_y) = landmark, expected
    return (
        f'<path d="M{x:.2f} {y:.2f}L{there_x:.2f} {there_y:.2f}" stroke="#fff" stroke-width="{radius * 0.7:.2f}"/>'
        f'<circle cx="{there_x:.2f}" cy="{there_y:.2f}" r="{1.9 * radius:.2f}" fill="none" stroke="#fff" '
        f'stroke-width="{radius * 0.7:.2f}"><title>{escape(words_of(name))}: expected here</title></circle>'
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{1.5 * radius:.2f}" fill="{ACCENT}" stroke="#fff" '
        f'stroke-width="{radius / 2:.2f}"><title>{escape(words_of(name))}: as labelled</title></circle>'
    )


def plain_image(content: bytes, label: str) -> str:
    """Return an <img> of an encoded image."""
    return f'<img src="{data_uri(content)}" alt="{escape(label)}" loading="lazy">'


def encode(image: ByteArray) -> bytes:
    """Encode an image (H, W, 3) uint8, RGB, as PNG."""
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


def data_uri(content: bytes) -> str:
    """Return a JPEG, PNG or BMP as an address that holds the image itself."""
    kind = {b"\x89": "png", b"B": "bmp"}.get(content[:1], "jpeg")
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def content_of(faces: FaceSet, row: int) -> bytes:
    """Return image `row` as it is kept, encoded."""
    return faces.encoded[faces.offsets[row] : faces.offsets[row + 1]].tobytes()
