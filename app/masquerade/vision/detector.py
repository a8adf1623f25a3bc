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

_CELL = 4  # pixels of the canvas a side, one anchor in the middle of each
_LEFT_EYE, _RIGHT_EYE, _MOUTH = 1, 0, 3  # places of the person's own parts among the six points
_MIN_SCALE = 0.96  # the quicker network is used where it shows faces at least at this share of the size
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

    def __init__(self, card: ModelCard, wide_card: ModelCard | None = None, min_score: float = 0.5) -> None:
        """Load the networks.

        Args:
            card: of the network for images of any shape.
            wide_card: of a quicker one for wide images, whose input is two thirds as high.
            min_score: of the faces to report.

        Raises:
            ModelError: a file cannot be loaded or is not this network.
        """
        self._canvases = tuple(_Canvas(each) for each in (wide_card, card) if each is not None)
        self._min_logit = float(np.log(min_score / (1 - min_score)))

    def with_min_score(self, min_score: float) -> "BlazeFace":
        """Return a detector on the same networks that reports finds down to another score."""
        other = copy(self)
        other._min_logit = float(np.log(min_score / (1 - min_score)))
        return other

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        """Return the faces in `pixels`, the surest first.

        Args:
            pixels: (H, W, 4) uint8, BGRA.
        """
        largest = max(each.scale_of(pixels) for each in self._canvases)
        canvas = next(each for each in self._canvases if each.scale_of(pixels) >= _MIN_SCALE * largest)
        scale = canvas.fill(pixels)
        regressors, logits = canvas.run()
        return join_detections(self._decode(regressors, logits, scale, canvas.columns))

    def _decode(self, regressors: FloatArray, logits: FloatArray, scale: float, columns: int) -> list[Detection]:
        """Return (N, 16) and (N,) -> detections in pixels of the frame, the surest first, not joined."""
        chosen = np.flatnonzero(logits >= self._min_logit)
        chosen = chosen[np.argsort(-logits[chosen], kind="stable")]
        # Sizes and offsets come in canvas pixels, offsets from the middle of the anchor's cell.
        cells = np.stack([chosen % columns, chosen // columns], axis=1)
        middles = (cells + 0.5) * _CELL
        values = regressors[chosen].reshape(-1, 8, 2)
        places = values + middles[:, np.newaxis]
        places[:, 1] = values[:, 1]
        # A place on the canvas is measured from the edge, a pixel from its centre.
        places[:, 2:] = places[:, 2:] / scale - 0.5
        places[:, :2] /= scale
        scores = 1 / (1 + np.exp(-logits[chosen]))
        return [_detection(place, float(score)) for place, score in zip(places, scores, strict=True)]


class _Canvas:
    """A network and its input, into whose top-left part images are shrunk."""

    def __init__(self, card: ModelCard) -> None:
        self._network = Network(card.path, low=-1.0, high=1.0, square=False)
        width, height = self._network.input_wh
        if width != card.input_side or self._network.channels != 3:
            raise ModelError(
                f"The model {card.path} is not the face detector that its card describes. Reinstall Masquerade."
            )
        self._pixels = np.zeros((height, width, 3), np.uint8)
        self.columns = width // _CELL

    def scale_of(self, pixels: ByteArray) -> float:
        """Return how many canvas pixels a pixel of the image would have."""
        height, width = self._pixels.shape[:2]
        return float(min(height / pixels.shape[0], width / pixels.shape[1]))

    def fill(self, pixels: ByteArray) -> float:
        """Shrink the image into the canvas; returns canvas pixels for one pixel."""
        height, width = pixels.shape[:2]
        scale = self.scale_of(pixels)
        size_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
        factor = max(round(0.5 / scale), 1)
        if factor > 1:
            # Every n-th pixel first, at twice the resolution needed: averaging all pixels of a
            # 720p frame takes longer than the network, and the network is not surer for it.
            pixels = every_nth(pixels, factor)
        # About two by two pixels become one; INTER_AREA does the same in ten times the time.
        small = cv2.resize(pixels, size_wh, interpolation=cv2.INTER_LINEAR)
        self._pixels[:] = 0
        cv2.cvtColor(small, cv2.COLOR_BGRA2RGB, dst=self._pixels[: size_wh[1], : size_wh[0]])
        return scale

    def run(self) -> tuple[FloatArray, FloatArray]:
        """Return the regressors (N, 16) and the logits (N,) of the anchors, row by row."""
        # In whatever order the file names them.
        regressors, logits = sorted(self._network.run(self._pixels), key=lambda each: -each.shape[-1])
        return regressors[0], logits[0, :, 0]


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
