"""Renders the sheet of filters: each on real faces, with its name under it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from masquerade.errors import SourceError
from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import uses_mask
from masquerade.filters.render import paint_still
from masquerade.geometry.mirror import mirror_points
from masquerade.geometry.pose import fit_pose
from masquerade.geometry.similarity import transform_points
from masquerade.pipeline.sources.image_files import list_images, read_image
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
    """A face that wears the filters, cut out of its image.

    Attributes:
        pixels: (side, side, 4) uint8 BGRA, bare.
        face: in pixels of it, all its triggers on.
    """

    pixels: ByteArray
    face: Face


@dataclass(frozen=True, slots=True)
class _View:
    """How an image is shown: turned clockwise by degrees, how many times nearer, and mirrored or not."""

    roll: float = 0.0
    zoom: float = 1.0
    mirrored: bool = False


def demo_sitters(find: FaceFinder, side: int) -> tuple[Sitter, ...]:
    """Return two people twice: straight, and nearer or farther, tilted and mirrored.

    Raises:
        SourceError: a demo image is missing, or has no face in it.
    """
    collins, hopper = (_demo_image(name, find) for name in ("eileen_collins.jpg", "grace_hopper.jpg"))
    return (
        _sitter(*collins, _View(), side),
        _sitter(*hopper, _View(zoom=0.9), side),
        _sitter(*collins, _View(roll=-17.0, zoom=1.1), side),
        _sitter(*hopper, _View(roll=11.0, zoom=0.72, mirrored=True), side),
    )


def _demo_image(name: str, find: FaceFinder) -> tuple[ByteArray, FloatArray]:
    """Return a bundled portrait and its points."""
    pixels = read_image(bundled("assets") / "demo" / name)
    faces = find(pixels)
    if not faces:
        raise SourceError(f"No face is found in the demo image {name}.")
    return pixels, faces[0].keypoints.points


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
            found.append(_sitter(pixels, faces[0].keypoints.points, _View(), side))
    if not found:
        raise SourceError(f"There is no face in the images of {folder}. Name another folder.")
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
    width, height = len(sitters) * (side + _GAP) - _GAP, side + _LABEL_HEIGHT
    rows = math.ceil(len(filters) / columns)
    sheet_wh = (columns * (width + _MARGIN) + _MARGIN, rows * (height + _MARGIN) + _MARGIN)
    sheet = np.empty((sheet_wh[1], sheet_wh[0], 4), np.uint8)
    sheet[:] = (*_PAPER, 255)
    for place, each in enumerate(filters):
        left = _MARGIN + place % columns * (width + _MARGIN)
        top = _MARGIN + place // columns * (height + _MARGIN)
        for offset, pixels in _worn(each, sitters, masks):
            sheet[top : top + side, left + offset : left + offset + side] = pixels
        label = _label(each.manifest.name, width)
        sheet[top + side : top + height, left : left + width, :3] = label
        painted()
    return sheet


def _worn(
    each: Filter, sitters: Sequence[Sitter], masks: Sequence[ByteArray | None]
) -> Iterator[tuple[int, ByteArray]]:
    for number, (sitter, person) in enumerate(zip(sitters, masks, strict=True)):
        pixels = sitter.pixels.copy()
        paint_still(pixels, (sitter.face,), (each,), person)
        yield number * (len(pixels) + _GAP), pixels


def _sitter(pixels: ByteArray, points: FloatArray, view: _View, side: int) -> Sitter:
    if view.mirrored:
        points = mirror_points(points, pixels.shape[1])
        pixels = cast(ByteArray, np.ascontiguousarray(pixels[:, ::-1]))
    matrix = _matrix(points, view, side)
    # Far shrunk, every pixel must be a mean of those it stands for.
    shrink = max(1.0, 0.7 / float(np.hypot(*matrix[:, 0])))
    small = cv2.resize(pixels, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    linear = matrix.copy()
    linear[:, :2] *= shrink
    cut = cv2.warpAffine(small, linear, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    moved = transform_points(matrix, points)
    face = Face(1, Keypoints(moved, 1.0), fit_pose(moved), active=frozenset(Trigger))
    return Sitter(cast(ByteArray, cut), face)


def _matrix(points: FloatArray, view: _View, side: int) -> FloatArray:
    """Return (2, 3) from the image to the cut."""
    pose = fit_pose(points)
    scale = view.zoom * side / (_SIDE_EYE_DISTANCES * pose.scale)
    cosine, sine = scale * math.cos(math.radians(view.roll)), scale * math.sin(math.radians(view.roll))
    linear = np.array([[cosine, -sine], [sine, cosine]])
    offset = np.array([0.5, _EYES_BELOW_TOP]) * side - linear @ pose.origin_xy
    return np.column_stack([linear, offset]).astype(np.float32)


def _label(words: str, width: int) -> ByteArray:
    """Return (height, width, 3) the name in the middle of its line; letters that OpenCV has not become '?'."""
    large = np.empty((_LABEL_HEIGHT * _LETTERS_ENLARGED, width * _LETTERS_ENLARGED, 3), np.uint8)
    large[:] = _PAPER
    size, weight = 0.55 * _LETTERS_ENLARGED, 1 + _LETTERS_ENLARGED // 2
    (text_width, text_height), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, weight)
    place = ((large.shape[1] - text_width) // 2, (large.shape[0] + text_height) // 2)
    cv2.putText(large, words, place, cv2.FONT_HERSHEY_SIMPLEX, size, _INK, weight, cv2.LINE_AA)
    return cast(ByteArray, cv2.resize(large, (width, _LABEL_HEIGHT), interpolation=cv2.INTER_AREA))
