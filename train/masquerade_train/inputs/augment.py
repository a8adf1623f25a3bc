"""Cuts training crops: one matrix moves image and landmarks, then light, blur and occlusions are added."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from masquerade.geometry.mirror import mirror_landmarks
from masquerade.geometry.similarity import Similarity, transform_points
from masquerade.values import LANDMARK_NAMES, ByteArray, FloatArray
from masquerade.vision.crop import crop_similarity, cut_crop

from masquerade_train.datasets.face_set import face_anchors
from masquerade_train.inputs.affine import about_centre, compose, resizing
from masquerade_train.inputs.disturb import disturb
from masquerade_train.inputs.occlusions import cover
from masquerade_train.recipes.augmentation import Augmentation

_EYE_DISTANCE_SHARE = 0.3  # of the crop's side, see masquerade.vision.crop.ANCHOR_PLACES


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One training crop.

    Attributes:
        pixels: (side, side, 3) uint8, RGB.
        landmarks: (K, 2) float32, pixels of the crop; NaN = not marked or no face.
        is_face: False where the crop shows none, or too little of one.
    """

    pixels: ByteArray
    landmarks: FloatArray
    is_face: bool


@dataclass(frozen=True, slots=True, eq=False)
class Cutter:
    """Cuts square crops out of images and augments them.

    Attributes:
        side: pixels of the square crop.
        random: moves on with every crop.
        names: of the landmarks.
    """

    side: int
    augmentation: Augmentation
    random: np.random.Generator
    names: tuple[str, ...] = LANDMARK_NAMES

    def face(self, image: ByteArray, landmarks: FloatArray) -> Sample:
        """Cut a face as the app would, with the errors of the augmentation.

        Args:
            image: (H, W, 3) uint8, RGB.
            landmarks: (K, 2) float32, pixels of the image; NaN = not marked.
        """
        return self._finish(image, landmarks, compose(self._error_matrix(), self._straight(landmarks)))

    def whole(self, image: ByteArray, landmarks: FloatArray) -> Sample:
        """Augment the full image; see `face` for the arguments."""
        height, width = image.shape[:2]
        return self._finish(image, landmarks, compose(self._error_matrix(), resizing((width, height), self.side)))

    def stray(self, image: ByteArray, landmarks: FloatArray) -> Sample:
        """Cut beside a face, far too wide or too close, like a tracker that lost it."""
        random = self.random
        if random.random() < 0.6:
            shift = self._shift(random.uniform(1.3, 2.6))
            scale = float(np.exp(random.uniform(-0.3, 0.3)))
        else:
            shift = self._shift(random.uniform(0, 0.4))
            scale = float(np.exp(random.choice([-1, 1]) * random.uniform(np.log(2.2), np.log(3.5))))
        stray = about_centre(self.side, scale, random.uniform(-45, 45), 1.0, shift)
        sample = self._finish(image, landmarks, compose(stray, self._straight(landmarks)), reflect=False)
        return Sample(sample.pixels, np.full_like(sample.landmarks, np.nan), False)

    def background(self, image: ByteArray) -> Sample:
        """Cut anywhere out of an image (H, W, 3) uint8 RGB without a face."""
        side, random = self.side, self.random
        height, width = image.shape[:2]
        scale = side / min(height, width) * float(np.exp(random.uniform(-0.1, 1.0)))
        middle = np.array([(width - 1) / 2, (height - 1) / 2]) + random.normal(0, 0.15, 2) * (width, height)
        to_crop = np.column_stack([scale * np.eye(2), side / 2 - 0.5 - scale * middle]).astype(np.float32)
        turn = about_centre(side, 1.0, random.uniform(-30, 30), 1.0, np.zeros(2, np.float32))
        nothing = np.full((len(self.names), 2), np.nan, np.float32)
        return self._finish(image, nothing, compose(turn, to_crop))

    def _straight(self, landmarks: FloatArray) -> FloatArray:
        return crop_similarity(face_anchors(landmarks), self.side).matrix

    def _shift(self, eye_distances: float) -> FloatArray:
        """Return (2,) pixels of the crop, in any direction."""
        angle = self.random.uniform(0, 2 * np.pi)
        length = eye_distances * _EYE_DISTANCE_SHARE * self.side
        return np.array([length * np.cos(angle), length * np.sin(angle)], np.float32)

    def _error_matrix(self) -> FloatArray:
        """Return the similarity, nearly, that a detector's or a tracker's error lays over the crop: (2, 3)."""
        augmentation, random = self.augmentation, self.random
        distance = float(np.hypot(*random.normal(0, augmentation.shift_sigma, 2)))
        if random.random() < augmentation.tail_chance:
            distance = random.uniform(0, augmentation.shift_tail)
        usual, tail = augmentation.rotation_degrees
        reach = tail if random.random() < augmentation.tail_chance else usual
        scale = float(np.exp(random.uniform(*np.log(augmentation.scale_range))))
        stretch = 1 + random.uniform(-augmentation.stretch, augmentation.stretch)
        return about_centre(self.side, scale, random.uniform(-reach, reach), stretch, self._shift(distance))

    def _finish(self, image: ByteArray, landmarks: FloatArray, matrix: FloatArray, reflect: bool = True) -> Sample:
        """Cut, mirrors and disturbs; `reflect` may show a face twice."""
        augmentation, random = self.augmentation, self.random
        moved = transform_points(matrix, landmarks)
        crop = cut_crop(image, matrix, self.side)
        if random.random() < augmentation.border_chance:
            crop = _fill_outside(crop, image, matrix, random, reflect)
        if augmentation.flip and random.random() < 0.5:
            crop, moved = np.ascontiguousarray(crop[:, ::-1]), mirror_landmarks(moved, self.side, self.names)
        if random.random() < augmentation.cover_chance:
            crop = cover(crop, random)
        return Sample(disturb(crop, augmentation, random), moved, bool(np.isfinite(moved).any()))


def _fill_outside(
    crop: ByteArray, image: ByteArray, matrix: FloatArray, random: np.random.Generator, reflect: bool
) -> ByteArray:
    """Put mirrored image or one colour where the crop is black because the image ended.

    Black wedges are rare in the app (a face at the frame's edge): a network must not lean on them.
    """
    side = crop.shape[0]
    if reflect and random.random() < 0.6 and Similarity.from_matrix(matrix).scale > 0.5:
        return cast(
            ByteArray,
            cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        )
    inside = cv2.warpAffine(np.full(image.shape[:2], 255, np.uint8), matrix, (side, side))[..., None]
    colour = random.integers(0, 256, 3)
    return (crop + colour * (1 - inside / 255.0)).clip(0, 255).astype(np.uint8)
