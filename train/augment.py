"""Cuts training crops: one matrix moves the picture and its points, then light, blur and covers disturb it."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from app.geometry.similarity import scale_of, transform_points
from app.values import POINT_INDEX, POINT_NAMES, ByteArray, FloatArray
from app.vision.crop import crop_matrix, cut_crop
from train.covers import cover
from train.datasets.face_set import face_anchors
from train.recipes import Augmentation

# The point that each point becomes in the mirror.
_SWAPPED = {"left": "right", "right": "left"}
MIRRORED = np.array(
    [POINT_INDEX["_".join(_SWAPPED.get(word, word) for word in name.split("_"))] for name in POINT_NAMES]
)
_EYE_DISTANCE_SHARE = 0.3  # of the crop's side, see app.vision.crop.ANCHOR_PLACES


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One training crop.

    Attributes:
        pixels: (side, side, 3) uint8, RGB.
        points: (15, 2) float32, pixels of the crop; NaN = not marked or no face.
        is_face: False where the crop shows none, or too little of one.
    """

    pixels: ByteArray
    points: FloatArray
    is_face: bool


def cut_face(
    picture: ByteArray, points: FloatArray, side: int, augmentation: Augmentation, random: np.random.Generator
) -> Sample:
    """Cuts a face as the app would have cut it, with the errors that `augmentation` tells.

    Args:
        picture: (H, W, 3) uint8, RGB.
        points: (15, 2) float32, pixels of the picture; NaN = not marked.
        side: pixels of the square crop.
    """
    matrix = _compose(_error_matrix(side, augmentation, random), crop_matrix(face_anchors(points), side))
    return _finish(picture, points, matrix, side, augmentation, random)


def cut_stray(
    picture: ByteArray, points: FloatArray, side: int, augmentation: Augmentation, random: np.random.Generator
) -> Sample:
    """Cuts beside a face, or far too wide or too close: what a lost tracker looks at."""
    if random.random() < 0.6:
        angle, distance = random.uniform(0, 2 * np.pi), random.uniform(1.3, 2.6)
        shift = distance * _EYE_DISTANCE_SHARE * side * np.array([np.cos(angle), np.sin(angle)])
        scale = float(np.exp(random.uniform(-0.3, 0.3)))
    else:
        shift = random.normal(0, 0.1 * side, 2)
        scale = float(np.exp(random.choice([-1, 1]) * random.uniform(np.log(2.2), np.log(3.5))))
    stray = _about_centre(side, scale, random.uniform(-45, 45), (1.0, 1.0), shift)
    matrix = _compose(stray, crop_matrix(face_anchors(points), side))
    sample = _finish(picture, points, matrix, side, augmentation, random, reflect=False)
    return Sample(sample.pixels, np.full_like(sample.points, np.nan), False)


def cut_background(picture: ByteArray, side: int, augmentation: Augmentation, random: np.random.Generator) -> Sample:
    """Cuts anywhere out of a picture without a face."""
    height, width = picture.shape[:2]
    scale = side / min(height, width) * float(np.exp(random.uniform(-0.1, 1.0)))
    middle = np.array([(width - 1) / 2, (height - 1) / 2]) + random.normal(0, 0.15, 2) * (width, height)
    turn = _about_centre(side, 1.0, random.uniform(-30, 30), (1.0, 1.0), np.zeros(2))
    to_crop = np.array([[scale, 0, side / 2 - 0.5 - scale * middle[0]], [0, scale, side / 2 - 0.5 - scale * middle[1]]])
    nothing = np.full((len(POINT_NAMES), 2), np.nan, np.float32)
    return _finish(picture, nothing, _compose(turn, to_crop.astype(np.float32)), side, augmentation, random)


def mirror_points(points: FloatArray, side: int) -> FloatArray:
    """Returns the points (15, 2) of the mirrored crop: left becomes right."""
    mirrored = points[MIRRORED].copy()
    mirrored[:, 0] = side - 1 - mirrored[:, 0]
    return mirrored


def _finish(
    picture: ByteArray,
    points: FloatArray,
    matrix: FloatArray,
    side: int,
    augmentation: Augmentation,
    random: np.random.Generator,
    reflect: bool = True,
) -> Sample:
    """Cuts, mirrors and disturbs; `reflect` may show a face twice."""
    moved = transform_points(matrix, points)
    crop = cut_crop(picture, matrix, side)
    if random.random() < augmentation.border_chance:
        crop = _fill_outside(crop, picture, matrix, random, reflect)
    if augmentation.flip and random.random() < 0.5:
        crop, moved = np.ascontiguousarray(crop[:, ::-1]), mirror_points(moved, side)
    is_face = bool(np.isfinite(moved).any())
    if random.random() < augmentation.cover_chance:
        crop = cover(crop, random)
    return Sample(disturb(crop, augmentation, random), moved, is_face)


def _fill_outside(
    crop: ByteArray, picture: ByteArray, matrix: FloatArray, random: np.random.Generator, reflect: bool
) -> ByteArray:
    """Puts mirrored picture or one colour where the crop is black because the picture ended.

    Black wedges are rare in the app (a face at the frame's edge): a net must not lean on them.
    """
    side = crop.shape[0]
    if reflect and random.random() < 0.6 and scale_of(matrix) > 0.5:
        return cast(
            ByteArray,
            cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        )
    inside = cv2.warpAffine(np.full(picture.shape[:2], 255, np.uint8), matrix, (side, side))[..., None]
    colour = random.integers(0, 256, 3)
    return (crop + colour * (1 - inside / 255.0)).clip(0, 255).astype(np.uint8)


