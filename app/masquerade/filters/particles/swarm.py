"""The particles of one layer: their random start, and their position after some time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from masquerade.filters.format.image_layers import ParticlesLayer
from masquerade.values import Matrix

# One row for each particle. Lengths in pixels of the frame, times in seconds, angles in radians.
PARTICLE = np.dtype(
    [
        ("owner", np.int64),
        ("art", np.int32),
        ("x", np.float64),
        ("y", np.float64),
        ("speed_x", np.float64),
        ("speed_y", np.float64),
        ("unit", np.float64),
        ("width", np.float64),
        ("age", np.float64),
        ("life", np.float64),
        ("tilt", np.float64),
        ("spin", np.float64),
        ("flip", np.float64),
        ("phase", np.float64),
    ]
)
Particles = NDArray[np.void]
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Source:
    """A place where particles are emitted.

    Attributes:
        owner: identity of the face, or NOBODY.
        xy: pixels of the frame.
        area_wh: pixels, round `xy`.
        unit: pixels for one eye distance.
        side: 1 where outwards is to the right of the image, -1 to the left.
    """

    owner: int
    xy: tuple[float, float]
    area_wh: tuple[float, float]
    unit: float
    side: float


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The particles at one time; every array is (N,).

    Attributes:
        x, y: of the middle, pixels of the frame.
        width: pixels.
        angle: radians, clockwise.
        turned: -1 to 1, the visible share of the width as the particle flips.
        opacity: 0 to 1.
    """

    x: Matrix
    y: Matrix
    width: Matrix
    angle: Matrix
    turned: Matrix
    opacity: Matrix


def nothing() -> Particles:
    """Return no particles."""
    return np.empty(0, PARTICLE)


def born(layer: ParticlesLayer, sources: list[Source], ages: Matrix, chance: "np.random.Generator") -> Particles:
    """Return new particles.

    Every particle takes its chances in the same order, so that the same seed gives the
    same swarm, however many are born at a time.

    Args:
        layer: how they are.
        sources: of each particle, one of them by chance.
        ages: (N,) seconds since each was born.
        chance: its source of randomness.
    """
    dice = chance.random((len(ages), 12)).T
    chosen = [sources[int(roll * len(sources))] for roll in dice[0]]
    origin = np.array([(each.xy, each.area_wh, (each.unit, each.side)) for each in chosen]).reshape(-1, 6).T
    x, y, area_width, area_height, unit, side = origin
    flight = layer.flight
    direction = np.radians(flight.direction + flight.spread * (2.0 * dice[1] - 1.0))
    speed = unit * _within(flight.speed, dice[2])
    fresh = np.empty(len(ages), PARTICLE)
    fresh["owner"] = [each.owner for each in chosen]
    fresh["art"] = dice[3] * len(layer.art)
    fresh["x"], fresh["y"] = x + area_width * (dice[4] - 0.5), y + area_height * (dice[5] - 0.5)
    fresh["speed_x"], fresh["speed_y"] = side * speed * np.sin(direction), -speed * np.cos(direction)
    fresh["unit"] = unit
    fresh["width"] = unit * _within(layer.size, dice[6])
    fresh["age"], fresh["life"] = ages, _within(layer.life, dice[7])
    fresh["tilt"] = np.radians(layer.tilt) * (2.0 * dice[8] - 1.0)
    fresh["spin"] = np.radians(_within(flight.spin, dice[9])) * side
    fresh["flip"] = 2.0 * np.pi * _within(flight.flip, dice[10])
    fresh["phase"] = 2.0 * np.pi * dice[11]
    return fresh


def seen(layer: ParticlesLayer, swarm: Particles) -> Seen:
    """Return position and look of particles, computed from their age and so independent of the frame rate."""
    flight, age = layer.flight, swarm["age"]
    if flight.drag > 0.0:
        travelled = (1.0 - np.exp(-flight.drag * age)) / flight.drag
        fallen = (age - travelled) / flight.drag
    else:
        travelled, fallen = age, age * age / 2.0
    reach, seconds = flight.sway
    swings = 2.0 * np.pi * age / max(seconds, 0.05) + swarm["phase"]
    swayed = reach * (np.sin(swings) - np.sin(swarm["phase"]))
    share = age / swarm["life"]
    return Seen(
        x=swarm["x"] + swarm["speed_x"] * travelled + swarm["unit"] * swayed,
        y=swarm["y"] + swarm["speed_y"] * travelled + swarm["unit"] * flight.gravity * fallen,
        width=swarm["width"] * (1.0 + (layer.grow - 1.0) * share),
        angle=swarm["tilt"] + swarm["spin"] * age,
        turned=np.cos(swarm["flip"] * age + swarm["phase"]) if flight.flip[1] > 0.0 else np.ones(len(swarm)),
        opacity=_eased(share / max(layer.fade[0], 1e-6)) * _eased((1.0 - share) / max(layer.fade[1], 1e-6)),
    )


def _within(bounds: tuple[float, float], share: Matrix) -> Matrix:
    return np.asarray(bounds[0] + (bounds[1] - bounds[0]) * share)


def _eased(share: Matrix) -> Matrix:
    inside = np.clip(share, 0.0, 1.0)
    return np.asarray(inside * inside * (3.0 - 2.0 * inside))
