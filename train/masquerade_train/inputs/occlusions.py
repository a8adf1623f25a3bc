"""Draws shapes, hands and glasses in front of faces, so that a network learns to guess what is behind them."""

import cv2
import numpy as np
from masquerade.values import ByteArray

# RGB of skin from dark to light; a hand is a mixture of two with some noise.
_SKIN = np.array([[66, 42, 33], [120, 78, 58], [172, 120, 92], [214, 166, 138], [240, 204, 184]], np.float32)


def cover(crop: ByteArray, random: np.random.Generator) -> ByteArray:
    """Return the crop (S, S, 3) uint8 with one occlusion drawn on it."""
    side = crop.shape[0]
    mask = np.zeros((side, side), np.uint8)
    kind = random.random()
    if kind < 0.35:
        _draw_hand(mask, random)
        shares = random.dirichlet(np.ones(2))
        chosen = _SKIN[random.choice(len(_SKIN), 2)]
        colour = shares @ chosen
    else:
        _draw_block(mask, random, ellipse=kind < 0.65)
        colour = random.uniform(0, 255, 3)
    paint = _paint(colour, side, random)
    softness = random.uniform(0.3, 1.2) * side / 96
    alpha = cv2.GaussianBlur(mask, (0, 0), softness).astype(np.float32)[..., None] / 255
    # Glasses and hair let some of the face through.
    alpha *= random.uniform(0.6, 1.0) if random.random() < 0.25 else 1.0
    return (crop + alpha * (paint - crop)).clip(0, 255).astype(np.uint8)


def _draw_block(mask: ByteArray, random: np.random.Generator, ellipse: bool) -> None:
    side = mask.shape[0]
    centre, axes = random.uniform(0.1, 0.9, 2) * side, random.uniform(0.05, 0.24, 2) * side
    degrees = random.uniform(0, 180)
    box = (centre.tolist(), (2 * axes).tolist(), degrees)
    if ellipse:
        cv2.ellipse(mask, box, 255, -1)
    else:
        cv2.fillPoly(mask, [np.rint(cv2.boxPoints(box)).astype(np.int32)], 255)


def _draw_hand(mask: ByteArray, random: np.random.Generator) -> None:
    """Return a palm at the crop's rim or before the mouth, and two to five fingers."""
    side = mask.shape[0]
    palm = np.array([random.uniform(0.1, 0.9), random.uniform(0.65, 1.05)]) * side
    width = random.uniform(0.06, 0.11) * side
    cv2.ellipse(mask, (palm.tolist(), [3.2 * width, 2.8 * width], random.uniform(0, 180)), 255, -1)
    direction = np.deg2rad(random.uniform(-150, -30))
    for number in range(int(random.integers(2, 6))):
        angle = direction + 0.22 * (number - 2)
        root = palm + 0.9 * width * (number - 2) * np.array([-np.sin(direction), np.cos(direction)])
        tip = root + random.uniform(2.0, 5.0) * width * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(mask, np.rint(root).astype(int).tolist(), np.rint(tip).astype(int).tolist(), 255, max(int(width), 1))


def _paint(colour: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """Return (S, S, 3) float32: a colour with light from one side and some grain."""
    across = np.linspace(-1, 1, side, dtype=np.float32)
    ramp = random.uniform(-30, 30) * across[None, :, None] + random.uniform(-30, 30) * across[:, None, None]
    grain = random.standard_normal((side, side, 1), np.float32) * np.float32(random.uniform(0, 12))
    return np.asarray(colour + ramp + grain, np.float32)
