"""Recognises a head that goes to and fro: nodding by its pitch, shaking by its yaw."""

from dataclasses import dataclass, replace

# To, fro and to again within this time; a look to one side and the other takes longer.
_SWINGS = 3
_WITHIN_SECONDS = 1.1
# For so long a gesture counts as going on after its last swing.
_LASTS_SECONDS = 0.8
# Eye distances that the eyes move along for each degree: a head turns about the neck, behind
# and below them. On clips real turns measure 0.012 to 0.030; the trembling landmarks of a far
# face, and a face that sways without turning, anything from -0.16 to 0.15.
_MIN_SHIFT, _MAX_SHIFT = 0.004, 0.06


@dataclass(frozen=True, slots=True)
class Turn:
    """How far a head is turned about one axis.

    Attributes:
        angle: degrees; it grows as the eyes move to the right of the face, or down.
        place_xy: between the eyes, pixels.
        axis_xy: the way that the eyes go as the angle grows, long as one eye distance, pixels.
    """

    angle: float
    place_xy: tuple[float, float]
    axis_xy: tuple[float, float]

    def shift_from(self, place_xy: tuple[float, float]) -> float:
        """Return how far the eyes are from another place, along the axis, eye distances."""
        x, y = self.place_xy[0] - place_xy[0], self.place_xy[1] - place_xy[1]
        length = self.axis_xy[0] ** 2 + self.axis_xy[1] ** 2
        return (x * self.axis_xy[0] + y * self.axis_xy[1]) / max(length, 1e-9)


@dataclass(frozen=True, slots=True)
class Oscillation:
    """The motion of one head about one axis.

    Attributes:
        farthest: degrees; the farthest angle of the current swing.
        place_xy: the point between the eyes at that angle, pixels.
        direction: 1 rising, -1 falling, 0 before the first swing.
        ages: seconds since the start of each recent swing.
        left_seconds: how long the gesture still counts as going on.
    """

    farthest: float
    place_xy: tuple[float, float]
    direction: int = 0
    ages: tuple[float, ...] = ()
    left_seconds: float = 0.0

    @property
    def is_on(self) -> bool:
        """Whether the gesture is going on."""
        return self.left_seconds > 0.0


def initial_oscillation(turn: Turn, left_seconds: float = 0.0) -> Oscillation:
    """Return the oscillation of a head before any motion is known."""
    return Oscillation(turn.angle, turn.place_xy, left_seconds=left_seconds)


def next_oscillation(old: Oscillation, turn: Turn, least: float, seconds: float) -> Oscillation:
    """Return the oscillation after `seconds` more.

    Args:
        old: the previous state.
        turn: the head now.
        least: degrees that a swing must cover to count.
        seconds: time since the previous state.
    """
    ages = tuple(age + seconds for age in old.ages if age + seconds <= _WITHIN_SECONDS)
    left_seconds = max(old.left_seconds - seconds, 0.0)
    way = turn.angle - old.farthest
    if abs(way) >= least and way * old.direction <= 0:
        # A gesture has no gaps: a motion that is not a swing ends it.
        ages = (*ages, 0.0) if _MIN_SHIFT <= turn.shift_from(old.place_xy) / way <= _MAX_SHIFT else ()
        if len(ages) == _SWINGS:
            ages, left_seconds = (), _LASTS_SECONDS
        return Oscillation(turn.angle, turn.place_xy, 1 if way > 0 else -1, ages, left_seconds)
    going_on = way * old.direction > 0
    farthest, place_xy = (turn.angle, turn.place_xy) if going_on else (old.farthest, old.place_xy)
    if old.direction == 0:
        # A head that turns slowly is not on its first swing.
        share = min(1.0, seconds / _WITHIN_SECONDS)
        farthest += way * share
        place_xy = (
            place_xy[0] + (turn.place_xy[0] - place_xy[0]) * share,
            place_xy[1] + (turn.place_xy[1] - place_xy[1]) * share,
        )
    return replace(old, farthest=farthest, place_xy=place_xy, ages=ages, left_seconds=left_seconds)
