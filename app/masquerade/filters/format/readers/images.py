"""Declares and reads the layers that belong to the whole image: looks and particles."""

from collections.abc import Sequence

from masquerade.filters.format.image_layers import (
    IMAGE_TOP,
    Flight,
    ImageLayer,
    LookArea,
    LookLayer,
    ParticlesLayer,
)
from masquerade.filters.format.image_layers import Colour as Rgb
from masquerade.filters.format.layers import Blend, Layer, Motion
from masquerade.filters.format.readers.overlays import FADING, TriggerField
from masquerade.filters.format.tables.fields import (
    Choice,
    Colour,
    Colours,
    CurvePoints,
    Flag,
    Integer,
    Number,
    OneOrMoreTexts,
    Pair,
    Range,
)
from masquerade.filters.format.tables.table import InvalidValueError, Spot, Table
from masquerade.filters.format.wording import shown, suggest
from masquerade.geometry.head import HEAD_ANCHORS

_MAX_ART = 8
_MAX_PLACES = 6
_MAX_PARTICLES = 200
# Of a whole package: each look takes a tenth of a frame's time, and so do so many particles.
_MAX_LOOKS_IN_ALL, _MAX_PARTICLES_IN_ALL = 4, 400


class LookKeys(Table):
    """`[[layer]]` of kind "look"."""

    area = Choice(
        LookArea,
        "`picture` (all of it), `face` (with a soft edge on the skin) or `surroundings` (all but the heads)",
        default=LookArea.IMAGE,
    )
    levels = Integer(0, 32, 0, "number of brightness steps, up to 32, as in a comic; 0 leaves it smooth")
    lines = Number(0.0, 1.0, 0.0, "0 to 1: draws dark edges over the colours below")
    line_colour = Colour(
        "colour of the edges; with `levels` never darker than the black that the curves leave", default="#14101c"
    )
    soft = Flag(
        False,
        "`true` computes the look on about 360 rows (half of 720, a third of 1080), as `levels` always does: softer, "
        "and twice as fast",
    )
    saturation = Number(0.0, 2.0, 1.0, "0 is grey, 2 twice as strong")
    gradient = Colours(
        2, 16, '2 to 16 colours that replace the shades from dark to bright, `["#000000", "#7a1fa2", "#ffe9a0"]`'
    )
    curve = CurvePoints(
        "shades before and after, for all channels: `[[0, 10], [128, 140], [255, 245]]`, joined smoothly"
    )
    red = CurvePoints("the same for the red channel, after `curve`")
    green = CurvePoints("the same for the green channel, after `curve`")
    blue = CurvePoints("the same for the blue channel, after `curve`")
    glow = Number(0.0, 1.0, 0.0, "0 to 1: bright parts glow over their surroundings")
    vignette = Number(0.0, 1.0, 0.0, "0 to 1: dark corners")
    grain = Number(0.0, 1.0, 0.0, "0 to 1: film grain")
    opacity = Number(0.0, 1.0, 1.0, "0 to 1, of the whole look")
    even_faces = Flag(
        False, "`true` first brings all faces to the same brightness, so that no skin tone is lost in a gradient"
    )
    people = Number(0.0, 1.0, 0.0, "with `even_faces`: how much darker everything except people becomes, 0 to 1")
    lift_faces = Number(
        0.0,
        1.0,
        0.0,
        "0 to 1: the brightness to which darker faces are lifted, and the shadows with them; brighter faces stay",
    )
    trigger = TriggerField(FADING)


class Places(OneOrMoreTexts):
    """Places of the head, or the image's top."""

    def _parse(self, value: object, spot: Spot) -> tuple[str, ...]:
        places = super()._parse(value, spot)
        known = (IMAGE_TOP, *HEAD_ANCHORS)
        for place in places:
            if place not in known:
                spot.error(f"unknown place {shown(place)} in '{self.key}'{suggest(place, known)}")
        if IMAGE_TOP in places and len(places) > 1:
            raise InvalidValueError(f"cannot hold '{IMAGE_TOP}' beside other places; use a layer for each")
        return tuple(place for place in places if place in known)


