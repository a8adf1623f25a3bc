"""Loads the art of a layer, and checks it against the layer's keys."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from masquerade.filters.format.art.loading import Art, is_animation, load_art, load_frames, load_video
from masquerade.filters.format.art.svg import ArtBox
from masquerade.filters.format.image_layers import BackgroundEffect, BackgroundLayer, ImageLayer, ParticlesLayer
from masquerade.filters.format.layers import Layer, Motion, PaintLayer, PrivacyLayer, StickerLayer, WrapLayer
from masquerade.filters.format.readers.faces import paint_problem
from masquerade.filters.format.readers.overlays import MAX_WIDTH, MIN_WIDTH
from masquerade.filters.format.tables.table import Table
from masquerade.geometry.head import head_anchors


def load_layer_art(folder: Path, layer: Layer | ImageLayer, table: Table) -> tuple[Art, ...]:
    """Return the pieces of art of a layer, in the order of its files; reports every problem.

    The frames of an animated sticker are its pieces.
    """
    if isinstance(layer, StickerLayer):
        return _sticker_art(folder, layer, table)
    if isinstance(layer, ParticlesLayer):
        return _pieces(folder, layer.art, None, table)
    if isinstance(layer, BackgroundLayer):
        return _background_art(folder, layer, table) if layer.art else ()
    if not isinstance(layer, PrivacyLayer | PaintLayer | WrapLayer) or not layer.art:
        return ()
    part = layer.part if isinstance(layer, PaintLayer | WrapLayer) else None
    pieces = _pieces(folder, (layer.art,), part, table)
    if pieces and isinstance(layer, PaintLayer) and (wrong := paint_problem(pieces[0].box)):
        table.spot.error(f"'{layer.art}' {wrong}", "art")
    return pieces


def _background_art(folder: Path, layer: BackgroundLayer, table: Table) -> tuple[Art, ...]:
    if layer.effect is not BackgroundEffect.VIDEO:
        return _pieces(folder, (layer.art,), None, table)
    video, problems = load_video(folder, layer.art)
    for problem in problems:
        table.spot.error(problem.text, problem.key)
    return () if video is None else (video,)


def _sticker_art(folder: Path, layer: StickerLayer, table: Table) -> tuple[Art, ...]:
    pieces = _frames(folder, layer, table)
    if len({piece.box for piece in pieces}) > 1:
        table.error(
            "frames" if layer.frames else "art", "has frames of different sizes; one set of anchors is for all of them"
        )
    elif pieces and len(layer.anchors) > 1 and (wrong := _size_problem(layer, pieces[0].box)):
        table.error("anchors", wrong)
    if len(pieces) == 1 and layer.trigger is not None and layer.trigger.motion is Motion.PLAY:
        table.spot.error("motion = \"play\" needs 'frames', or an animated GIF or PNG", "trigger", "motion")
    return pieces


def _size_problem(layer: StickerLayer, box: ArtBox) -> str | None:
    """Return why the art's size on the head, as the anchors set it, cannot be drawn, or None."""
    art = np.array([(anchor.x, anchor.y) for anchor in layer.anchors])
    head = head_anchors(tuple(anchor.name for anchor in layer.anchors))[:, :2]
    spread = math.sqrt(float(((art - art.mean(axis=0)) ** 2).sum()))
    width = math.sqrt(float(((head - head.mean(axis=0)) ** 2).sum())) / max(spread, 1e-9) * max(box.width, box.height)
    if MIN_WIDTH <= width <= MAX_WIDTH:
        return None
    apart = "close together" if width > MAX_WIDTH else "far apart"
    return (
        f"are so {apart} that the art would be {width:.3g} eye distances wide; "
        f"{MIN_WIDTH:g} to {MAX_WIDTH:g} are allowed"
    )


def _frames(folder: Path, layer: StickerLayer, table: Table) -> tuple[Art, ...]:
    """Return the frames of an animation, each with its time; a still image is one alone."""
    if layer.frames:
        pieces = _pieces(folder, layer.frames, layer.part, table)
        timed = {piece: replace(piece, seconds=1.0 / layer.frames_per_second) for piece in pieces}
        return tuple(timed[piece] for piece in pieces)
    if not layer.art or not is_animation(folder, layer.art):
        return _pieces(folder, (layer.art,) if layer.art else (), layer.part, table)
    pieces, problems = load_frames(folder, layer.art)
    for problem in problems:
        table.spot.error(problem, "art")
    if layer.part is not None:
        table.error("part", "only applies to SVG; an animation has no groups")
    return pieces


def _pieces(folder: Path, names: tuple[str, ...], part: str | None, table: Table) -> tuple[Art, ...]:
    """Return the art of every name; a repeated name is the same piece, drawn and kept once."""
    loaded: dict[str, Art | None] = {}
    key = "frames" if table.has("frames") else "art"
    for number, name in enumerate(names):
        if name in loaded:
            continue
        loaded[name], problems = load_art(folder, name, part)
        for problem in problems:
            table.spot.error(problem.text, *(("part",) if problem.key == "part" else (key, number)))
    return tuple(art for name in names if (art := loaded[name]) is not None)
