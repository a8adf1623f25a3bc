"""Declares and reads the layers that are laid over a face: stickers and privacy."""

from collections.abc import Mapping

from masquerade.filters.format.layers import (
    Anchor,
    Area,
    Blend,
    Effect,
    Follow,
    LayerTrigger,
    Lighting,
    Motion,
    PrivacyLayer,
    StickerLayer,
)
from masquerade.filters.format.tables.fields import (
    Choice,
    Choices,
    Colour,
    Flag,
    Number,
    Pair,
    Text,
    Texts,
    pair_schema,
    parse_pair,
)
from masquerade.filters.format.tables.table import Field, InvalidValueError, Schema, Spot, Table, schema_of
from masquerade.filters.format.wording import one_of, shown, suggest
from masquerade.geometry.head import HEAD_ANCHORS
from masquerade.values import Trigger

FADING = (Motion.SHOW, Motion.HIDE)
_STICKER_MOTIONS = (*FADING, Motion.SLIDE, Motion.PLAY)
_MAX_ANCHORS = 6
_MAX_FRAMES = 48
_COORDINATE = 1e5
# Eye distances that the art may be wide.
MIN_WIDTH, MAX_WIDTH = 0.01, 20.0


class Anchors(Field[tuple[Anchor, ...]]):
    """Places of the head, each with the point of the art that is laid on it."""

    def __init__(self, doc: str) -> None:
        super().__init__(None, (), doc, missing="is missing; write anchors = { nose_tip = [x, y] }")

    def _parse(self, value: object, spot: Spot) -> tuple[Anchor, ...]:
        if not isinstance(value, dict):
            raise InvalidValueError(f"must be a table, not {shown(value)}")
        if not 1 <= len(value) <= _MAX_ANCHORS:
            raise InvalidValueError(f"must hold 1 to {_MAX_ANCHORS} anchors, not {len(value)}")
        found = (_parse_anchor(name, xy, spot) for name, xy in value.items())
        anchors = tuple(anchor for anchor in found if anchor is not None)
        if len(anchors) > 1 and len({(anchor.x, anchor.y) for anchor in anchors}) == 1:
            raise InvalidValueError("are all at one point of the art, which sets no size")
        return anchors

    def _schema(self) -> Schema:
        point = pair_schema(-_COORDINATE, _COORDINATE)
        return {
            "type": "object",
            "properties": dict.fromkeys(HEAD_ANCHORS, point),
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": _MAX_ANCHORS,
        }


def _parse_anchor(name: str, xy: object, spot: Spot) -> Anchor | None:
    if name not in HEAD_ANCHORS:
        spot.error(f"unknown anchor {shown(name)}{suggest(name, HEAD_ANCHORS)}", name)
        return None
    try:
        return Anchor(name, *parse_pair(xy, -_COORDINATE, _COORDINATE))
    except InvalidValueError as error:
        spot.error(f"'{name}' {error}", name)
        return None


class TriggerKeys(Table):
    """`[layer.trigger]`."""

    on = Choice(Trigger, "what starts it, see below")
    motion = Choice(
        Motion,
        "`show` fades in while the trigger is on, `hide` fades out; for a sticker, `slide` comes out from under the "
        "art's own top edge (a tongue), and `play` runs an animation through once; for particles, `spawn` releases "
        "a burst of them",
        default=Motion.SHOW,
    )
    seconds = Number(0.0, 5.0, 0.18, "length of the motion")


class TriggerField(Field[LayerTrigger | None]):
    """What makes a layer come or go.

    Args:
        motions: that a layer of this kind can make.
    """

    def __init__(self, motions: tuple[Motion, ...]) -> None:
        super().__init__(None, None, "makes the layer come and go, see `[layer.trigger]`")
        self.required = False
        self._motions = motions

    def _parse(self, value: object, spot: Spot) -> LayerTrigger:
        if not isinstance(value, dict):
            raise InvalidValueError(f"must be a table, not {shown(value)}")
        keys = TriggerKeys(value, spot.inner("trigger: "))
        if keys.valid("motion") and keys.motion not in self._motions:
            keys.error("motion", f"must be {one_of(self._motions)} here, not '{keys.motion}'")
        return LayerTrigger(keys.on, keys.motion, keys.seconds)

    def _schema(self) -> Schema:
        schema = schema_of(TriggerKeys)
        properties = schema["properties"]
        assert isinstance(properties, Mapping)
        motion = {**properties["motion"], "enum": [each.value for each in self._motions]}
        return {**schema, "properties": {**properties, "motion": motion}}


