"""Makes small face data on the spot: coloured dots at landmarks of a face."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import LANDMARK_COUNT, ByteArray, FloatArray
from masquerade_train.datasets.face_set import FaceSet, Row, join_rows
from masquerade_train.recipes.recipe import BACKGROUND, Recipe
from masquerade_train.recipes.table import RECIPES

from tests.shared import REPO

PORTRAIT = REPO / "assets" / "demo" / "eileen_collins.jpg"
SIDE = 192
# A plain face in an image of 192, eyes 40 px apart: (15, 2).
LANDMARKS = np.array(
    [
        (116, 76), (76, 76), (108, 77), (124, 77), (84, 77), (68, 77), (104, 66), (130, 66),
        (88, 66), (62, 66), (96, 98), (112, 118), (80, 118), (96, 114), (96, 124),
    ],
    np.float32,
)  # fmt: skip
# The landmarks that have a dot: far from each other, each of a colour that no mixture gives.
DOTS = {
    0: (255, 0, 0),
    1: (0, 255, 0),
    6: (0, 0, 255),
    9: (255, 255, 0),
    10: (255, 0, 255),
    13: (0, 255, 255),
}


def moved_points(seed: int) -> FloatArray:
    """The plain face, somewhere else in the image and a little different: (15, 2)."""
    random = np.random.default_rng(seed)
    return (LANDMARKS + random.normal(0, 6, 2) + random.normal(0, 1.5, LANDMARKS.shape)).astype(np.float32)


def dotted_image(landmarks: FloatArray) -> ByteArray:
    """(192, 192, 3) uint8 RGB: grey, with a dot at each of DOTS."""
    image = np.full((SIDE, SIDE, 3), 60, np.uint8)
    for landmark, colour in DOTS.items():
        x, y = landmarks[landmark]
        cv2.circle(image, (round(float(x)), round(float(y))), 4, colour, -1, cv2.LINE_AA)
    return image


def png(image: ByteArray) -> bytes:
    return cv2.imencode(".png", image[..., ::-1])[1].tobytes()


def face_row(seed: int, split: str, source: str = "helen", weight: float = 1.0) -> Row:
    landmarks = moved_points(seed)
    return Row(png(dotted_image(landmarks)), landmarks, source, f"person {seed}", split, f"{seed}.png", weight, 40.0)


def background_row(seed: int, split: str) -> Row:
    image = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    nothing = np.full((LANDMARK_COUNT, 2), np.nan, np.float32)
    return Row(png(image), nothing, BACKGROUND, f"background {seed}", split, f"b{seed}.png")


def small_set() -> FaceSet:
    """24 training faces, 6 test faces, 4 training and 2 test backgrounds."""
    faces = [face_row(seed, "train" if seed < 24 else "test") for seed in range(30)]
    return join_rows([*faces, *(background_row(seed, "train" if seed < 4 else "test") for seed in range(6))])


def write_faces15(folder: Path, rows: int = 6) -> Path:
    """Writes a folder in the form of faces15 and returns it."""
    from masquerade_train.datasets.landmark_table import COLUMNS  # noqa: PLC0415

    (folder / "faces").mkdir(parents=True)
    lines = [",".join(("file", "source", "person", "split", "eye_distance_px", *COLUMNS))]
    for seed in range(rows):
        row = face_row(seed, "train" if seed < rows - 1 else "test")
        (folder / "faces" / row.file).write_bytes(row.encoded)
        numbers = ",".join(f"{value:.3f}" for value in row.landmarks.reshape(-1))
        lines.append(f"{row.file},{row.source},{row.person},{row.split},40,{numbers}")
    (folder / "faces.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def tiny_recipe(epochs: int) -> Recipe:
    return replace(RECIPES["tiny"], epochs=epochs)
