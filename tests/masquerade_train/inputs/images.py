"""Makes small whole-image data on the spot: grey squares with dots at the landmarks."""

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray
from masquerade_train.datasets.face_set import FaceSet, Row, join_rows
from masquerade_train.recipes.recipe import Copies, FullImages, Missing, Recipe, SplitBy, SplitRule

SIDE = 96
NAMES = ("left_eye", "right_eye", "nose_tip")
# Grey level of each landmark's dot.
LEVELS = (110, 180, 250)
GROUND = 40
TWELVE = Copies(
    rotations_degrees=(12.0, -12.0),
    brightness=(1.5, 0.8),
    shifts_px=((6, 0), (-6, 0), (0, 6), (0, -6)),
    noise_sigma=(4.0, 8.0),
    flip=True,
)


def dotted(landmarks: FloatArray, side: int = SIDE) -> ByteArray:
    """(side, side, 1) uint8: a dot of its own level at each of the (3, 2) landmarks that is marked."""
    image = np.full((side, side, 1), GROUND, np.uint8)
    for (x, y), level in zip(landmarks, LEVELS, strict=True):
        if np.isfinite(x + y):
            # Sixteenths of a pixel, so that the dot's middle is the landmark's and not the next pixel's.
            cv2.circle(image, (round(float(x) * 16), round(float(y) * 16)), 3 * 16, level, -1, cv2.LINE_AA, 4)
    return image


def dot_middle(image: ByteArray, level: int, near: FloatArray, reach: int = 5) -> FloatArray:
    """(2,) middle of what is brighter than the ground within `reach` pixels of `near`, weighted."""
    values = image[..., 0].astype(np.float32) - GROUND
    ys, xs = np.indices(values.shape)
    values[(np.abs(xs - near[0]) > reach) | (np.abs(ys - near[1]) > reach) | (values < 0.25 * (level - GROUND))] = 0
    return np.array([(xs * values).sum(), (ys * values).sum()], np.float32) / max(float(values.sum()), 1e-6)


def face(seed: int) -> FloatArray:
    """(3, 2) landmarks of a face, 20 px or more from each other and 18 or more from the edge."""
    random = np.random.default_rng(seed)
    return (np.array([[66, 34], [30, 34], [48, 62]]) + random.uniform(-10, 10, (3, 2))).astype(np.float32)


def image_row(seed: int, split: str, person: str = "", landmarks: FloatArray | None = None) -> Row:
    landmarks = face(seed) if landmarks is None else landmarks
    content = cv2.imencode(".png", dotted(landmarks))[1].tobytes()
    return Row(content, landmarks, "kaggle", person or f"person {seed}", split, f"{seed}.png")


def image_set(faces: int = 60, lacking: tuple[int, ...] = (), per_person: int = 1) -> FaceSet:
    """`faces` training images, of which `lacking` have no nose marked, and six of the test set."""
    rows = []
    for seed in range(faces):
        landmarks = face(seed)
        if seed in lacking:
            landmarks[2] = np.nan
        rows.append(image_row(seed, "train", f"person {seed // per_person}", landmarks))
    return join_rows([*rows, *(image_row(1000 + seed, "test") for seed in range(6))], NAMES)


def image_recipe(
    missing: Missing = Missing.DROP,
    copies: Copies | None = None,
    batch: int = 8,
    fraction: float = 1.0,
    leak: bool = False,
    **more: object,
) -> Recipe:
    split = {"split": SplitRule(SplitBy.COPY, 0.1, 0.1)} if leak else {}
    images = FullImages(points=NAMES, missing=missing, copies=copies or Copies(), **(split | more))  # type: ignore[arg-type]
    return Recipe("dots", "tiny", images, batch=batch, fraction=fraction)
