"""Runs MediaPipe's FaceLandmarker over images and writes what it sees: the 15 landmarks and the 70 contours."""

import csv
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from masquerade.progress import Progress
from masquerade.resources import extra_line
from masquerade.values import ALL_LANDMARK_NAMES, ByteArray, FloatArray
from masquerade.vision.mediapipe_peer import MESH_OF_15

from masquerade_train.datasets.image_file import SUFFIXES, read_image
from masquerade_train.datasets.landmark_table import columns_of
from masquerade_train.errors import TrainError, writing

# Vertices of MediaPipe's canonical face mesh that lie nearest to the marks of 300-W, in their order, and the irises.
# Source: the mesh's drawing, mediapipe/modules/face_geometry/data/canonical_face_model_uv_visualization.png.
_MESH_OF_CONTOURS = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301,
    168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
    78, 82, 13, 312, 308, 317, 14, 87,
    468, 473,
)  # fmt: skip
_MAX_FACES = 4
# Faces at a crop's border, bowed or in the dark are worth a look, too: those it gets wrong are left out afterwards.
_MIN_SCORE = 0.4


def teach(folder: Path, model: Path, out: Path) -> str:
    """Write the landmarks of every face in every image of `folder` to `out`; return a sentence about it.

    Args:
        folder: of the images; folders in it count, too.
        model: Google's face_landmarker.task.
        out: a CSV with the columns file (relative to `folder`) and NAME_x, NAME_y of the 85 landmarks.

    Raises:
        TrainError: there is no image, mediapipe or its model is missing, or `out` cannot be written.
    """
    images = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not images:
        raise TrainError(f"{folder} holds no image.")
    look = _teacher(model)
    unread = missed = faces = 0
    with (
        writing(out),
        out.open("w", newline="", encoding="utf-8") as file,
        Progress("teaching", len(images), "images") as progress,
    ):
        table = csv.writer(file)
        table.writerow(("file", *columns_of(ALL_LANDMARK_NAMES)))
        for path in images:
            progress.step()
            try:
                seen = look(read_image(path).pixels)
            except ValueError:
                unread += 1
                continue
            missed += not seen
            faces += len(seen)
            name = path.relative_to(folder).as_posix()
            table.writerows((name, *(f"{value:.2f}" for value in face.reshape(-1))) for face in seen)
    return f"{out}: {faces} faces in {len(images)} images; {missed} images without a face, {unread} cannot be read"


def _teacher(model: Path) -> Any:
    """Return a function from an image (H, W, 3) uint8 BGR to its faces, (85, 2) float32 each."""
    if importlib.util.find_spec("mediapipe") is None:
        raise TrainError(f"The teacher needs the package mediapipe. Install it: {extra_line('mediapipe')}")
    if not model.is_file():
        raise TrainError(
            f"There is no model file {model}. "
            "Get face_landmarker.task from Google's page on MediaPipe's face landmarker."
        )
    import mediapipe  # noqa: PLC0415 (a second to import, and for this command alone)
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(str(model)),
        num_faces=_MAX_FACES,
        min_face_detection_confidence=_MIN_SCORE,
        min_face_presence_confidence=_MIN_SCORE,
    )
    landmarker = vision.FaceLandmarker.create_from_options(options)

    def look(pixels: ByteArray) -> list[FloatArray]:
        rgb = np.ascontiguousarray(pixels[..., ::-1])
        found = landmarker.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb))
        size_wh = np.array(rgb.shape[1::-1])
        return list(_faces(found.face_landmarks, size_wh))

    return look


def _faces(meshes: Sequence[Any], size_wh: Any) -> Iterator[FloatArray]:
    for mesh in meshes:
        # The mesh counts from the image's edge, our pixels from the middle of the first.
        vertices = np.array([(vertex.x, vertex.y) for vertex in mesh]) * size_wh - 0.5
        landmarks = [vertices[list(indices)].mean(axis=0) for indices in MESH_OF_15]
        yield np.concatenate([landmarks, vertices[list(_MESH_OF_CONTOURS)]]).astype(np.float32)
