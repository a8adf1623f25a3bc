"""Holds the values that describe layers of the whole image: looks and particles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from masquerade.filters.format.layers import Blend, LayerTrigger

# Shades before and after, and red, green and blue; 0 to 255.
Curve: TypeAlias = tuple[tuple[float, float], ...]
Colour: TypeAlias = tuple[int, int, int]
# Where particles come from that belong to no face.
IMAGE_TOP = "picture_top"


class LookArea(StrEnum):
    """What a look changes."""

    IMAGE = "picture"
    FACE = "face"
    SURROUNDINGS = "surroundings"


@dataclass(frozen=True, slots=True)
class LookLayer:
    """Colours and effects of lens, film or pen, applied in the order of the attributes.

    Attributes:
        levels: of brightness that are left; 0 leaves all.
        lines: 0 to 1, how strong dark edges are drawn over the graded colours.
        soft: True works it out on fewer rows, as `levels` always does.
        saturation: 0 grey, 1 unchanged, up to 2.
        gradient: colours (red, green, blue) for the shades from dark to bright; empty = none.
        curve: shades before and after, for all channels; empty = none. Likewise `red`, `green`, `blue`.
        glow: 0 to 1, how much bright parts shine over.
        vignette: 0 to 1, how dark the corners are; of the whole image alone.
        grain: 0 to 1.
        opacity: 0 to 1, of all of it.
        even_faces: True brings faces to one brightness before all else; of the whole image alone.
        people: 0 to 1, with `even_faces`: how much darker everything but the people gets.
        lift_faces: 0 to 1, the brightness to which darker faces are lifted; of the whole image alone.
    """

    area: LookArea
    levels: int
    lines: float
    line_colour: Colour
    soft: bool
    saturation: float
    gradient: tuple[Colour, ...]
    curve: Curve
    red: Curve
    green: Curve
    blue: Curve
    glow: float
    vignette: float
    grain: float
    opacity: float
    trigger: LayerTrigger | None
    even_faces: bool = False
    people: float = 0.0
    lift_faces: float = 0.0


@dataclass(frozen=True, slots=True)
class Flight:
    """How particles move; the unit of length is the eye distance.

    Attributes:
        speed: least and most at birth, a second.
        direction: degrees; 0 up, 90 outwards from the face's middle (for a place in the
            middle: to the right of the image).
        spread: degrees to either side of it.
        gravity: a second and second; above 0 they fall.
        drag: share of the speed lost a second, at first.
        sway: how far they swing to the sides, and seconds for once to and fro.
        spin: least and most, degrees a second.
        flip: least and most, turns a second about their own vertical, as falling paper does.
        cling: 0 to 1, how much they move along with their face.
    """

    speed: tuple[float, float]
    direction: float
    spread: float
    gravity: float
    drag: float
    sway: tuple[float, float]
    spin: tuple[float, float]
    flip: tuple[float, float]
    cling: float


@dataclass(frozen=True, slots=True)
class ParticlesLayer:
    """Many small pieces of art that appear, fly and fade.

    Attributes:
        art: names of files; each particle is one of them.
        places: of the head where they are born, or IMAGE_TOP alone.
        offset: from there, eye distances along the head's own x (outwards) and y (down).
        area: width and height round the place, eye distances.
        rate: born a second, for each face.
        burst: born at once when the trigger comes on.
        most: alive at a time.
        life: least and most, seconds.
        size: least and most width, eye distances.
        grow: the size at the end of life, as a share of that at birth.
        tilt: degrees to either side that they are turned at birth.
        fade: shares of life in which they come and go.
        seed: of the chance in it.
    """

    art: tuple[str, ...]
    places: tuple[str, ...]
    offset: tuple[float, float]
    area: tuple[float, float]
    rate: float
    burst: int
    most: int
    life: tuple[float, float]
    size: tuple[float, float]
    grow: float
    tilt: float
    fade: tuple[float, float]
    flight: Flight
    blend: Blend
    opacity: float
    seed: int
    trigger: LayerTrigger | None


class BackgroundEffect(StrEnum):
    """What happens to all that is behind the people."""

    BLUR = "blur"
    COLOUR = "colour"
    IMAGE = "image"
    VIDEO = "video"


class Fit(StrEnum):
    """How an image fills the frame: it is cut, or it leaves bars."""

    FILL = "fill"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class BackgroundLayer:
    """What stands behind the people.

    Attributes:
        strength: 0 to 1, of a blur.
        colour: red, green and blue; of a colour, and of the bars beside an image.
        art: name of the image or video; "" for a blur or a colour.
        pan: where a filled image is cut, across and down: -1 keeps its left or top edge, 1 its right or bottom edge.
        opacity: 0 to 1, of all of it.
    """

    effect: BackgroundEffect
    strength: float
    colour: Colour
    art: str
    fit: Fit
    opacity: float
    trigger: LayerTrigger | None
    pan: tuple[float, float] = (0.0, 0.0)


ImageLayer = LookLayer | BackgroundLayer | ParticlesLayer
