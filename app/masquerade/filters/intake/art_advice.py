"""Look at the art of a valid filter's layers: what covers too much, lies beside itself, or is never seen."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.compositing.rasters import Raster, draw_art
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.face_template import TEMPLATE_WH, UNIT, to_template
from masquerade.filters.format.image_layers import LookLayer, ParticlesLayer
from masquerade.filters.format.layers import Blend, Effect, PaintLayer, PrivacyLayer, RetouchLayer, StickerLayer
from masquerade.filters.format.manifest import Filter
from masquerade.filters.render import paint_still
from masquerade.geometry.head import HEAD_ANCHORS, model_landmarks
from masquerade.geometry.pose import fit_pose, rotation_from
from masquerade.values import ByteArray, Face, Keypoints, Trigger

_MIN_COVERED, _OPAQUE = 0.6, 200
# Half the axes of an eye and of a mouth in the template.
_EYE_WH = (0.17 * UNIT, 0.075 * UNIT)
_MOUTH_WH = (0.2 * UNIT, 0.04 * UNIT)
# An opaque box is opaque to its last pixel.
_SOLID, _RIM = 250, 3
# Pixels of the longer side at which boxes are looked at.
_LOOKED_AT = 64.0
# Anchors may lie beside the art, as those of ears do; so many of its longer sides away is a slip of the pen.
_MAX_BESIDE = 3.0
_SIDE, _SCALE = 640, 56.0
# A warp that moves nothing changes pixels by so much all the same: it draws them again.
_SLIGHT = 12
_POSES = ((0.0, 0.0), (40.0, 0.0), (-40.0, 0.0), (0.0, 25.0), (0.0, -25.0))


def art_advice(chosen: Filter) -> Iterator[str]:
    """Yield what to think about in the art of single layers, each with the number of its layer."""
    for number, (layer, art) in enumerate(zip(chosen.manifest.layers, chosen.art, strict=True), start=1):
        if isinstance(layer, PaintLayer):
            if layer.over_eyes and _hides(layer, art[0], ("left_eye_center", "right_eye_center"), _EYE_WH):
                yield f"layer {number}: covers the eyes with opaque paint; leave 'over_eyes' out to cut them out."
            lips = ("mouth_center_top_lip", "mouth_center_bottom_lip")
            if layer.over_mouth and _hides(layer, art[0], lips, _MOUTH_WH):
                yield (
                    f"layer {number}: covers teeth and tongue with opaque paint when the mouth opens; leave "
                    "'over_mouth' out to keep it free."
                )
        if isinstance(layer, StickerLayer | ParticlesLayer) and layer.blend is Blend.NORMAL and _is_box(art):
            yield f"layer {number}: its art is an opaque box; make its background transparent."
        if isinstance(layer, StickerLayer) and (name := _stray_anchor(layer, art[0])):
            yield f"layer {number}: the point of anchor '{name}' lies far outside the art; check its numbers."
        if not isinstance(layer, ParticlesLayer | RetouchLayer) and not _is_seen(chosen, number - 1):
            yield f"layer {number}: nothing of it can ever be seen."


def _hides(layer: PaintLayer, art: Art, names: tuple[str, ...], half_wh: tuple[float, float]) -> bool:
    """Return whether a layer lays opaque paint on each of these places."""
    if layer.blend is not Blend.NORMAL:
        return False
    scale = TEMPLATE_WH[0] / art.box.width
    raster = draw_art(art, scale / 2)
    shares = []
    for name in names:
        x, y = to_template(np.array([HEAD_ANCHORS[name]]))[0] / scale
        column = (x + art.box.left - raster.left) * raster.scale
        row = (y + art.box.top - raster.top) * raster.scale
        half = np.array(half_wh) / scale * raster.scale
        left, top = max(round(column - half[0]), 0), max(round(row - half[1]), 0)
        spot = raster.pixels[top : max(round(row + half[1]), 0), left : max(round(column + half[0]), 0), 3]
        shares.append(float(np.mean(spot * layer.opacity >= _OPAQUE)) if spot.size else 0.0)
    return min(shares) >= _MIN_COVERED


def _is_box(frames: tuple[Art, ...]) -> bool:
    """Return whether any piece of art is opaque from edge to edge of its box."""
    return any(_covers_its_box(art, draw_art(art, _LOOKED_AT / max(art.box.width, art.box.height))) for art in frames)


def _covers_its_box(art: Art, raster: Raster) -> bool:
    height, width = raster.pixels.shape[:2]
    whole_wh = art.box.width * raster.scale, art.box.height * raster.scale
    # Art is drawn with a soft edge round it.
    inside = raster.pixels[_RIM:-_RIM, _RIM:-_RIM, 3]
    is_whole = width >= whole_wh[0] - _RIM and height >= whole_wh[1] - _RIM
    return bool(is_whole and inside.size and inside.min() >= _SOLID)


def _stray_anchor(layer: StickerLayer, art: Art) -> str | None:
    """Return the first anchor whose point lies far from the art."""
    box, reach = art.box, _MAX_BESIDE * max(art.box.width, art.box.height)
    for anchor in layer.anchors:
        beside = max(box.left - anchor.x, anchor.x - box.left - box.width)
        above = max(box.top - anchor.y, anchor.y - box.top - box.height)
        if max(beside, above) > reach:
            return anchor.name
    return None


def _is_seen(chosen: Filter, index: int) -> bool:
    """Return whether a layer alone changes anything, on a head turned five ways, with its trigger on or off."""
    layer = chosen.manifest.layers[index]
    if isinstance(layer, PrivacyLayer) and layer.effect is Effect.COVER:
        return True
    alone = Filter(replace(chosen.manifest, layers=(layer,)), (chosen.art[index],))
    person = np.zeros((_SIDE, _SIDE), np.uint8)
    person[:, _SIDE // 3 : -_SIDE // 3] = 255
    # The poses hardly matter to what changes all of the image.
    poses = _POSES[:1] if isinstance(layer, LookLayer) else _POSES
    for yaw, pitch in poses:
        for active in (frozenset[Trigger](), frozenset(Trigger)):
            before = _noise()
            pixels = before.copy()
            paint_still(pixels, (replace(_face(yaw, pitch), active=active),), (alone,), person)
            if cv2.absdiff(pixels, before).max() > _SLIGHT:
                return True
    return False


def _face(yaw: float, pitch: float) -> Face:
    view = model_landmarks() @ rotation_from(yaw, pitch, 0.0).T
    points = (_SCALE * view[:, :2] + np.array([_SIDE / 2, _SIDE / 2])).astype(np.float32)
    return Face(1, Keypoints(points, 1.0), fit_pose(points))


def _noise() -> ByteArray:
    """Return an image of which every change of colour or place is seen."""
    coarse = np.random.default_rng(0).integers(40, 220, (_SIDE // 8, _SIDE // 8, 4), np.uint8)
    pixels = as_bytes(cv2.resize(coarse, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR))
    pixels[..., 3] = 255
    return pixels
