"""Makes the copies of offline augmentation; one matrix moves image and landmarks."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from masquerade.geometry.mirror import mirrored_order
from masquerade.geometry.similarity import transform_points
from masquerade.values import ByteArray, FloatArray

from masquerade_train.inputs.affine import about_centre, compose, mirroring
from masquerade_train.recipes.recipe import Copies

# What Copies.shifts_px is counted in.
_SHIFT_SIDE = 96


@dataclass(frozen=True, slots=True)
class Copy:
    """How one copy differs from its image; the plain `Copy()` does not.

    Attributes:
        degrees: anticlockwise, about the image's middle.
        shift_px: right and down, pixels of an image 96 wide.
        brightness: factor of the grey values.
        noise_sigma: grey values of 255.
        flip: left and right exchanged.
    """

    degrees: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)
    brightness: float = 1.0
    noise_sigma: float = 0.0
    flip: bool = False

    @property
    def moves(self) -> bool:
        """Whether the landmarks lie elsewhere than in the image."""
        return self.flip or self.degrees != 0 or self.shift_px != (0.0, 0.0)


def list_copies(copies: Copies) -> tuple[Copy, ...]:
    """Return the copies of every image: itself first, then one for each entry of `copies`."""
    return (
        Copy(),
        *([Copy(flip=True)] if copies.flip else []),
        *(Copy(degrees=degrees) for degrees in copies.rotations_degrees),
        *(Copy(brightness=factor) for factor in copies.brightness),
        *(Copy(shift_px=shift) for shift in copies.shifts_px),
        *(Copy(noise_sigma=sigma) for sigma in copies.noise_sigma),
        *(_copies_of_the_flipped(copies) if copies.of_the_flipped else ()),
    )


def _copies_of_the_flipped(copies: Copies) -> tuple[Copy, ...]:
    return (
        *(Copy(degrees=degrees, flip=True) for degrees in copies.rotations_degrees),
        *(Copy(brightness=factor, flip=True) for factor in copies.brightness),
    )


def copy_matrix(copy: Copy, side: int) -> FloatArray:
    """Return the map (2, 3) from a square image to its copy."""
    shift = np.array(copy.shift_px, np.float32) * np.float32(side / _SHIFT_SIDE)
    turn = about_centre(side, 1.0, -copy.degrees, 1.0, shift)
    return compose(turn, mirroring(side)) if copy.flip else turn


def copy_landmarks(copy: Copy, landmarks: FloatArray, side: int, names: tuple[str, ...]) -> FloatArray:
    """Return where the landmarks lie in the copies of N images; a landmark that has left the image is NaN.

    Args:
        copy: how the copies differ from their images.
        landmarks: (N, K, 2) float32, pixels; NaN = not marked.
        side: pixels of the square images.
        names: of the K landmarks; they say what changes its name in the mirror.

    Raises:
        ValueError: as in `mirrored_order`.
    """
    if not copy.moves:
        return landmarks
    moved = transform_points(copy_matrix(copy, side), landmarks)
    return leave_out_lost(moved[:, mirrored_order(names)] if copy.flip else moved, side)


def leave_out_lost(landmarks: FloatArray, side: int) -> FloatArray:
    """Return `landmarks` (..., 2) with NaN for both coordinates of each that lies outside the square image."""
    inside = ((landmarks >= -0.5) & (landmarks <= side - 0.5)).all(axis=-1, keepdims=True)
    return np.where(inside, landmarks, np.float32(np.nan))


def copy_image(copy: Copy, image: ByteArray, random: np.random.Generator) -> ByteArray:
    """Return the copy of one image (S, S, C) uint8; what comes in from outside is black.

    Args:
        copy: how the copy differs from the image.
        image: (S, S, C) uint8.
        random: of the noise.
    """
    side, channels = image.shape[0], image.shape[2]
    if copy.moves:
        # OpenCV drops a last axis of one.
        warped = cv2.warpAffine(image, copy_matrix(copy, side), (side, side), flags=cv2.INTER_LINEAR)
        image = cast(ByteArray, warped.reshape(side, side, channels))
    if copy.brightness != 1:
        steps = np.rint(np.arange(256) * copy.brightness).clip(0, 255).astype(np.uint8)
        image = steps[image]
    if copy.noise_sigma:
        noise = random.standard_normal(image.shape, np.float32) * np.float32(copy.noise_sigma)
        image = np.rint(image + noise).clip(0, 255).astype(np.uint8)
    return image