def _error_matrix(side: int, augmentation: Augmentation, random: np.random.Generator) -> FloatArray:
    """The similarity, nearly, that a detector's or a tracker's error lays over the crop: (2, 3)."""
    angle, distance = random.uniform(0, 2 * np.pi), float(np.hypot(*random.normal(0, augmentation.shift_sigma, 2)))
    if random.random() < augmentation.tail_chance:
        distance = random.uniform(0, augmentation.shift_tail)
    shift = distance * _EYE_DISTANCE_SHARE * side * np.array([np.cos(angle), np.sin(angle)])
    usual, tail = augmentation.rotation_degrees
    degrees = (
        random.uniform(-tail, tail) if random.random() < augmentation.tail_chance else random.uniform(-usual, usual)
    )
    scale = float(np.exp(random.uniform(*np.log(augmentation.scale_range))))
    stretch = 1 + random.uniform(-augmentation.stretch, augmentation.stretch)
    return _about_centre(side, scale, degrees, (stretch, 1 / stretch), shift)


def _about_centre(
    side: int, scale: float, degrees: float, stretch: tuple[float, float], shift: FloatArray | np.ndarray
) -> FloatArray:
    """Turns and scales about the crop's centre, then shifts: (2, 3) float32."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.diag(stretch)
    centre = np.full(2, side / 2 - 0.5)
    return np.column_stack([linear, centre - linear @ centre + shift]).astype(np.float32)


def _compose(after: FloatArray, before: FloatArray) -> FloatArray:
    """The one map (2, 3) that does `before`, then `after`."""
    linear = after[:, :2] @ before[:, :2]
    return np.column_stack([linear, after[:, :2] @ before[:, 2] + after[:, 2]]).astype(np.float32)


def disturb(crop: ByteArray, augmentation: Augmentation, random: np.random.Generator) -> ByteArray:
    """Changes light, colour and sharpness as cameras and rooms do: (S, S, 3) uint8 -> the same."""
    chances = random.random(6)
    pixels = crop.astype(np.float32)
    if chances[0] < augmentation.colour_chance:
        pixels = _colour(pixels, random)
    if chances[1] < augmentation.grey_chance:
        pixels = np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    if chances[2] < augmentation.shade_chance:
        pixels = _shade(pixels, random)
    if chances[3] < augmentation.blur_chance:
        pixels = _blur(pixels, random)
    if chances[4] < augmentation.noise_chance:
        pixels = _noise(pixels, random)
    disturbed = np.rint(pixels).clip(0, 255).astype(np.uint8)
    if chances[5] < augmentation.jpeg_chance:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 80))]
        disturbed = cast(ByteArray, cv2.imdecode(cv2.imencode(".jpg", disturbed, quality)[1], cv2.IMREAD_COLOR))
    return disturbed


def _colour(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Gamma, contrast, brightness, tint and saturation."""
    steps = np.arange(256, dtype=np.float32) / 255
    gamma, contrast = np.exp(random.uniform(-0.45, 0.45)), np.exp(random.uniform(-0.45, 0.3))
    curve = (steps**gamma - 0.5) * contrast + 0.5 + random.uniform(-0.2, 0.2)
    table = np.rint(255 * curve[:, None] * np.exp(random.normal(0, 0.08, 3))).clip(0, 255).astype(np.uint8)
    changed = cv2.LUT(pixels.astype(np.uint8), table[None]).astype(np.float32)
    grey = cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY)[..., None]
    return cast(FloatArray, grey + random.uniform(0.5, 1.3) * (changed - grey))


def _shade(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Light from one side: a ramp across the crop, now and then with a hard edge."""
    side = pixels.shape[0]
    across = np.linspace(-1, 1, side, dtype=np.float32)
    angle = random.uniform(0, 2 * np.pi)
    ramp = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None]
    if random.random() < 0.3:
        ramp = np.tanh((ramp - random.uniform(-0.5, 0.5)) * random.uniform(3, 12)).astype(np.float32)
    return cast(FloatArray, pixels * np.exp(random.uniform(0.2, 0.8) * ramp - 0.1).astype(np.float32)[..., None])


def _blur(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Out of focus, moved, or from a face only a few pixels wide."""
    side = pixels.shape[0]
    kind = random.random()
    if kind < 0.35:
        return cast(FloatArray, cv2.GaussianBlur(pixels, (0, 0), random.uniform(0.4, 1.8) * side / 96))
    if kind < 0.6:
        length = int(random.integers(3, 9))
        kernel = np.zeros((length, length), np.float32)
        angle = random.uniform(0, np.pi)
        reach = (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
        ends = np.rint((length - 1) / 2 + np.stack([-reach, reach])).astype(int)
        cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 1.0)
        return cast(FloatArray, cv2.filter2D(pixels, -1, kernel / kernel.sum()))
    small = max(int(side / random.uniform(1.3, 3.5)), 8)
    coarse = cv2.resize(pixels, (small, small), interpolation=cv2.INTER_AREA)
    return cast(FloatArray, cv2.resize(coarse, (side, side), interpolation=cv2.INTER_LINEAR))


def _noise(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Sensor noise; now and then in blotches, as after a camera's own smoothing."""
    noise = random.standard_normal(pixels.shape, np.float32) * np.float32(random.uniform(2, 16))
    if random.random() < 0.3:
        noise = 2 * cv2.GaussianBlur(noise, (0, 0), 0.8)
    return pixels + noise
