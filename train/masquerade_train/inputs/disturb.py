"""Varies the light, colour and sharpness of a crop as cameras and rooms do."""

from typing import cast

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

from masquerade_train.recipes.augmentation import Augmentation


def disturb(crop: ByteArray, augmentation: Augmentation, random: np.random.Generator) -> ByteArray:
    """Change light, colour and sharpness as cameras and rooms do: (S, S, 3) uint8 -> the same."""
    chances = random.random(6)
    pixels: FloatArray = crop.astype(np.float32)
    if chances[0] < augmentation.colour_chance:
        pixels = _colour(pixels, random)
    if chances[1] < augmentation.grey_chance:
        pixels = np.repeat(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)[..., None], 3, axis=2)
    if chances[2] < augmentation.shade_chance:
        pixels = _shade(pixels, random)
    if chances[3] < augmentation.blur_chance:
        pixels = _blur(pixels, random)
    if chances[4] < augmentation.noise_chance:
        pixels = _noise(pixels, random)
    disturbed = np.rint(pixels).clip(0, 255).astype(np.uint8)
    if chances[5] < augmentation.jpeg_chance:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 80))]
        disturbed = cast(ByteArray, cv2.imdecode(cv2.imencode(".jpg", disturbed, quality)[1], cv2.IMREAD_COLOR))
    return disturbed


def _colour(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Gamma, contrast, brightness, tint and saturation."""
    steps = np.arange(256, dtype=np.float32) / 255
    gamma, contrast = np.exp(random.uniform(-0.45, 0.45)), np.exp(random.uniform(-0.45, 0.3))
    curve = (steps**gamma - 0.5) * contrast + 0.5 + random.uniform(-0.2, 0.2)
    table = np.rint(255 * curve[:, None] * np.exp(random.normal(0, 0.08, 3))).clip(0, 255).astype(np.uint8)
    changed = cv2.LUT(pixels.astype(np.uint8), table[None]).astype(np.float32)
    grey = cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY)[..., None]
    return cast(FloatArray, grey + random.uniform(0.5, 1.3) * (changed - grey))


def _shade(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Light from one side: a ramp across the crop, now and then with a hard edge."""
    side = pixels.shape[0]
    across = np.linspace(-1, 1, side, dtype=np.float32)
    angle = random.uniform(0, 2 * np.pi)
    ramp = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None]
    if random.random() < 0.3:
        ramp = np.tanh((ramp - random.uniform(-0.5, 0.5)) * random.uniform(3, 12)).astype(np.float32)
    return cast(FloatArray, pixels * np.exp(random.uniform(0.2, 0.8) * ramp - 0.1).astype(np.float32)[..., None])


def _blur(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Out of focus, moved, or from a face only a few pixels wide."""
    side = pixels.shape[0]
    kind = random.random()
    if kind < 0.35:
        return cast(FloatArray, cv2.GaussianBlur(pixels, (0, 0), random.uniform(0.4, 1.8) * side / 96))
    if kind < 0.6:
        length = int(random.integers(3, 9))
        kernel = np.zeros((length, length), np.float32)
        angle = random.uniform(0, np.pi)
        reach = (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
        ends = np.rint((length - 1) / 2 + np.stack([-reach, reach])).astype(int)
        cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 1.0)
        return cast(FloatArray, cv2.filter2D(pixels, -1, kernel / kernel.sum()))
    small = max(int(side / random.uniform(1.3, 3.5)), 8)
    coarse = cv2.resize(pixels, (small, small), interpolation=cv2.INTER_AREA)
    return cast(FloatArray, cv2.resize(coarse, (side, side), interpolation=cv2.INTER_LINEAR))


def _noise(pixels: FloatArray, random: np.random.Generator) -> FloatArray:
    """Sensor noise; now and then in blotches, as after a camera's own smoothing."""
    noise = random.standard_normal(pixels.shape, np.float32) * np.float32(random.uniform(2, 16))
    if random.random() < 0.3:
        noise = np.asarray(2 * cv2.GaussianBlur(noise, (0, 0), 0.8), np.float32)
    return pixels + noise
