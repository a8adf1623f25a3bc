"""Declares and reads layers of art that is wrapped round the head."""

from itertools import pairwise

from masquerade.filters.format.layers import Lighting, Side, WrapLayer
from masquerade.filters.format.readers.overlays import FADING, TriggerField
from masquerade.filters.format.tables.fields import Choice, Number, Pair, Text, is_number, pair_schema
from masquerade.filters.format.tables.table import Field, InvalidValueError, Schema, Spot, Table
from masquerade.filters.format.wording import shown

Profile = tuple[tuple[float, float], ...]

_MAX_POINTS = 12
_MAX_HEIGHT, _MAX_RADIUS = 6.0, 5.0
# A shorter way between two points of a profile is a mistake.
_MIN_STEP = 0.01


class ProfilePoints(Field[Profile]):
    """Points [height, radius] from the art's bottom edge to its top edge."""

    def __init__(self, doc: str) -> None:
        super().__init__(None, ((0.0, 1.0), (1.0, 1.0)), doc)

    def _parse(self, value: object, spot: Spot) -> Profile:
        points = value if isinstance(value, list) and 2 <= len(value) <= _MAX_POINTS else []
        if not points or not all(map(_is_point, points)):
            raise InvalidValueError(
                f"must be 2 to {_MAX_POINTS} points [height, radius], heights from {-_MAX_HEIGHT:g} to "
                f"{_MAX_HEIGHT:g} and radii from 0 to {_MAX_RADIUS:g}, not {shown(value)}"
            )
        profile = tuple((float(height), float(radius)) for height, radius in points)
        if any(abs(a[0] - b[0]) + abs(a[1] - b[1]) < _MIN_STEP for a, b in pairwise(profile)):
            raise InvalidValueError(f"has two neighbouring points less than {_MIN_STEP:g} apart")
        return profile

    def _schema(self) -> Schema:
        point = pair_schema(-_MAX_HEIGHT, _MAX_HEIGHT)
        return {"type": "array", "items": point, "minItems": 2, "maxItems": _MAX_POINTS}


def _is_point(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and is_number(value[0], -_MAX_HEIGHT, _MAX_HEIGHT)
        and is_number(value[1], 0.0, _MAX_RADIUS)
    )


class WrapKeys(Table):
    """`[[layer]]` of kind "wrap"."""

    art = Text(
        "name of an `.svg` or `.png` in the same folder; its bottom edge lies on the profile's first point and "
        "its top edge on the last, its left and right edges at the ends of `arc`",
        max_length=100,
    )
    part = Text("id of the only SVG group to draw", default="", max_length=100)
    profile = ProfilePoints(
        "2 to 12 points `[height, radius]`: eye distances above the hat line, and the radius as a "
        "multiple of the head's own there (1 lies on the skin, 1.1 on hair)"
    )
    arc = Pair(
        -360.0, 360.0, (-180.0, 180.0), "degrees round the head, from and to: 0 is the front, 90 the person's left"
    )
    tilt = Number(-60.0, 60.0, 0.0, "degrees that it leans back")
    lean = Number(-60.0, 60.0, 0.0, "degrees that it leans to the person's left")
    offset = Pair(-4.0, 4.0, (0.0, 0.0), "eye distances to the person's left and up, `[x, y]`")
    curl = Number(-2.0, 2.0, 0.0, "eye distances that its widest part bends up at the sides and down in front")
    side = Choice(Side, "which side of the surface is painted; `both` paints the inside first", default=Side.OUTSIDE)
    shade = Number(0.0, 1.0, 0.35, "how much darker it is where it turns away, 0 to 1")
    opacity = Number(0.0, 1.0, 1.0, "0 to 1")
    light = Choice(
        Lighting, "`picture`: it takes the light on this face; `own`: it shines by itself", default=Lighting.IMAGE
    )
    hair = Number(
        0.0,
        1.0,
        0.0,
        "how far it makes room for the person's own hair, as it is measured: 0 fits a mean head, 0.6 presses the hair "
        "(a hat), 1 lies round all of it (a wreath)",
    )
    trigger = TriggerField(FADING)


def read_wrap(keys: WrapKeys) -> WrapLayer:
    """Return the layer, after comparing its keys with each other."""
    first, last = keys.arc
    if keys.valid("arc") and not 1.0 <= last - first <= 360.0:
        keys.error("arc", f"must be two angles, the second 1 to 360 degrees larger, not [{first:g}, {last:g}]")
    return WrapLayer(
        art=keys.art,
        part=keys.part or None,
        profile=keys.profile,
        arc=keys.arc,
        tilt=keys.tilt,
        lean=keys.lean,
        offset=keys.offset,
        curl=keys.curl,
        side=keys.side,
        shade=keys.shade,
        opacity=keys.opacity,
        light=keys.light,
        trigger=keys.trigger,
        hair=keys.hair,
    )
