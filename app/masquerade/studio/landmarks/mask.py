"""Draws the landmarks of faces as a mask on black: draw_masks."""

from collections.abc import Callable
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.studio.landmarks.log import LoggedFace
from masquerade.values import LANDMARK_INDEX, ByteArray

# BGR; one for each person in turn.
_COLOURS = ((150, 205, 255), (255, 205, 150), (170, 255, 170), (255, 170, 235))
_EYE_HEIGHT, _LINE = 0.24, 0.035  # shares of the eye distance
_Points = NDArray[np.floating[Any]]

_SHIFT = 4  # bits of a pixel's fraction that OpenCV draws with


def draw_masks(faces: tuple[LoggedFace, ...], size_wh: tuple[int, int]) -> ByteArray:
    """Return (H, W, 4) BGRA: an outline, brows, eyes, nose and mouth for each face."""
    pixels = np.zeros((size_wh[1], size_wh[0], 4), np.uint8)
    for face in faces:
        _draw(pixels, face.landmarks, _COLOURS[face.id % len(_COLOURS)])
    pixels[..., 3] = 255
    return pixels


def _draw(pixels: ByteArray, landmarks: _Points, colour: tuple[int, int, int]) -> None:
    def at(name: str) -> _Points:
        return cast(_Points, landmarks[LANDMARK_INDEX[name]])

    across = at("left_eye_center") - at("right_eye_center")
    distance = float(np.hypot(*across))
    if distance < 2:
        return
    right = across / distance
    down = np.array((-right[1], right[0]), np.float32)
    thick = max(round(distance * _LINE), 1)

    def line(*corners: _Points, closed: bool = False) -> None:
        cv2.polylines(pixels, [_fixed(corners)], closed, (*colour, 255), thick, cv2.LINE_AA, _SHIFT)

    middle = (at("left_eye_center") + at("right_eye_center")) / 2
    chin = at("mouth_center_bottom_lip") + 0.55 * distance * down
    _outline(line, middle, chin, right, distance)
    for side in ("left", "right"):
        line(at(f"{side}_eyebrow_inner_end"), at(f"{side}_eyebrow_outer_end"))
        inner, outer = at(f"{side}_eye_inner_corner"), at(f"{side}_eye_outer_corner")
        lid = down * float(np.hypot(*(outer - inner))) * _EYE_HEIGHT
        centre = at(f"{side}_eye_center")
        line(*_arc(inner, centre - lid, outer), *_arc(outer, centre + lid, inner), closed=True)
    line(middle, at("nose_tip"), at("nose_tip") + 0.18 * distance * right)
    left, right_corner = at("mouth_left_corner"), at("mouth_right_corner")
    upper = _arc(left, at("mouth_center_top_lip"), right_corner)
    lower = _arc(right_corner, at("mouth_center_bottom_lip"), left)
    cv2.fillPoly(pixels, [_fixed((*upper, *lower))], (*colour, 255), cv2.LINE_AA, _SHIFT)


def _outline(line: Callable[..., None], middle: _Points, chin: _Points, right: _Points, distance: float) -> None:
    """Draw an oval from the chin to as far above the eyes."""
    axis = chin - middle
    centre = middle + 0.2 * axis
    turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    oval = [centre + 1.05 * distance * np.cos(turn) * right + 0.8 * np.sin(turn) * axis for turn in turns]
    line(*oval, closed=True)


def _arc(begin: _Points, top: _Points, end: _Points) -> tuple[_Points, ...]:
    """Return a parabola from one point through another to a third."""
    bend = 2 * top - (begin + end) / 2
    shares = np.linspace(0, 1, 9)
    return tuple((1 - share) ** 2 * begin + 2 * share * (1 - share) * bend + share**2 * end for share in shares)


def _fixed(corners: "tuple[_Points, ...]") -> NDArray[np.int32]:
    """(N) landmarks -> (N, 1, 2) fixed-point pixels."""
    scaled = np.round(np.array(corners) * 2**_SHIFT)
    return cast(NDArray[np.int32], scaled.astype(np.int32).reshape(-1, 1, 2))
