"""Writes small files in the form of Kaggle's Facial Keypoints Detection."""

from pathlib import Path

import numpy as np
from masquerade_train.datasets.landmark_table import COLUMNS

from tests.masquerade_train.faces import LANDMARKS

FOUR = {"left_eye_center", "right_eye_center", "nose_tip", "mouth_center_bottom_lip"}
HEADER = ",".join((*COLUMNS, "Image"))


def coordinates(keep: set[str] | None = None) -> list[str]:
    """The cells of the plain face in an image of 96; only the landmarks of `keep` are marked."""
    values = (LANDMARKS / 2).reshape(-1)
    return [f"{v:.3f}" if keep is None or c[:-2] in keep else "" for c, v in zip(COLUMNS, values, strict=True)]


def row(seed: int, keep: set[str] | None = None, pixels: int = 9216) -> str:
    """One row, its image noise."""
    image = np.random.default_rng(seed).integers(0, 256, pixels)
    return ",".join([*coordinates(keep), " ".join(map(str, image))])


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """Writes training.csv and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "training.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path
