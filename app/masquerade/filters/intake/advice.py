"""Looks for what is valid in a filter but will not suit everybody."""

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.format.image_layers import LookArea, LookLayer
from masquerade.filters.format.manifest import Filter
from masquerade.filters.intake.art_advice import art_advice
from masquerade.filters.render import paint_still
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import fit_pose
from masquerade.values import ByteArray, Face, Keypoints

# Middle tones of skin, BGR.
_TONES = {
    "very dark": (26, 34, 52),
    "dark": (52, 74, 112),
    "brown": (84, 116, 168),
    "fair": (140, 172, 214),
    "very fair": (186, 208, 236),
}
# What must be left of the differences of brightness in a face.
MIN_CONTRAST = 0.35
_SIDE, _SCALE = 240, 42.0


def advice(chosen: Filter) -> tuple[str, ...]:
    """Return notes about a filter before it is shared; none of them is an error.

    Args:
        chosen: a filter that was checked.
    """
    found = list(art_advice(chosen))
    kept = contrast_kept(chosen)
    lost = [f"{tone} ({100 * share:.0f} %)" for tone, share in kept.items() if share < MIN_CONTRAST]
    if lost:
        found.append(
            f"its looks leave less than {100 * MIN_CONTRAST:.0f} % of a face's contrast on skin that is "
            f"{', '.join(lost)}; try gentler curves, or 'even_faces'."
        )
    return tuple(found)


def contrast_kept(chosen: Filter) -> dict[str, float]:
    """Return for each tone of skin how much of a face's contrast the looks of a filter leave; 1 is all of it.

    A gradient of colours counts by what is seen of it: by its brightness and its colours.
    """
    looks = [each for each in chosen.manifest.layers if isinstance(each, LookLayer)]
    if not any(each.area is not LookArea.SURROUNDINGS and each.trigger is None for each in looks):
        return {}
    kept = {}
    for tone, colour in _TONES.items():
        pixels, face, skin = _portrait(colour)
        before = _contrast(pixels, skin)
        paint_still(pixels, (face,), (chosen,))
        kept[tone] = _contrast(pixels, skin) / before
    return kept


def _portrait(colour: tuple[int, int, int]) -> tuple[ByteArray, Face, ByteArray]:
    """Return a face that is lit from one side, with eyes, brows and lips, and where it is."""
    landmarks = (np.array([_SIDE / 2, 0.42 * _SIDE]) + _SCALE * model_landmarks()[:, :2]).astype(np.float32)
    pixels = np.full((_SIDE, _SIDE, 4), (120, 120, 120, 255), np.uint8)
    light = np.linspace(0.62, 1.18, _SIDE)[None, :, None]
    skin = np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.ellipse(skin, (_SIDE // 2, round(0.5 * _SIDE)), (round(1.1 * _SCALE), round(1.55 * _SCALE)), 0, 0, 360, 255, -1)
    shaded = as_bytes(np.clip(light * np.array(colour), 0, 255).repeat(_SIDE, 0))
    pixels[skin > 0, :3] = shaded[skin > 0]
    dark = tuple(float(each) * 0.45 for each in colour)
    for index in (0, 1, 10, 11, 12, 13, 14):
        x, y = (round(float(each)) for each in landmarks[index])
        cv2.circle(pixels, (x, y), round(0.13 * _SCALE), (*dark, 255.0), -1, cv2.LINE_AA)
    return pixels, Face(1, Keypoints(landmarks, 1.0), fit_pose(landmarks)), skin


def _contrast(pixels: ByteArray, skin: ByteArray) -> float:
    """Return how far the shades of a face lie apart, as a mean over its three channels' spreads in an even space."""
    lab = np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_BGR2LAB), np.float32)
    # Blurred as from some steps away: grain and lines are no contrast of the face.
    seen = np.asarray(cv2.blur(lab, (5, 5)), np.float32)[skin > 0]
    spreads = np.percentile(seen, 95, axis=0) - np.percentile(seen, 5, axis=0)
    return max(float(np.hypot(spreads[0], np.hypot(spreads[1], spreads[2]))), 1.0)
