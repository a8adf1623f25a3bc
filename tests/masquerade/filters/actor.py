"""Plays expressions and gestures on the head model's face, for the tests of triggers."""

from dataclasses import dataclass, replace

import numpy as np
from masquerade.filters.triggers.triggers import Triggers
from masquerade.geometry.head import face_points
from masquerade.geometry.pose import rotation_from
from masquerade.values import POINT_INDEX, Face, Trigger

from tests.masquerade.filters.portrait import face_of

FRAMES_PER_SECOND = 30.0
# Eye distances: below the eyes and behind them.
NECK = np.array([0.0, 1.2, 1.0])


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


def face(look: Look, scale: float = 60.0, identity: int = 0) -> Face:
    """Returns the face; `scale` is pixels for one eye distance."""
    places = face_points().copy()
    left, right = POINT_INDEX["mouth_left_corner"], POINT_INDEX["mouth_right_corner"]
    places[left, 0] += look.wider / 2
    places[right, 0] -= look.wider / 2
    places[[left, right], 1] -= look.corners_up
    places[POINT_INDEX["mouth_center_bottom_lip"], 1] += look.gap
    places[6:10, 1] -= look.brows_up
    # The head turns about the neck.
    turned = (places - NECK) @ rotation_from(look.yaw, look.pitch, look.roll).T + NECK
    return face_of(np.float32([300, 200]) + scale * turned[:, :2], identity)


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
