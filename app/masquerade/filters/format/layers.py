"""Holds the values that a filter.toml describes: the layers, one class for each kind."""

from dataclasses import dataclass
from enum import StrEnum

from masquerade.values import Trigger


class Follow(StrEnum):
    """A motion of the head that a sticker follows."""

    ROLL = "roll"
    SCALE = "scale"
    YAW = "yaw"
    PITCH = "pitch"


class Blend(StrEnum):
    """How a sticker's colours are blended with the image."""

    NORMAL = "normal"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    OVERLAY = "overlay"
    SOFT_LIGHT = "soft_light"


class Motion(StrEnum):
    """What a layer does when its trigger comes on."""

    SHOW = "show"
    HIDE = "hide"
    SLIDE = "slide"
    PLAY = "play"
    SPAWN = "spawn"


class Lighting(StrEnum):
    """Whether a sticker takes the light of the image, or shines by itself like a flame."""

    IMAGE = "picture"
    OWN = "own"


class Effect(StrEnum):
    """How a privacy layer hides."""

    BLUR = "blur"
    PIXELATE = "pixelate"
    BAR = "bar"
    COVER = "cover"


class Area(StrEnum):
    """What a privacy layer hides."""

    FACE = "face"
    HEAD = "head"
    EYES = "eyes"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point of the art and the place of the head that it lies on.

    Attributes:
        name: a face point or another place of geometry/head.py.
        x, y: in the art's own units.
    """

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class LayerTrigger:
    """What makes a layer come or go, and how long that takes."""

    on: Trigger
    motion: Motion
    seconds: float


@dataclass(frozen=True, slots=True)
class StickerLayer:
    """A flat piece of art on a plane of the head; docs/filters.md lists every key.

    Attributes:
        art: name of the file, perhaps an animated one; "" where there are `frames`.
        part: id of the only SVG group that is drawn; None draws all.
        anchors: 1 to 6.
        width: eye distances that the art is wide; only with one anchor, else None.
        depth: eye distances that the plane lies behind its anchors.
        turn: degrees about the vertical and the horizontal line through the anchors' middle.
        behind: True hides what the head's outline covers.
        opacity: 0 to 1.
        lag: seconds that the layer trails the head.
        frames: names of files that are shown one after another.
        frames_per_second: of `frames`; an animated file has times of its own.
        loop: False stops an animation at its last frame.
        light: whether it is as dim, warm or cool as the image round the face; only with the normal blend.
        hair_colour: True dyes it in the colour of the person's brows.
    """

    art: str
    part: str | None
    anchors: tuple[Anchor, ...]
    width: float | None
    follows: frozenset[Follow]
    depth: float
    turn: tuple[float, float]
    behind: bool
    blend: Blend
    opacity: float
    lag: float
    trigger: LayerTrigger | None
    frames: tuple[str, ...] = ()
    frames_per_second: float = 12.0
    loop: bool = True
    light: Lighting = Lighting.IMAGE
    hair_colour: bool = False


@dataclass(frozen=True, slots=True)
class PrivacyLayer:
    """Makes a face impossible to recognise; the bar, its eyes only.

    Attributes:
        area: the eyes for a bar, the head for a cover.
        strength: 0 to 1; already 0 hides. Of no account to bar and cover.
        colour: of the cover, "#rrggbb".
        art: name of the file that is laid on the cover; "" = bare colour.
    """

    effect: Effect
    area: Area
    strength: float
    colour: str = ""
    art: str = ""


@dataclass(frozen=True, slots=True)
class WarpMove:
    """One swelling or shift of a warp.

    Attributes:
        at: a face point or another place of geometry/head.py.
        offset: eye distances from there, along the head's own x and y.
        radius: eye distances to its edge, along x and y.
        size: how many times larger the middle is shown, along x and y.
        shift: eye distances that the middle is moved, along x and y.
    """

    at: str
    offset: tuple[float, float]
    radius: tuple[float, float]
    size: tuple[float, float]
    shift: tuple[float, float]


@dataclass(frozen=True, slots=True)
class WarpLayer:
    """Bends the image of a face.

    Attributes:
        moves: 1 to 12, one after another.
    """

    moves: tuple[WarpMove, ...]
    trigger: LayerTrigger | None


@dataclass(frozen=True, slots=True)
class PaintLayer:
    """A texture on the skin, drawn in the template of face_template.py.

    Attributes:
        art: name of the file.
        part: id of the only SVG group that is drawn; None draws all.
        opacity: 0 to 1.
        light: 0 to 1, how much of the skin's own light and shade the paint keeps; only with
            the normal blend.
        over_mouth: True paints the inside of an open mouth, too.
        over_eyes: True paints over the eyes, which are cut out otherwise.
        hair_colour: True dyes it in the colour of the person's brows.
    """

    art: str
    part: str | None
    blend: Blend
    opacity: float
    light: float
    over_mouth: bool
    trigger: LayerTrigger | None
    over_eyes: bool = False
    hair_colour: bool = False


class Side(StrEnum):
    """Which side of a wrapped surface is painted."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class WrapLayer:
    """Art wrapped round the head: a profile turned about the head's upright axis.

    Attributes:
        art: name of the file; its left and right edges lie at the ends of `arc`, its bottom edge on the
            profile's first point and its top edge on the last.
        part: id of the only SVG group that is drawn; None draws all.
        profile: 2 to 12 points (height, radius): eye distances above the hat line, and the radius as a
            multiple of the head's own there.
        arc: degrees about the axis, from and to; 0 is the front, 90 the person's left.
        tilt: degrees that the axis leans back.
        lean: degrees that the axis leans to the person's left.
        offset: eye distances to the person's left and upwards.
        curl: eye distances that the widest part is bent up at the sides and down in front.
        side: what is painted of the surface: its outside, its inside or both.
        shade: 0 to 1, how much darker the surface is where it turns away.
        opacity: 0 to 1.
        light: whether it takes the light of the image round the face.
        hair: 0 to 1, how much room it makes for this person's own hair; 0 is made for a mean head.
    """

    art: str
    part: str | None
    profile: tuple[tuple[float, float], ...]
    arc: tuple[float, float]
    tilt: float
    lean: float
    offset: tuple[float, float]
    curl: float
    side: Side
    shade: float
    opacity: float
    light: Lighting
    trigger: LayerTrigger | None
    hair: float = 0.0


@dataclass(frozen=True, slots=True)
class RetouchLayer:
    """Evens out skin; eyes, brows and lips stay as they are.

    Attributes:
        smooth: 0 to 1, how much of the small contrasts of skin goes.
        light: 0 to 1, how much brighter skin gets.
    """

    smooth: float
    light: float
    trigger: LayerTrigger | None


Layer = RetouchLayer | StickerLayer | PrivacyLayer | WarpLayer | PaintLayer | WrapLayer
