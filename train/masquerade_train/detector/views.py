"""Makes training images for the detector as the app shows them to it: ViewMaker."""

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.datasets.image_file import read_image

# The input of the network for images of any shape, and of the one for wide images, width and height.
SQUARE_WH, WIDE_WH = (192, 192), (192, 128)
# Height over width of the images that each of them gets.
_SQUARE_SHAPES, _WIDE_SHAPES = (0.75, 2.0), (0.45, 0.7)
_LONGEST = 900
_WIDTHS = (384, 480, 640)
# Of the shorter side: how large faces are pasted.
_FACE_SIZES = (0.1, 1.7)
# As `vision.search.views` mirrors the image beyond its border, of the longer side.
_MARGIN = 0.2


class ViewMaker:
    """Cuts views out of photos, pastes faces into them, and changes their light.

    Nothing of this needs to look real: the float network says what it sees in it.
    """

    def __init__(self, photos: Sequence[Path], faces: FaceSet) -> None:
        """Read the photos.

        Raises:
            ValueError: one cannot be decoded.
        """
        self._photos = [_shrunk(read_image(path).pixels) for path in photos]
        self._faces = faces

    def view(self, random: np.random.Generator, size_wh: tuple[int, int]) -> ByteArray:
        """Return one view, (H, W, 3) uint8 RGB: an image in the top-left part, the rest black."""
        image = self._turned(random, self._scene(random, size_wh == SQUARE_WH), size_wh == SQUARE_WH)
        image = _mirrored_beyond_border(random, image)
        height, width = image.shape[:2]
        scale = min(size_wh[0] / width, size_wh[1] / height)
        small_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
        small = cv2.resize(image, small_wh, interpolation=cv2.INTER_AREA)[:, :, ::-1]
        canvas = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
        canvas[: small_wh[1], : small_wh[0]] = _in_other_light(random, small.astype(np.float32))
        return canvas

    def _scene(self, random: np.random.Generator, square: bool) -> ByteArray:
        photo = self._photos[int(random.integers(len(self._photos)))]
        ratio = random.uniform(*(_SQUARE_SHAPES if square else _WIDE_SHAPES))
        height, width = photo.shape[:2]
        if random.random() < 0.35:
            part_width = max(int(min(width, height / ratio) * random.uniform(0.35, 1)), 2)
            return _part(random, photo, (part_width, max(min(int(part_width * ratio), height), 2)))
        part_width = int(random.choice(_WIDTHS))
        part_wh = (part_width, int(part_width * ratio))
        scale = max(part_wh[0] / width, part_wh[1] / height) * random.uniform(1.01, 1.6)
        scene = _part(random, np.asarray(cv2.resize(photo, None, fx=scale, fy=scale), np.uint8), part_wh)
        if random.random() < 0.25:
            scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), random.uniform(2, 9)), np.uint8)
        for _ in range(int(random.choice((0, 1, 1, 1, 2, 2, 3, 4)))):
            self._paste_face(random, scene)
        return scene

    def _paste_face(self, random: np.random.Generator, scene: ByteArray) -> None:
        height, width = scene.shape[:2]
        size = int(min(height, width) * math.exp(random.uniform(*np.log(_FACE_SIZES))))
        face = self._faces.image(int(random.integers(len(self._faces))))[:, :, ::-1]
        way = cv2.INTER_AREA if size < face.shape[0] else cv2.INTER_LINEAR
        face = np.asarray(cv2.resize(np.ascontiguousarray(face), (size, size), interpolation=way), np.uint8)
        mask = np.zeros((size, size), np.float32)
        cv2.ellipse(mask, (size // 2, size // 2), (int(size * 0.46), int(size * 0.49)), 0, 0, 360, 1.0, -1)
        if random.random() < 0.3:
            mask[:] = 1.0
        if random.random() < 0.35:
            angle = random.normal(0, 35) if random.random() < 0.7 else random.uniform(0, 360)
            turn = cv2.getRotationMatrix2D((size / 2, size / 2), angle, 1)
            face = np.asarray(cv2.warpAffine(face, turn, (size, size), borderMode=cv2.BORDER_REFLECT), np.uint8)
        soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(size * 0.02, 0.8)), np.float32)[..., None]
        left, top = int(random.integers(width)) - size // 2, int(random.integers(height)) - size // 2
        rows, columns = slice(max(top, 0), min(top + size, height)), slice(max(left, 0), min(left + size, width))
        own = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
        scene[rows, columns] = scene[rows, columns] * (1 - soft[own]) + face[own] * soft[own]

    def _turned(self, random: np.random.Generator, image: ByteArray, square: bool) -> ByteArray:
        """Return the image mirrored, upside down or on its side, now and then."""
        if random.random() < 0.5:
            image = image[:, ::-1]
        if random.random() < 0.12:
            image = image[::-1]
        if square and random.random() < 0.3:
            image = np.rot90(image, int(random.integers(4)))
        return np.ascontiguousarray(image)


def _shrunk(pixels: ByteArray) -> ByteArray:
    scale = _LONGEST / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _part(random: np.random.Generator, image: ByteArray, size_wh: tuple[int, int]) -> ByteArray:
    left = int(random.integers(image.shape[1] - size_wh[0] + 1))
    top = int(random.integers(image.shape[0] - size_wh[1] + 1))
    return image[top : top + size_wh[1], left : left + size_wh[0]].copy()


def _mirrored_beyond_border(random: np.random.Generator, image: ByteArray) -> ByteArray:
    """Return the image as the search shows it: all of it with mirrored margins, a corner with two, or a tile."""
    margin = min(int(_MARGIN * max(image.shape[:2])), min(image.shape[:2]) - 1)
    case = random.random()
    if case < 0.25:
        margins = [margin] * 4
    elif case < 0.6:
        upper, left, beside = random.random(3) < 0.5
        margins = [margin * upper, margin * (not upper), margin * (left and beside), margin * (left and not beside)]
    else:
        return image
    above, below, before, after = (int(each) for each in margins)
    return np.asarray(cv2.copyMakeBorder(image, above, below, before, after, cv2.BORDER_REFLECT_101), np.uint8)


def _in_other_light(random: np.random.Generator, image: FloatArray) -> ByteArray:
    """Return the image darker or brighter, tinted, flat, noisy, blurred or grey, now and then."""
    if random.random() < 0.5:
        brightness = math.exp(random.uniform(math.log(0.2), math.log(1.4))) if random.random() < 0.6 else 1.0
        image = image * (brightness * random.uniform(0.85, 1.15, 3)).astype(np.float32)
        if random.random() < 0.4:
            image = 128 + (image - 128) * random.uniform(0.5, 1.2)
    if random.random() < 0.3:
        image = image + random.normal(0, random.uniform(1, 9), image.shape).astype(np.float32)
    if random.random() < 0.1:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.2)), np.float32)
    if random.random() < 0.1:
        image = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2)
    return np.clip(image, 0, 255).astype(np.uint8)