class StickerKeys(Table):
    """`[[layer]]` of kind "sticker"."""

    art = Text("name of an `.svg`, `.png` or `.gif` file in the same folder", max_length=100, unless="frames")
    part = Text("id of the only SVG group to draw; it keeps its place", default="", max_length=100)
    anchors = Anchors(
        "1 to 6 places of the head, each with the point of the art that is laid on it, `[x, y]` in units of the "
        "viewBox (PNG: pixels)"
    )
    width = Number(
        MIN_WIDTH, MAX_WIDTH, 0.0, "with a single anchor: width of the art in eye distances", shown_default=""
    )
    follows = Choices(Follow, "the head motions it follows: `roll`, `scale`, `yaw`, `pitch`")
    depth = Number(-6.0, 6.0, 0.0, "eye distances that the plane lies behind (+) or in front of (-) its anchors")
    turn = Pair(
        -180.0,
        180.0,
        (0.0, 0.0),
        "degrees that the plane is turned about the vertical and the horizontal line through the middle of its "
        "anchors; `[90, 0]` faces the right of the image, `[0, 90]` the floor",
    )
    behind = Flag(False, "`true` hides what the head covers (the back of a brim)")
    blend = Choice(Blend, "`normal`, `multiply`, `screen`, `overlay` or `soft_light`", default=Blend.NORMAL)
    opacity = Number(0.0, 1.0, 1.0, "0 to 1")
    frames = Texts(
        'instead of `art`: up to 48 files that are shown one after another, `["open.svg", "shut.svg"]`; all with '
        "the same viewBox",
        _MAX_FRAMES,
        default=(),
        max_length=100,
    )
    frames_per_second = Number(0.1, 60.0, 12.0, "speed of `frames`")
    loop = Flag(True, "`false` stops an animation at its last frame")
    light = Choice(
        Lighting,
        "`picture`: as dim, warm or cool as the light on this face; `own`: shines by itself and keeps its colours in "
        "the dark (a flame, a halo)",
        default=Lighting.IMAGE,
    )
    lag = Number(
        0.0,
        2.0,
        0.0,
        "seconds that it trails the head before it settles. Art that stands off its anchors (an ear) leans about "
        "them; art around its anchors shifts",
    )
    hair_colour = Flag(
        False, "`true` dyes it in the colour of this person's brows (a beard); its lights and shades stay"
    )
    trigger = TriggerField(_STICKER_MOTIONS)


class PrivacyKeys(Table):
    """`[[layer]]` of kind "privacy"."""

    effect = Choice(
        Effect, "`blur`, `pixelate`, `bar` (a black bar over the eyes) or `cover` (a disc over the whole head)"
    )
    area = Choice(Area, "blur and pixelate: `face`, `head` or `eyes`", default=Area.HEAD)
    strength = Number(0.0, 1.0, 0.5, "blur and pixelate: 0 to 1; 0 already hides, with a face at most nine cells wide")
    colour = Colour('cover, required: colour of the disc, `"#ffcb3d"`; it is never transparent')
    art = Text(
        "cover: an `.svg` or `.png` laid on the disc; where it is transparent the colour shows, never the face",
        default="",
        max_length=100,
    )


# What each effect takes besides `effect`.
_PRIVACY_KEYS: Mapping[Effect, frozenset[str]] = {
    Effect.BLUR: frozenset({"area", "strength"}),
    Effect.PIXELATE: frozenset({"area", "strength"}),
    Effect.BAR: frozenset(),
    Effect.COVER: frozenset({"colour", "art"}),
}


def read_sticker(keys: StickerKeys) -> StickerLayer:
    """Return the layer, after comparing its keys with each other."""
    _check_size(keys)
    if keys.has("frames", "art"):
        keys.error("frames", "and 'art' exclude each other")
    return StickerLayer(
        art="" if keys.frames else keys.art,
        part=keys.part or None,
        anchors=keys.anchors,
        width=keys.width if keys.has("width") else None,
        follows=keys.follows,
        depth=keys.depth,
        turn=keys.turn,
        behind=keys.behind,
        blend=keys.blend,
        opacity=keys.opacity,
        lag=keys.lag,
        trigger=keys.trigger,
        frames=keys.frames,
        frames_per_second=keys.frames_per_second,
        loop=keys.loop,
        light=keys.light,
        hair_colour=keys.hair_colour,
    )


def _check_size(keys: StickerKeys) -> None:
    """Compare `anchors` and `width`: one anchor sets no size, several do."""
    if not keys.valid("anchors", "width"):
        return
    if len(keys.anchors) == 1 and not keys.has("width"):
        keys.error("width", "is missing: a single anchor sets no size (give the art's width in eye distances)")
    if len(keys.anchors) > 1 and keys.has("width"):
        keys.error("width", "only applies to a single anchor; with several, the anchors set the size")


def read_privacy(keys: PrivacyKeys) -> PrivacyLayer:
    """Return the layer, after comparing its keys with each other."""
    effect = keys.effect
    if keys.valid("effect"):
        for key in PrivacyKeys.fields:
            if key != "effect" and keys.has(key) and key not in _PRIVACY_KEYS[effect]:
                keys.error(key, f'does not apply to effect = "{effect}"')
        if effect is Effect.COVER and not keys.has("colour"):
            keys.error("colour", 'is missing (of the disc, such as "#ffcb3d")')
    if effect is Effect.BAR:
        return PrivacyLayer(effect, Area.EYES, 1.0)
    if effect is Effect.COVER:
        return PrivacyLayer(effect, Area.HEAD, 1.0, keys.colour or "#000000", keys.art)
    return PrivacyLayer(effect, keys.area, keys.strength)
