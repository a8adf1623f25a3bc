"""Measures how far landmarks trail a face with known motion, and how much they tremble: `bench --motion`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Protocol, cast

import cv2
import numpy as np

from masquerade.errors import SourceError
from masquerade.values import ByteArray, Face, FloatArray, Frame

_SIZE_WH = (1280, 720)
_EYE_DISTANCE = 80.0  # pixels
_EYES_AT_XY = (540.0, 300.0)
_STEP_SECONDS = 1 / 30
# The face stands still before it moves, so that everybody has settled, and afterwards.
_STILL_BEFORE, _STILL_AFTER = 1.0, 0.8
_SETTLED_FRAMES = 15
# Noise of a camera: standard deviation in the dark, and variance for each step of brightness.
_READ_NOISE, _SHOT_NOISE = 3.0, 0.06

Path = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Motion:
    """How a face moves.

    Attributes:
        name: for the table.
        path: seconds since the motion began to its place, eye distances.
        seconds: that it lasts.
        light: of the scene, as a share of normal light.
    """

    name: str
    path: Path
    seconds: float
    light: float = 1.0

    @property
    def is_still(self) -> bool:
        """Whether the face does not move at all."""
        return self.path(self.seconds) == self.path(self.seconds / 3) == (0.0, 0.0)


def _at_speed(speed: float) -> Path:
    return lambda seconds: (speed * seconds, 0.0)


def _step(distance: float, duration: float) -> Path:
    return lambda seconds: (distance * (0.5 - 0.5 * cos(pi * min(seconds / duration, 1.0))), 0.0)


MOTIONS = (
    Motion("0.25 a second", _at_speed(0.25), 3.0),
    Motion("0.5 a second", _at_speed(0.5), 2.5),
    Motion("2 a second", _at_speed(2.0), 1.2),
    Motion("sway of 0.5 at 1 Hz", lambda seconds: (0.5 * sin(2 * pi * seconds), 0.0), 3.0),
    Motion("nod of 0.3 at 2 Hz", lambda seconds: (0.0, 0.3 * sin(4 * pi * seconds)), 3.0),
    Motion("step of 3 in 0.35 s", _step(3.0, 0.35), 0.5),
    Motion("still", lambda seconds: (0.0, 0.0), 4.0),
    Motion("still, a quarter of the light", lambda seconds: (0.0, 0.0), 4.0, light=0.25),
)


class Locator(Protocol):
    """Finds the landmarks of the one face in a stream of frames; a new one for every stream."""

    def __call__(self, frame: Frame) -> FloatArray | None:
        """Return the landmarks, (N, 2) pixels; None where no face is found."""


@dataclass(frozen=True, slots=True)
class MotionReport:
    """How landmarks followed one motion. Lengths are shares of the eye distance.

    Attributes:
        name: of the motion.
        trail: mean distance from where the face is; NaN for a still face.
        lag_ms: the delay that explains the most of it; NaN for a still face.
        peak: the largest distance.
        overshoot: how far it went on where the face had stopped; NaN where it does not stop.
        jitter: of a still face, the RMS distance of a landmark from its mean place; else NaN.
        missed: frames in which no face was found.
    """

    name: str
    trail: float
    lag_ms: float
    peak: float
    overshoot: float
    jitter: float
    missed: int


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A photograph and the face in it that is moved."""

    pixels: ByteArray
    eyes_xy: tuple[float, float]
    eye_distance: float


def subject_of(pixels: ByteArray, faces: Sequence[Face], name: str) -> Subject:
    """Return the largest face of a photograph.

    Args:
        pixels: (H, W, 4) uint8 BGRA.
        faces: that were found in it, the largest first.
        name: for the error.

    Raises:
        SourceError: there is no face.
    """
    if not faces:
        raise SourceError(f"There is no face in {name}. Name a photo of one.")
    left, right = faces[0].keypoints.points[:2]
    x, y = ((left + right) / 2).tolist()
    return Subject(pixels, (x, y), float(np.hypot(*(left - right))))


def measure_motion(subjects: Sequence[Subject], motion: Motion, new_locator: Callable[[], Locator]) -> MotionReport:
    """Move each photograph along a path and measure how the landmarks follow; return the mean of all photographs."""
    reports = [_measure(subject, motion, new_locator()) for subject in subjects]

    def mean(name: str) -> float:
        return float(np.mean([getattr(each, name) for each in reports]))

    missed = sum(each.missed for each in reports)
    return MotionReport(
        motion.name, mean("trail"), mean("lag_ms"), mean("peak"), mean("overshoot"), mean("jitter"), missed
    )


