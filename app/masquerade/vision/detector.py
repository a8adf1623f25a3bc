"""Finds faces in an image with BlazeFace full range; the decoding is our own."""

from copy import copy
from typing import Protocol

import cv2
import numpy as np

from masquerade.errors import ModelError
from masquerade.geometry.boxes import overlap
from masquerade.values import Box, ByteArray, Detection, FloatArray
from masquerade.vision.card import ModelCard
from masquerade.vision.crop import every_nth
from masquerade.vision.tflite import Network

_GRID = 48  # cells a side, one anchor in the middle of each
_LEFT_EYE, _RIGHT_EYE, _MOUTH = 1, 0, 3  # places of the person's own parts among the six points
_SAME_FACE_OVERLAP = 0.3  # MediaPipe's threshold for this network


class Detector(Protocol):
    """Finds faces in images."""

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        """Return the faces in `pixels` (H, W, 4) uint8 BGRA, the surest first."""


class BlazeFace:
    """BlazeFace full range: finds faces from about a fifteenth of the image's longer side.

    Called on one thread at a time.

    Source:
        Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs"
        (2019); layout of the outputs after the model card of MediaPipe's full-range network.
    """

    def __init__(self, card: ModelCard, min_score: float = 0.5) -> None:
        """Load the network.

        Raises:
            ModelError: the file cannot be loaded or is not this network.
        """
        self._network = Network(card.path, low=-1.0, high=1.0)
        if self._network.input_side != card.input_side or self._network.channels != 3:
            raise ModelError(
                f"The model {card.path} is not the face detector that its card describes. Reinstall Masquerade."
            )
        self._min_logit = float(np.log(min_score / (1 - min_score)))
        self._canvas = np.zeros((card.input_side, card.input_side, 3), np.uint8)

    def with_min_score(self, min_score: float) -> "BlazeFace":
        """Return a detector on the same network that reports finds down to another score."""
        other = copy(self)
        other._min_logit = float(np.log(min_score / (1 - min_score)))
        return other

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        """Return the faces in `pixels`, the surest first.

        Args:
            pixels: (H, W, 4) uint8, BGRA.
        """
        scale = self._fill_canvas(pixels)
        regressors, logits = self._network.run(self._canvas)
        return join_detections(self._decode(regressors[0], logits[0, :, 0], scale))

    def _fill_canvas(self, pixels: ByteArray) -> float:
        """Shrink the image into the canvas's top-left part; returns canvas pixels for one pixel."""
        side = self._canvas.shape[0]
        height, width = pixels.shape[:2]
        scale = float(side / max(height, width))
        size_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
        factor = max(round(0.5 / scale), 1)
        if factor > 1:
            # Every n-th pixel first, at twice the resolution needed: averaging all pixels of a
            # 720p frame takes longer than the network, and the network is not surer for it.
            pixels = every_nth(pixels, factor)
        small = cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA)
        self._canvas[:] = 0
        cv2.cvtColor(small, cv2.COLOR_BGRA2RGB, dst=self._canvas[: size_wh[1], : size_wh[0]])
        return scale

    def _decode(self, regressors: FloatArray, logits: FloatArray, scale: float) -> list[Detection]:
        """Return (2304, 16) and (2304,) -> detections in pixels of the frame, the surest first, not joined."""
        chosen = np.flatnonzero(logits >= self._min_logit)
        chosen = chosen[np.argsort(-logits[chosen], kind="stable")]
        side = self._canvas.shape[0]
        # Sizes and offsets come in canvas pixels, offsets from the middle of the anchor's cell.
        cells = np.stack([chosen % _GRID, chosen // _GRID], axis=1)
        middles = (cells + 0.5) * (side / _GRID)
        values = regressors[chosen].reshape(-1, 8, 2)
        places = values + middles[:, np.newaxis]
        places[:, 1] = values[:, 1]
        # A place on the canvas is measured from the edge, a pixel from its centre.
        places[:, 2:] = places[:, 2:] / scale - 0.5
        places[:, :2] /= scale
        scores = 1 / (1 + np.exp(-logits[chosen]))
        return [_detection(place, float(score)) for place, score in zip(places, scores, strict=True)]


def _detection(place: FloatArray, score: float) -> Detection:
    """Return (8, 2): the box's middle, its size, six points -> Detection."""
    (x, y), (width, height) = place[0].tolist(), np.maximum(place[1], 1e-3).tolist()
    box = Box(x - width / 2 - 0.5, y - height / 2 - 0.5, width, height)
    anchors = place[[2 + _LEFT_EYE, 2 + _RIGHT_EYE, 2 + _MOUTH]].astype(np.float32)
    return Detection(box, anchors, score)


def join_detections(found: list[Detection]) -> tuple[Detection, ...]:
    """Make one detection of those that overlap, weighted by their scores.

    The mean of several is steadier from frame to frame than the best one alone.

    Args:
        found: the surest first.
    """
    joined = []
    rest = found
    while rest:
        best = rest[0]
        same = [other for other in rest if overlap(best.box, other.box) > _SAME_FACE_OVERLAP]
        rest = [other for other in rest if overlap(best.box, other.box) <= _SAME_FACE_OVERLAP]
        joined.append(_mean_detection(same or [best]))
        rest = [other for other in rest if other is not best]
    return tuple(joined)


def _mean_detection(same: list[Detection]) -> Detection:
    """Return the mean by score of detections of one face; its score is the best one's."""
    weights = np.array([detection.score for detection in same])
    weights /= weights.sum()
    boxes = np.array([(d.box.left, d.box.top, d.box.width, d.box.height) for d in same])
    anchors = np.einsum("n,nij->ij", weights, np.stack([d.anchors for d in same]))
    left, top, width, height = (weights @ boxes).tolist()
    return Detection(Box(left, top, width, height), anchors.astype(np.float32), same[0].score)
