"""Runs the detector beyond the border of an image, and on the upright neighbourhood of a face."""

from dataclasses import replace

import cv2
import numpy as np

from masquerade.geometry.similarity import Similarity
from masquerade.values import Box, ByteArray, Detection, FloatArray
from masquerade.vision.crop import crop_side, crop_similarity, every_nth
from masquerade.vision.detector import Detector

# Of a part's longer side: so much of the image is mirrored outside of its border.
_MARGIN = 0.2
# Twice the detector's input.
_KEPT_PIXELS = 384
# An upright neighbourhood is so many pixels wide, about what the detector takes, and so many crops of the face.
_UPRIGHT_PIXELS = 224
_UPRIGHT_CROPS = 3.0


def detect_over_border(detector: Detector, pixels: ByteArray, part: Box) -> list[Detection]:
    """Return the faces in a part of an image, including those cut by the image's border.

    Beyond the border the image is mirrored: half a face is completed to a whole one, which the
    detector sees far better than a half beside black. Mirrored faces are reported where they
    really are, which also shows the detector faces that stand on their heads.

    Args:
        detector: looks once.
        pixels: (H, W, 4) uint8, BGRA.
        part: of the image, whole pixels.
    """
    left, top, width, height = (int(each) for each in (part.left, part.top, part.width, part.height))
    # The detector would leave out these pixels anyway; a whole frame is mirrored in no time without them.
    step = max(max(width, height) // _KEPT_PIXELS, 1)
    cut = every_nth(pixels[top : top + height, left : left + width], step)
    margin = min(int(_MARGIN * max(cut.shape[:2])), min(cut.shape[:2]) - 1)
    above, below, before, after = _margins_at_border(pixels, part, margin)
    mirrored = cv2.copyMakeBorder(cut, above, below, before, after, cv2.BORDER_REFLECT_101)
    seen = detector.detect(np.asarray(mirrored, np.uint8))
    placed = [_placed(each, step, left - before * step, top - above * step) for each in seen]
    return [_folded(each, pixels.shape[1], pixels.shape[0]) for each in placed]


def detect_upright(detector: Detector, pixels: ByteArray, anchors: FloatArray) -> list[Detection]:
    """Return the faces in the neighbourhood of a face, rotated so that this face is upright.

    Args:
        detector: looks once.
        pixels: (H, W, 4) uint8, BGRA.
        anchors: (3, 2) float32, pixels: eyes and mouth of the face, or where they were.
    """
    inner = round(_UPRIGHT_PIXELS / _UPRIGHT_CROPS)
    margin = (_UPRIGHT_PIXELS - inner) / 2
    view = crop_similarity(anchors, inner).then(Similarity(1 + 0j, complex(margin, margin)))
    size_wh = (_UPRIGHT_PIXELS, _UPRIGHT_PIXELS)
    flags = cv2.INTER_AREA if crop_side(anchors) > 2 * inner else cv2.INTER_LINEAR
    seen = detector.detect(np.asarray(cv2.warpAffine(pixels, view.matrix, size_wh, flags=flags), np.uint8))
    back = view.inverse()
    return [_moved_back(each, back) for each in seen]


def _margins_at_border(pixels: ByteArray, part: Box, margin: int) -> tuple[int, int, int, int]:
    """Return the margins above, below, left and right of a part: 0 where it does not touch the image's border."""
    height, width = pixels.shape[:2]
    touches = (part.top <= 0, part.top + part.height >= height, part.left <= 0, part.left + part.width >= width)
    above, below, before, after = (margin if touched else 0 for touched in touches)
    return above, below, before, after


def _placed(detection: Detection, step: int, left: int, top: int) -> Detection:
    """Convert a detection from every step-th pixel, starting at (left, top), to pixels of the image."""
    box = detection.box
    placed = Box(box.left * step + left, box.top * step + top, box.width * step, box.height * step)
    return Detection(placed, np.asarray(detection.anchors * step + (left, top), np.float32), detection.score)


def _folded(detection: Detection, width: int, height: int) -> Detection:
    """Return a face in a mirrored margin at its real place; others unchanged."""
    x, y = detection.anchors.mean(axis=0).tolist()
    anchors, box = detection.anchors.copy(), detection.box
    for axis, (middle, length) in enumerate(((x, width), (y, height))):
        if 0 <= middle <= length - 1:
            continue
        edge = 0.0 if middle < 0 else length - 1.0
        anchors[:, axis] = 2 * edge - anchors[:, axis]
        # In a mirror the person's left eye is the right one.
        anchors[:2] = anchors[1::-1].copy()
        if axis == 0:
            box = replace(box, left=2 * edge - box.left - box.width)
        else:
            box = replace(box, top=2 * edge - box.top - box.height)
    return detection if box is detection.box else Detection(box, anchors, detection.score)


def _moved_back(detection: Detection, back: Similarity) -> Detection:
    """Return a detection of the upright neighbourhood in pixels of the image; its box is upright there, too."""
    middle = np.array([[detection.box.left, detection.box.top]], np.float32)
    middle += np.array([detection.box.width, detection.box.height], np.float32) / 2
    (x, y), scale = back.apply(middle)[0].tolist(), back.scale
    width, height = detection.box.width * scale, detection.box.height * scale
    box = Box(x - width / 2, y - height / 2, width, height)
    return Detection(box, back.apply(detection.anchors), detection.score)