class ParticlesKeys(Table):
    """`[[layer]]` of kind "particles"."""

    art = OneOrMoreTexts("an `.svg` or `.png`, or a list of up to 8; each particle is one of them", _MAX_ART)
    places = Places(
        'a place of the head, a list of up to 6 of them, or `"picture_top"`; from the far ear of a turned head they '
        "come out from behind the face",
        _MAX_PLACES,
        key="from",
    )
    offset = Pair(-5.0, 5.0, (0.0, 0.0), "from there, along the head: outwards from its middle, and down")
    area = Pair(0.0, 10.0, (0.0, 0.0), "width and height around the place in which they are born")
    rate = Number(0.0, 100.0, 0.0, "number born per second, for each face, up to 100", shown_default="")
    burst = Integer(
        0,
        100,
        0,
        'instead of `rate`: number born at once each time the trigger starts, with `motion = "spawn"`',
        shown_default="",
    )
    most = Integer(1, _MAX_PARTICLES, 60, "maximum alive at a time, of all faces together; all layers of a filter: 400")
    life = Range(0.1, 20.0, (1.5, 2.5), "seconds, minimum and maximum")
    size = Range(0.01, 2.0, (0.2, 0.4), "width of the art, minimum and maximum")
    grow = Number(0.0, 6.0, 1.0, "size at the end of its life as a share of that at birth; 2 is twice")
    fade = Pair(0.0, 1.0, (0.1, 0.3), "shares of its life in which it fades in and out")
    tilt = Number(0.0, 180.0, 0.0, "degrees to either side that it is turned at birth")
    speed = Range(0.0, 20.0, (0.5, 1.0), "per second, minimum and maximum")
    direction = Number(-180.0, 180.0, 0.0, "degrees; 0 is up, 180 down, 90 outwards from the middle of the face")
    spread = Number(0.0, 180.0, 20.0, "degrees to either side of the direction")
    gravity = Number(-20.0, 20.0, 0.0, "how fast the speed grows downwards (+) or upwards (-), per second")
    drag = Number(0.0, 20.0, 0.0, "how fast the air slows it: after 1 / `drag` seconds a third of the speed is left")
    sway = Pair(0.0, 20.0, (0.0, 2.0), "how far it swings to the sides, and seconds for one swing to and fro")
    spin = Range(-1080.0, 1080.0, (0.0, 0.0), "degrees per second that it turns, minimum and maximum")
    flip = Range(0.0, 10.0, (0.0, 0.0), "turns per second about its own vertical axis, as falling paper does")
    cling = Number(0.0, 1.0, 0.0, "0 to 1: how much it moves along with its face")
    blend = Choice(Blend, "as for stickers", default=Blend.NORMAL)
    opacity = Number(0.0, 1.0, 1.0, "0 to 1")
    seed = Integer(0, 999_999, 0, "of the random numbers: the same seed, the same flight")
    trigger = TriggerField((*FADING, Motion.SPAWN))


def read_look(keys: LookKeys) -> LookLayer:
    """Return the layer, after comparing its keys with each other."""
    if keys.valid("vignette", "area") and keys.vignette > 0.0 and keys.area is LookArea.FACE:
        keys.error("vignette", 'darkens the corners of the image; with area = "face" there are none')
    if keys.valid("even_faces", "area") and keys.even_faces and keys.area is not LookArea.IMAGE:
        keys.error("even_faces", f'only applies to area = "{LookArea.IMAGE}"')
    if keys.valid("lift_faces", "area") and keys.lift_faces > 0.0 and keys.area is not LookArea.IMAGE:
        keys.error("lift_faces", f'only applies to area = "{LookArea.IMAGE}"')
    if keys.valid("people", "even_faces") and keys.people > 0.0 and not keys.even_faces:
        keys.error("people", "needs even_faces = true")
    return LookLayer(
        area=keys.area,
        levels=keys.levels,
        lines=keys.lines,
        line_colour=_rgb(keys.line_colour),
        soft=keys.soft,
        saturation=keys.saturation,
        gradient=tuple(map(_rgb, keys.gradient)),
        curve=keys.curve,
        red=keys.red,
        green=keys.green,
        blue=keys.blue,
        glow=keys.glow,
        vignette=keys.vignette,
        grain=keys.grain,
        opacity=keys.opacity,
        trigger=keys.trigger,
        even_faces=keys.even_faces,
        lift_faces=keys.lift_faces,
        people=keys.people,
    )


def read_particles(keys: ParticlesKeys) -> ParticlesLayer:
    """Return the layer, after comparing its keys with each other."""
    if keys.valid("rate", "burst", "trigger"):
        _check_births(keys)
    return ParticlesLayer(
        art=keys.art,
        places=keys.places,
        offset=keys.offset,
        area=keys.area,
        rate=keys.rate,
        burst=keys.burst,
        most=keys.most,
        life=keys.life,
        size=keys.size,
        grow=keys.grow,
        tilt=keys.tilt,
        fade=keys.fade,
        flight=_flight(keys),
        blend=keys.blend,
        opacity=keys.opacity,
        seed=keys.seed,
        trigger=keys.trigger,
    )


def costs(layers: Sequence[Layer | ImageLayer]) -> tuple[str, ...]:
    """Return what makes a package too slow to draw."""
    looks = sum(isinstance(layer, LookLayer) for layer in layers)
    particles = sum(layer.most for layer in layers if isinstance(layer, ParticlesLayer))
    problems = []
    if looks > _MAX_LOOKS_IN_ALL:
        problems.append(f"has {looks} looks; at most {_MAX_LOOKS_IN_ALL} are allowed")
    if particles > _MAX_PARTICLES_IN_ALL:
        problems.append(f"allows {particles} particles ('most' of all layers); at most {_MAX_PARTICLES_IN_ALL}")
    return tuple(problems)


def _check_births(keys: ParticlesKeys) -> None:
    """Compare `rate`, `burst` and the trigger: particles are born one way or the other."""
    spawns = keys.trigger is not None and keys.trigger.motion is Motion.SPAWN
    if keys.burst > 0 and not spawns:
        keys.error("burst", 'needs a trigger with motion = "spawn"')
    if spawns and keys.burst == 0:
        keys.error("burst", 'is missing: motion = "spawn" needs it (particles born at once)')
    if not spawns and keys.rate == 0.0:
        keys.error("rate", "is missing (particles born per second)")
    if spawns and keys.rate > 0.0:
        keys.error("rate", "and 'burst' need a layer each")


def _flight(keys: ParticlesKeys) -> Flight:
    return Flight(
        speed=keys.speed,
        direction=keys.direction,
        spread=keys.spread,
        gravity=keys.gravity,
        drag=keys.drag,
        sway=keys.sway,
        spin=keys.spin,
        flip=keys.flip,
        cling=keys.cling,
    )


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
