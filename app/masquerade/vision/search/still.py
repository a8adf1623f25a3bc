"""Finds faces in single images, searching more thoroughly than in a video."""

from dataclasses import dataclass

import numpy as np

from masquerade.geometry.pose import fit_pose
from masquerade.values import Box, ByteArray, Detection, Face, FloatArray, Keypoints
from masquerade.vision.crop import crop_side
from masquerade.vision.detector import Detector
from masquerade.vision.landmarker import LandmarkFinder
from masquerade.vision.search.downscaled import detect_in, is_same_face, split_image
from masquerade.vision.search.looks import Looks, look_again
from masquerade.vision.search.rotated import QUARTER_TURNS, detect_downscaled, detect_rotated

_TILES_A_SIDE = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class StillSettings:
    """How thoroughly to search, and which finds to accept.

    Attributes:
        min_score: of the landmarks; below it a find is no face.
        steady: how far the landmarks of the looks may lie apart, eye distances; on hands, toes
            and toys they wander.
        sure_detection: a detector as sure as this makes up for landmarks up to `unsteady` apart.
        odd_score: least score of the landmarks of finds in a turned image or from further away, where
            the detector has to be sure, and the eyes `odd_eyes_pixels` apart: it sees more there that is no face.
        smallest_tile_pixels: smaller tiles than the detector's own input show nothing new.
    """

    min_score: float = 0.5
    steady: float = 0.04
    unsteady: float = 0.08
    sure_detection: float = 0.6
    odd_score: float = 0.9
    odd_eyes_pixels: float = 12.0
    smallest_tile_pixels: int = 192


class StillFinder:
    """Finds the faces of single images at several scales and four rotations; on one thread at a time."""

    def __init__(self, detector: Detector, finder: LandmarkFinder, settings: StillSettings | None = None) -> None:
        """Use the same networks as the live line."""
        self._detector = detector
        self._finder = finder
        self._settings = settings or StillSettings()

    def find(self, pixels: ByteArray) -> tuple[Face, ...]:
        """Return the faces, the largest first, numbered from 1.

        Args:
            pixels: (H, W, 4) uint8, BGRA.
        """
        settings = self._settings
        candidates = [(each, settings.min_score) for each in self._look(pixels)]
        candidates += [(each, settings.odd_score) for each in self._look_oddly(pixels)]
        kept: list[Keypoints] = []
        mirrored = np.ascontiguousarray(pixels[:, ::-1])
        # The surest first; where its landmarks do not hold, another look at the same face may do better.
        for detection, min_score in sorted(candidates, key=lambda each: -each[0].score):
            if _is_among(kept, detection.anchors):
                continue
            looks = self._refine(pixels, mirrored, detection.anchors)
            if looks is None or _is_among(kept, looks.keypoints.anchors):
                continue
            if self._is_sure(looks, detection, min_score):
                kept.append(looks.keypoints)
        kept.sort(key=lambda keypoints: -crop_side(keypoints.anchors))
        return tuple(Face(number, each, fit_pose(each.points)) for number, each in enumerate(kept, start=1))

    def _is_sure(self, looks: Looks, detection: Detection, min_score: float) -> bool:
        settings = self._settings
        allowed = settings.unsteady if detection.score >= settings.sure_detection else settings.steady
        return looks.keypoints.score >= min_score and looks.spread < allowed

    def _look(self, pixels: ByteArray) -> list[Detection]:
        """Return the detections in the whole image and in smaller and smaller tiles, with repeats."""
        tiles = self._tiles(pixels.shape[1], pixels.shape[0])
        return [each for tile in tiles for each in detect_in(self._detector, pixels, tile)]

    def _look_oddly(self, pixels: ByteArray) -> list[Detection]:
        """Return confident detections in the smaller and the rotated image, with repeats."""
        found = [each for each in detect_downscaled(self._detector, pixels) if self._is_clear(each)]
        for quarter_turns in QUARTER_TURNS:
            # Part by part only where somebody lies that way.
            for parts in (1, 2, 3):
                seen = detect_rotated(self._detector, pixels, quarter_turns, parts)
                clear = [each for each in seen if self._is_clear(each)]
                if not clear:
                    break
                found += clear
        return found

    def _is_clear(self, detection: Detection) -> bool:
        eyes = float(np.linalg.norm(detection.anchors[0] - detection.anchors[1]))
        return detection.score >= self._settings.sure_detection and eyes >= self._settings.odd_eyes_pixels

    def _tiles(self, width: int, height: int) -> list[Box]:
        tiles: list[Box] = []
        for count in _TILES_A_SIDE:
            split = split_image(width, height, count)
            if count > 1 and max(split[0].width, split[0].height) < self._settings.smallest_tile_pixels:
                break
            tiles.extend(split)
        return tiles

    def _refine(self, pixels: ByteArray, mirrored: ByteArray, anchors: FloatArray) -> Looks | None:
        """Return landmarks, refined from the detector's anchors, then from their own, then by many passes.

        None where there is no face, or the looks do not agree at all.
        """
        for _ in range(2):
            seen = self._finder.find(pixels, anchors)
            anchors = seen.anchors
            if np.ptp(anchors, axis=0).max() < 1:
                return None
        if seen.score < self._settings.min_score:
            return None
        return look_again(self._finder.find, pixels, mirrored, anchors, self._settings.unsteady)


def _is_among(kept: list[Keypoints], anchors: FloatArray) -> bool:
    return any(is_same_face(anchors, other.anchors) for other in kept)
