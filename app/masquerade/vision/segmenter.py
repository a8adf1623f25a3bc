"""Computes the person mask with MediaPipe's selfie segmentation, steadied over time and fitted to edges."""

import cv2
import numpy as np

from masquerade.values import ByteArray, FloatArray
from masquerade.vision.card import ModelCard
from masquerade.vision.tflite import Network

# Rows of the mask that is given away: finer than the network's, so that its edge can follow the image.
_MASK_ROWS = 360
# A guided filter's window, in pixels of the network's input, and its smallest contrast (He, Sun, Tang 2013).
_RADIUS, _EPSILON = 4, 2e-4
# Where a mask changes by more than this it is believed at once; below, it follows slowly and does not flicker.
_MOVED, _FOLLOW = 0.25, 0.35
# The network is unsure near edges: below and above this it counts as none and all.
_LOW, _HIGH = 0.12, 0.88


class PersonSegmenter:
    """Find the people of one stream. For one thread.

    Args:
        card: of a model of the kind "segmenter".

    Raises:
        ModelError: the model cannot be loaded.
    """

    def __init__(self, card: ModelCard) -> None:
        self._network = Network(card.path, 0.0, 1.0, square=False)
        self._last: FloatArray | None = None
        self._shape: tuple[int, int] | None = None

    def segment(self, pixels: ByteArray) -> ByteArray:
        """Return the mask of all people in a frame.

        Args:
            pixels: (H, W, 4) uint8 BGRA; a change of size starts a new stream.

        Returns:
            (h, w) uint8, 255 where there is a person, in the frame's proportions, at most 360 rows.
        """
        shape = (pixels.shape[0], pixels.shape[1])
        if shape != self._shape:
            self._shape, self._last = shape, None
        small, inner = _letterbox(pixels, self._network.input_wh)
        (likely,) = self._network.run(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGRA2RGB), np.uint8))
        left, top, right, bottom = inner
        steady = self._steady(np.ascontiguousarray(likely[0, top:bottom, left:right, 0]))
        return _along_the_image(steady, small[top:bottom, left:right], pixels)

    def _steady(self, likely: FloatArray) -> FloatArray:
        """Blend a mask with the previous one: at once where much changed, slowly where little did."""
        old = self._last
        if old is None or old.shape != likely.shape:
            self._last = likely
            return likely
        change = np.abs(likely - old)
        share = np.clip(_FOLLOW + (1.0 - _FOLLOW) * change / _MOVED, 0.0, 1.0)
        self._last = np.asarray(old + share * (likely - old), np.float32)
        return self._last


def _letterbox(pixels: ByteArray, input_wh: tuple[int, int]) -> tuple[ByteArray, tuple[int, int, int, int]]:
    """Return the frame at the network's size, with black bars, and where the frame lies in it."""
    height, width = pixels.shape[:2]
    scale = min(input_wh[0] / width, input_wh[1] / height)
    inner_wh = max(round(width * scale), 1), max(round(height * scale), 1)
    left, top = (input_wh[0] - inner_wh[0]) // 2, (input_wh[1] - inner_wh[1]) // 2
    canvas = np.zeros((input_wh[1], input_wh[0], 4), np.uint8)
    inner = canvas[top : top + inner_wh[1], left : left + inner_wh[0]]
    inner[:] = cv2.resize(pixels, inner_wh, interpolation=cv2.INTER_AREA)
    return canvas, (left, top, left + inner_wh[0], top + inner_wh[1])


def _along_the_image(likely: FloatArray, small: ByteArray, pixels: ByteArray) -> ByteArray:
    """Return the mask enlarged so that its edge follows the edges of the image.

    Source:
        He, Sun, "Fast Guided Filter" (2015): the linear coefficients are found on the small image
        and applied to the large one.
    """
    window = (2 * _RADIUS + 1, 2 * _RADIUS + 1)
    guide = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGRA2GRAY), np.float32) / np.float32(255)

    def mean(values: FloatArray) -> FloatArray:
        return np.asarray(cv2.blur(values, window), np.float32)

    mean_guide, mean_mask = mean(guide), mean(likely)
    covariance = mean(guide * likely) - mean_guide * mean_mask
    variance = mean(guide * guide) - mean_guide * mean_guide
    slope = np.asarray(covariance / (variance + _EPSILON), np.float32)
    offset = np.asarray(mean_mask - slope * mean_guide, np.float32)
    rows = min(_MASK_ROWS, pixels.shape[0])
    size_wh = max(round(pixels.shape[1] * rows / pixels.shape[0]), 1), rows
    # Half of 720 rows is the mean of four pixels; what is left over otherwise, an edge can bear.
    large = cv2.cvtColor(cv2.resize(pixels, size_wh, interpolation=cv2.INTER_LINEAR), cv2.COLOR_BGRA2GRAY)
    slopes, offsets = (
        np.asarray(cv2.resize(mean(each), size_wh, interpolation=cv2.INTER_LINEAR), np.float32)
        for each in (slope, offset)
    )
    mask = slopes * (np.asarray(large, np.float32) / np.float32(255)) + offsets
    share = np.clip((mask - _LOW) / (_HIGH - _LOW), 0.0, 1.0)
    return np.asarray(np.round(255 * share), np.uint8)