def _measure(subject: Subject, motion: Motion, locate: Locator) -> MotionReport:
    found, places, missed = [], [], 0
    for frame, place in _frames(subject, motion):
        points = locate(frame)
        missed += points is None
        if points is not None:
            found.append(points)
            places.append(place)
    if len(found) < 2 * _SETTLED_FRAMES:
        raise SourceError(f"The face was found in {len(found)} frames of '{motion.name}' only. Name another photo.")
    landmarks, path = np.stack(found) / _EYE_DISTANCE, np.array(places)
    first = round(_STILL_BEFORE / _STEP_SECONDS)
    nothing = float("nan")
    if motion.is_still:
        settled = landmarks[first:]
        jitter = float(np.sqrt(((settled - settled.mean(axis=0)) ** 2).sum(axis=2).mean()))
        return MotionReport(motion.name, nothing, nothing, nothing, nothing, jitter, missed)
    return _follow_up(motion, landmarks.mean(axis=1), path, first, missed)


def _follow_up(motion: Motion, middles: FloatArray, path: FloatArray, first: int, missed: int) -> MotionReport:
    """Compare (N, 2) middles of the landmarks with the (N, 2) path, eye distances; the motion begins at `first`."""
    resting = middles[first - _SETTLED_FRAMES : first].mean(axis=0)
    errors = middles - resting - path
    velocities = np.gradient(path, _STEP_SECONDS, axis=0)
    last = first + round(motion.seconds / _STEP_SECONDS)
    moving = slice(first, last + 1)
    distances = np.hypot(*errors[moving].T)
    lag = -float((errors[moving] * velocities[moving]).sum() / (velocities[moving] ** 2).sum())
    # A sway ends at full speed where it began: that stop is no overshoot of a head.
    stops = motion.path(motion.seconds) != (0.0, 0.0) and abs(motion.path(motion.seconds)[0]) > 0.01
    overshoot = max(float(errors[last:, 0].max()), 0.0) if stops else float("nan")
    return MotionReport(
        motion.name, float(distances.mean()), 1000 * lag, float(distances.max()), overshoot, float("nan"), missed
    )


def _frames(subject: Subject, motion: Motion) -> Iterator[tuple[Frame, tuple[float, float]]]:
    """Yield each frame and the face's position in it, in eye distances from its start."""
    random = np.random.default_rng(1)
    count = round((_STILL_BEFORE + motion.seconds + _STILL_AFTER) / _STEP_SECONDS)
    for index in range(count):
        seconds = index * _STEP_SECONDS - _STILL_BEFORE
        place = motion.path(min(max(seconds, 0.0), motion.seconds))
        yield Frame(_image(subject, place, motion.light, random), index, 1.0 + index * _STEP_SECONDS), place


def _image(subject: Subject, place: tuple[float, float], light: float, random: np.random.Generator) -> ByteArray:
    """Return the photograph as the camera sees it, (720, 1280, 4) uint8; noise is added round the face alone."""
    scale = _EYE_DISTANCE / subject.eye_distance
    x, y = (at + _EYE_DISTANCE * moved for at, moved in zip(_EYES_AT_XY, place, strict=True))
    matrix = np.array([[scale, 0, x - scale * subject.eyes_xy[0]], [0, scale, y - scale * subject.eyes_xy[1]]])
    seen = cv2.warpAffine(subject.pixels, matrix, _SIZE_WH, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    image = cast(ByteArray, cv2.convertScaleAbs(seen, alpha=light))
    reach = round(2.3 * _EYE_DISTANCE)
    rows = slice(max(round(y) - reach, 0), round(y) + round(1.3 * reach))
    columns = slice(max(round(x) - reach, 0), round(x) + reach)
    part = image[rows, columns].astype(np.float32)
    noise = random.standard_normal(part.shape, np.float32) * np.sqrt(_READ_NOISE**2 + _SHOT_NOISE * part)
    image[rows, columns] = np.clip(np.round(part + noise), 0, 255).astype(np.uint8)
    image[..., 3] = 255
    return image
