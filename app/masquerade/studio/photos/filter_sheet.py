"""Renders the sheet of filters: each on real faces, with its name under it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from masquerade.errors import SourceError
from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import uses_mask, uses_triggers
from masquerade.filters.render import paint_still
from masquerade.geometry.pose import fit_pose
from masquerade.geometry.similarity import transform_points
from masquerade.pipeline.sources.photos.image_files import list_images, read_image
from masquerade.resources import bundled
from masquerade.values import ByteArray, Face, FloatArray, Keypoints, Trigger

# In eye distances, as wide as the gallery's small images; and how far below the top the eyes lie.
_SIDE_EYE_DISTANCES = 5.6
_EYES_BELOW_TOP = 0.6
_LABEL_HEIGHT, _GAP, _MARGIN = 30, 3, 14
# Near white, and near black for the words, BGR.
_PAPER, _INK = (247, 247, 247), (40, 40, 40)
# Letters are drawn four times as large and shrunk: OpenCV's own smoothing is coarse.
_LETTERS_ENLARGED = 4

FaceFinder = Callable[[ByteArray], tuple[Face, ...]]
# (H, W, 4) BGRA -> (h, w), 255 where there is a person.
Segment = Callable[[ByteArray], ByteArray]


@dataclass(frozen=True, slots=True, eq=False)
class Sitter:
    """A face for the sheet, cut out of its image.

    Attributes:
        pixels: (side, side, 4) uint8 BGRA, bare.
        face: in pixels of it.
    """

    pixels: ByteArray
    face: Face


def head_sitters(find: FaceFinder, side: int) -> tuple[Sitter, ...]:
    """Return the bundled heads: of every tone and age, turned, bowed, raised, and in hard light.

    Raises:
        SourceError: a head is missing, or has no face in it.
    """
    return sitters_in(bundled("assets") / "heads", find, side)


def sitters_in(folder: Path, find: FaceFinder, side: int) -> tuple[Sitter, ...]:
    """Return the largest face of every image in a folder; images without a face are passed over.

    Raises:
        SourceError: there is no face in any of them, or an image cannot be read.
    """
    found = []
    for path in list_images(folder):
        pixels = read_image(path)
        faces = find(pixels)
        if faces:
            found.append(_sitter(pixels, faces[0].keypoints, side))
    if not found:
        raise SourceError(f"No faces were found in the images in {folder}. Name another folder.")
    return tuple(found)


def render_sheet(
    filters: Sequence[Filter],
    sitters: Sequence[Sitter],
    columns: int,
    painted: Callable[[], None],
    build_segmenter: Callable[[], Segment] | None = None,
) -> ByteArray:
    """Return the sheet, (H, W, 4) uint8 BGRA.

    Args:
        filters: in this order, row after row.
        sitters: stand beside each other in every block.
        columns: blocks beside each other.
        painted: called after each filter.
        build_segmenter: makes what cuts people out, for filters that need it; None paints no backgrounds.
    """
    masks: list[ByteArray | None] = [None] * len(sitters)
    if build_segmenter is not None and uses_mask(filters):
        masks = [build_segmenter()(sitter.pixels) for sitter in sitters]
    side = len(sitters[0].pixels)
    width = len(sitters) * (side + _GAP) - _GAP
    blocks = [_block(each, sitters, masks) for each in _reported(filters, painted)]
    rows = [blocks[first : first + columns] for first in range(0, len(blocks), columns)]
    heights = [max(len(block) for block in row) + _MARGIN for row in rows]
    sheet = np.empty((sum(heights) + _MARGIN, columns * (width + _MARGIN) + _MARGIN, 4), np.uint8)
    sheet[:] = (*_PAPER, 255)
    top = _MARGIN
    for row, height in zip(rows, heights, strict=True):
        for place, block in enumerate(row):
            left = _MARGIN + place * (width + _MARGIN)
            sheet[top : top + len(block), left : left + width] = block
        top += height
    return sheet


def _reported(filters: Sequence[Filter], painted: Callable[[], None]) -> Iterator[Filter]:
    for each in filters:
        yield each
        painted()


def _block(each: Filter, sitters: Sequence[Sitter], masks: Sequence[ByteArray | None]) -> ByteArray:
    """Return (h, w, 4): the filter on everyone, with its triggers off and, where it has any, below with them on."""
    active = [frozenset[Trigger](), frozenset(Trigger)] if uses_triggers((each,)) else [frozenset[Trigger]()]
    pairs = tuple(zip(sitters, masks, strict=True))
    strips = [beside([_worn(each, sitter, mask, triggers) for sitter, mask in pairs]) for triggers in active]
    return titled(strips, each.manifest.name)


def _worn(each: Filter, sitter: Sitter, person: ByteArray | None, active: frozenset[Trigger]) -> ByteArray:
    pixels = sitter.pixels.copy()
    paint_still(pixels, (replace(sitter.face, active=active),), (each,), person)
    return pixels


def beside(images: Sequence[ByteArray]) -> ByteArray:
    """Return images (h, w, 4) of one height beside each other, with a gap between them."""
    gap = np.full((len(images[0]), _GAP, 4), (*_PAPER, 255), np.uint8)
    parts = [part for image in images for part in (gap, image)][1:]
    return np.concatenate(parts, axis=1)


def titled(strips: Sequence[ByteArray], words: str) -> ByteArray:
    """Return strips (h, w, 4) of one width below each other, with words under them."""
    width = strips[0].shape[1]
    gap = np.full((_GAP, width, 4), (*_PAPER, 255), np.uint8)
    label = np.full((_LABEL_HEIGHT, width, 4), 255, np.uint8)
    label[..., :3] = _label(words, width)
    return np.concatenate([*[part for strip in strips for part in (gap, strip)][1:], label])


def _sitter(pixels: ByteArray, keypoints: Keypoints, side: int) -> Sitter:
    matrix = _matrix(keypoints.points, side)
    # Far shrunk, every pixel must be a mean of those it stands for.
    shrink = max(1.0, 0.7 / float(np.hypot(*matrix[:, 0])))
    small = cv2.resize(pixels, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    linear = matrix.copy()
    linear[:, :2] *= shrink
    cut = cv2.warpAffine(small, linear, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    moved = transform_points(matrix, keypoints.points)
    # Paint follows lips and lids as it does in a video.
    contours = None if keypoints.contours is None else transform_points(matrix, keypoints.contours)
    face = Face(1, Keypoints(moved, 1.0, contours=contours), fit_pose(moved))
    return Sitter(cast(ByteArray, cut), face)


def _matrix(points: FloatArray, side: int) -> FloatArray:
    """Return (2, 3) from the image to the cut."""
    pose = fit_pose(points)
    scale = side / (_SIDE_EYE_DISTANCES * pose.scale)
    offset = np.array([0.5, _EYES_BELOW_TOP]) * side - scale * pose.origin_xy
    return np.column_stack([scale * np.eye(2), offset]).astype(np.float32)


def _label(words: str, width: int) -> ByteArray:
    """Return (height, width, 3) the name in the middle of its line; letters that OpenCV has not become '?'."""
    large = np.empty((_LABEL_HEIGHT * _LETTERS_ENLARGED, width * _LETTERS_ENLARGED, 3), np.uint8)
    large[:] = _PAPER
    size, weight = 0.55 * _LETTERS_ENLARGED, 1 + _LETTERS_ENLARGED // 2
    (text_width, text_height), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, weight)
    place = ((large.shape[1] - text_width) // 2, (large.shape[0] + text_height) // 2)
    cv2.putText(large, words, place, cv2.FONT_HERSHEY_SIMPLEX, size, _INK, weight, cv2.LINE_AA)
    return cast(ByteArray, cv2.resize(large, (width, _LABEL_HEIGHT), interpolation=cv2.INTER_AREA))
