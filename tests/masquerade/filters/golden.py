"""Compares what was drawn with an approved image."""

import os
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import ByteArray

FOLDER = Path(__file__).resolve().parents[2] / "data" / "golden" / "filters"

# Versions of Qt and OpenCV round borders differently: single pixels may differ by much, the
# mean of any 5 x 5 by 10 of 255, and the whole by half a step.
MAX_LOCAL = 10.0
MAX_MEAN = 0.5


def assert_looks_like(name: str, pixels: ByteArray) -> None:
    """Fails where an image differs from tests/data/golden/filters/<name>.png.

    Leaves <name>.actual.png beside it. With GOLDEN_APPROVE=1 it writes the approved
    image instead; look at it before it is committed.
    """
    approved_path, actual_path = FOLDER / f"{name}.png", FOLDER / f"{name}.actual.png"
    colours = np.ascontiguousarray(pixels[..., :3])
    if os.environ.get("GOLDEN_APPROVE") == "1":
        FOLDER.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(approved_path), colours)
    approved = cv2.imread(str(approved_path), cv2.IMREAD_COLOR)
    assert approved is not None, f"{approved_path} is missing; GOLDEN_APPROVE=1 writes it"
    if approved.shape == colours.shape:
        difference = np.abs(approved.astype(np.float32) - colours)
        mean, local = float(difference.mean()), float(cv2.blur(difference, (5, 5)).max())
        if mean <= MAX_MEAN and local <= MAX_LOCAL:
            actual_path.unlink(missing_ok=True)
            return
    cv2.imwrite(str(actual_path), colours)
    raise AssertionError(f"{name} is not as approved: compare {actual_path} with {approved_path}")
