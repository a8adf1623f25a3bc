"""Plays expressions and gestures on the head model's face, for the tests of triggers."""

from dataclasses import dataclass, replace

import numpy as np
from masquerade.contours import CONTOUR_COUNT, LEFT_EYE, RIGHT_EYE
from masquerade.filters.triggers.triggers import Triggers
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import rotation_from
from masquerade.values import LANDMARK_INDEX, Face, FloatArray, Trigger

from tests.masquerade.filters.portrait import face_of

FRAMES_PER_SECOND = 30.0
# Eye distances: below the eyes and behind them.
NECK = np.array([0.0, 1.2, 1.0])
# Between the lids of an open eye, and of a closed one.
OPEN, CLOSED = 0.12, 0.04


@dataclass(frozen=True)
class Look:
    """What the actor does: changes of the head model's face in eye distances, and the head's angles in degrees."""

    wider: float = 0.0
    corners_up: float = 0.0
    gap: float = 0.0
    brows_up: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    left_lids: float = OPEN
    right_lids: float = OPEN


def face(look: Look, scale: float = 60.0, identity: int = 0) -> Face:
    """Returns the face; `scale` is pixels for one eye distance."""
    places = model_landmarks().copy()
    left, right = LANDMARK_INDEX["mouth_left_corner"], LANDMARK_INDEX["mouth_right_corner"]
    places[left, 0] += look.wider / 2
    places[right, 0] -= look.wider / 2
    places[[left, right], 1] -= look.corners_up
    places[LANDMARK_INDEX["mouth_center_bottom_lip"], 1] += look.gap
    places[6:10, 1] -= look.brows_up
    # The head turns about the neck.
    turned = (places - NECK) @ rotation_from(look.yaw, look.pitch, look.roll).T + NECK
    plain = face_of(np.float32([300, 200]) + scale * turned[:, :2], identity)
    outlines = (_contours(places, look) - NECK) @ rotation_from(look.yaw, look.pitch, look.roll).T + NECK
    contours = (np.float32([300, 200]) + scale * outlines[:, :2]).astype(np.float32)
    return replace(plain, keypoints=replace(plain.keypoints, contours=contours))


def _contours(places: FloatArray, look: Look) -> FloatArray:
    """Returns the contours in the head model's units, (70, 3); the eyes alone are where they belong."""
    contours = np.zeros((CONTOUR_COUNT, 3))
    eyes = ((LEFT_EYE, "left_eye_center", look.left_lids), (RIGHT_EYE, "right_eye_center", look.right_lids))
    for edge, name, gap in eyes:
        heights = np.array([0, -0.5, -0.5, 0, 0.5, 0.5]) * gap
        across = np.array([-0.15, -0.06, 0.06, 0.15, 0.06, -0.06])
        contours[list(edge)] = places[LANDMARK_INDEX[name]] + np.column_stack([across, heights, np.zeros(6)])
    return contours


def play(looks: list[Look], frames_per_second: float = FRAMES_PER_SECOND, scale: float = 60.0) -> list[set[Trigger]]:
    """Returns which triggers are on after each look."""
    triggers = Triggers()
    return [
        set(triggers.watch((face(look, scale),), index / frames_per_second)[0].active)
        for index, look in enumerate(looks)
    ]


def still(seconds: float, look: Look | None = None, frames_per_second: float = FRAMES_PER_SECOND) -> list[Look]:
    """Returns a look that lasts."""
    return [look or Look()] * round(seconds * frames_per_second)


def swinging(
    angle: str, degrees: float, hertz: float, seconds: float, frames_per_second: float = FRAMES_PER_SECOND
) -> list[Look]:
    """Returns a head that goes to and fro."""
    times = np.arange(round(seconds * frames_per_second)) / frames_per_second
    return [replace(Look(), **{angle: float(degrees * np.sin(2 * np.pi * hertz * time))}) for time in times]
