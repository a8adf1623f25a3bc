"""Declares and reads layers that stand behind the people."""

from masquerade.filters.format.image_layers import BackgroundEffect, BackgroundLayer, Fit
from masquerade.filters.format.readers.overlays import FADING, TriggerField
from masquerade.filters.format.tables.fields import Choice, Colour, Number, Pair, Text
from masquerade.filters.format.tables.table import Table

# What each effect cannot do without, and what only it can use.
_NEEDS = {BackgroundEffect.COLOUR: "colour", BackgroundEffect.IMAGE: "art", BackgroundEffect.VIDEO: "art"}
_USES = {
    BackgroundEffect.BLUR: ("strength",),
    BackgroundEffect.COLOUR: ("colour",),
    BackgroundEffect.IMAGE: ("art", "fit", "pan", "colour"),
    BackgroundEffect.VIDEO: ("art", "fit", "pan", "colour"),
}


class BackgroundKeys(Table):
    """`[[layer]]` of kind "background"."""

    effect = Choice(BackgroundEffect, "`blur`, `colour`, `image` or `video`")
    strength = Number(0.0, 1.0, 0.5, "of `blur`: how far it is out of focus, 0 to 1")
    colour = Colour("of `colour`; with `image` and `video` that of the bars beside it", default="#000000")
    art = Text(
        "of `image`: name of an `.svg` or `.png` in the same folder; of `video`: of an `.mp4` or `.webm`, at most "
        "10 MB, 60 seconds and 1920 x 1080, played over and over without its sound",
        default="",
        max_length=100,
    )
    fit = Choice(Fit, "of `image` and `video`: `fill` cuts it to the frame, `fit` leaves bars", default=Fit.FILL)
    pan = Pair(
        -1.0,
        1.0,
        (0.0, 0.0),
        "which part `fill` keeps, across and down: `[-1, 0]` the left, `[1, 0]` the right, `[0, -1]` the top",
    )
    opacity = Number(0.0, 1.0, 1.0, "0 to 1")
    trigger = TriggerField(FADING)


def read_background(keys: BackgroundKeys) -> BackgroundLayer:
    """Return the layer, after comparing its keys with each other."""
    needed = _NEEDS.get(keys.effect)
    if keys.valid("effect") and needed is not None and not keys.has(needed):
        keys.spot.error(f"'{needed}' is missing: effect = \"{keys.effect}\" needs it", "effect")
    for key in ("strength", "colour", "art", "fit", "pan"):
        if keys.valid("effect") and keys.has(key) and key not in _USES[keys.effect]:
            keys.error(key, f'does not apply to effect = "{keys.effect}"')
    red, green, blue = (int(keys.colour[first : first + 2], 16) for first in (1, 3, 5))
    art = keys.art if keys.effect in (BackgroundEffect.IMAGE, BackgroundEffect.VIDEO) else ""
    colour = (red, green, blue)
    return BackgroundLayer(keys.effect, keys.strength, colour, art, keys.fit, keys.opacity, keys.trigger, keys.pan)
