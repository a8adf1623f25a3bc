"""Recognises a head that goes to and fro: nodding by its pitch, shaking by its yaw."""

from dataclasses import dataclass, replace

# To, fro and to again within this time; a look to one side and the other takes longer.
_SWINGS = 3
_WITHIN_SECONDS = 1.1
# For so long a gesture counts as going on after its last swing.
_LASTS_SECONDS = 0.8


@dataclass(frozen=True, slots=True)
class Swing:
    """What is remembered of one angle of one head.

    Attributes:
        farthest: degrees; where the present swing has come to.
        direction: 1 rising, -1 falling, 0 before the first swing.
        ages: seconds since each of the last swings began.
        left_seconds: for which the gesture still counts as going on.
    """

    farthest: float
    direction: int = 0
    ages: tuple[float, ...] = ()
    left_seconds: float = 0.0

    @property
    def is_on(self) -> bool:
        """Whether the gesture is going on."""
        return self.left_seconds > 0.0


def follow_swing(old: Swing, angle: float, least: float, seconds: float) -> Swing:
    """Returns the swing after `seconds` more.

    Args:
        old: as it was.
        angle: degrees, now.
        least: degrees that a swing must cover to be one.
        seconds: since then.
    """
    ages = tuple(age + seconds for age in old.ages if age + seconds <= _WITHIN_SECONDS)
    left_seconds = max(old.left_seconds - seconds, 0.0)
    way = angle - old.farthest
    if abs(way) >= least and way * old.direction <= 0:
        ages = (*ages, 0.0)
        if len(ages) == _SWINGS:
            ages, left_seconds = (), _LASTS_SECONDS
        return Swing(angle, 1 if way > 0 else -1, ages, left_seconds)
    farthest = angle if way * old.direction > 0 else old.farthest
    if old.direction == 0:
        # A head that turns slowly is not on its first swing.
        farthest = old.farthest + way * min(1.0, seconds / _WITHIN_SECONDS)
    return replace(old, farthest=farthest, ages=ages, left_seconds=left_seconds)
