"""Reads the tables of filter.toml's layers, one function for each kind."""

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
from masquerade.filters.format.table import Table, nearest, one_of, shown
from masquerade.geometry.head import HEAD_POINTS
from masquerade.values import Trigger

_ANCHORS_MOST = 6
_FRAMES_MOST = 48
_STICKER_MOTIONS = (Motion.SHOW, Motion.HIDE, Motion.SLIDE, Motion.PLAY)


def read_sticker(table: Table) -> StickerLayer:
    """Return what `[[layer]]` of kind "sticker" says."""
    anchors = _read_anchors(table)
    width = table.number("width", 0.0, 0.01, 20.0) if table.has("width") else None
    if len(anchors) == 1 and width is None:
        table.problem("one anchor alone tells no size: 'width' is missing (eye distances that the art is wide)")
    if len(anchors) > 1 and width is not None:
        table.problem("'width' is for one anchor alone; with more, the anchors tell the size")
    frames = table.texts("frames", _FRAMES_MOST) if table.has("frames") else ()
    if frames and table.has("art"):
        table.problem("'art' and 'frames' are the one or the other")
    return StickerLayer(
        art="" if frames else table.text("art", longest=100),
        part=table.text("part", "", 100) or None,
        anchors=anchors,
        width=width,
        follows=table.choices("follows", Follow),
        depth=table.number("depth", 0.0, -6.0, 6.0),
        turn=table.pair("turn", (0.0, 0.0), -180.0, 180.0),
        behind=table.flag("behind", False),
        blend=table.choice("blend", Blend, Blend.NORMAL),
        opacity=table.number("opacity", 1.0, 0.0, 1.0),
        lag=table.number("lag", 0.0, 0.0, 2.0),
        trigger=read_trigger(table, _STICKER_MOTIONS),
        frames=frames,
        frames_per_second=table.number("frames_per_second", 12.0, 0.1, 60.0),
        loop=table.flag("loop", True),
        light=table.choice("light", Lighting, Lighting.IMAGE),
    )


def _read_anchors(table: Table) -> tuple[Anchor, ...]:
    inner = table.table("anchors", "")
    if inner is None:
        if not table.has("anchors"):
            table.problem("'anchors' is missing; write anchors = { nose_tip = [x, y] }")
        return ()
    anchors = []
    places = inner.rest()
    for name in places:
        if name not in HEAD_POINTS:
            table.problem(f"unknown anchor {shown(name)}{nearest(name, HEAD_POINTS)}")
        else:
            x, y = inner.pair(name, (0.0, 0.0), -1e5, 1e5)
            anchors.append(Anchor(name, x, y))
    if not 1 <= len(places) <= _ANCHORS_MOST:
        table.problem(f"'anchors' must hold 1 to {_ANCHORS_MOST} places, not {len(places)}")
    elif len(anchors) > 1 and len({(anchor.x, anchor.y) for anchor in anchors}) == 1:
        table.problem("the anchors are all one place of the art, which tells no size")
    return tuple(anchors)


def read_trigger(table: Table, motions: tuple[Motion, ...]) -> LayerTrigger | None:
    """Return what `[layer.trigger]` says, or None where there is none.

    Args:
        table: of the layer.
        motions: that a layer of this kind can make.
    """
    inner = table.table("trigger", "trigger: ")
    if inner is None:
        return None
    trigger = LayerTrigger(
        on=inner.choice("on", Trigger),
        motion=inner.choice("motion", Motion, Motion.SHOW),
        seconds=inner.number("seconds", 0.18, 0.0, 5.0),
    )
    inner.close()
    if trigger.motion not in motions:
        inner.problem(f"'motion' must be {one_of(motions)} here, not '{trigger.motion}'")
    return trigger


def read_privacy(table: Table) -> PrivacyLayer:
    """Return what `[[layer]]` of kind "privacy" says."""
    effect = table.choice("effect", Effect)
    if effect is Effect.BAR:
        return PrivacyLayer(effect, Area.EYES, 1.0)
    if effect is Effect.COVER:
        art = table.text("art", "", 100)
        return PrivacyLayer(effect, Area.HEAD, 1.0, table.colour("colour"), art)
    area = table.choice("area", Area, Area.HEAD)
    return PrivacyLayer(effect, area, table.number("strength", 0.5, 0.0, 1.0))
