"""Compares the app's landmarks with MediaPipe's Face Landmarker on the same images in the same run."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from masquerade.resources import extra_line
from masquerade.values import FloatArray
from numpy.typing import NDArray

from masquerade_train.comparison.peer_table import EvaluationTarget, Labels, peer_table
from masquerade_train.comparison.tables import Table, write_tables
from masquerade_train.datasets.face_set import FaceSet, face_anchors, load_faces
from masquerade_train.datasets.landmark_table import COLUMNS, read_landmarks, read_lines
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.convention import Convention, teaching_rows
from masquerade_train.evaluation.slices import face_slices
from masquerade_train.metrics.matching import Matches, match

Found = Mapping[str, list[FloatArray]]
# Name of an image -> the faces found in it, (15, 2) each, pixels.

# Of MediaPipe's 478 landmarks, in our order; brow ends are the middle of the brow's upper and lower line.
_LANDMARKS: tuple[tuple[int, ...], ...] = (
    (473,), (468,), (362,), (263,), (133,), (33,), (285, 336), (276, 300), (55, 107), (46, 70),
    (1,), (291,), (61,), (0,), (17,),
)  # fmt: skip
_MAX_FACES = 12
_SMALLEST_EYES = 20.0


@dataclass(frozen=True, slots=True)
class PeerPlan:
    """What to compare.

    Attributes:
        model: name or folder of our model, as `masquerade keypoints --model` takes it.
        peer_model: MediaPipe's face_landmarker.task.
        data: the .npz; its test faces are measured, its training faces teach the offsets.
        photos: a folder of whole images with labels.csv beside it, or None.
    """

    model: str
    peer_model: Path
    data: Path
    photos: Path | None = None


def compare_with_peer(plan: PeerPlan, out: Path) -> str:
    """Write `out`/compare.md and a CSV for each set of images; return the tables for people.

    Both find the faces by themselves. Errors are given raw and after one constant offset for
    each source and landmark, learnt for each of the two on training faces.

    Raises:
        TrainError: mediapipe, a model or data are missing, or nothing can be written.
    """
    faces = load_faces(plan.data)
    with tempfile.TemporaryDirectory() as folder:
        tables = tuple(_tables(plan, faces, Path(folder)))
    write_tables(out, tables, "# Beside MediaPipe\n")
    return "\n".join(table.markdown() for table in tables)


def _tables(plan: PeerPlan, faces: FaceSet, folder: Path) -> Iterator[Table]:
    large = ~(faces.eye_distances < _SMALLEST_EYES) & np.isfinite(faces.landmarks).all(axis=(1, 2))
    rows = faces.where(faces.test_faces & large)
    taught = teaching_rows(faces, faces.sources[rows])
    images = folder / "images"
    _write_images(faces, np.concatenate([rows, taught]), images)
    found = {"ours": _find_ours(plan.model, images, folder), "MediaPipe": _find_peer(plan.peer_model, images)}
    teachers = {name: _learn(faces, taught, places) for name, places in found.items()}
    labelled = faces.landmarks[rows]
    groups = [(str(name), faces.sources[rows] == name) for name in np.unique(faces.sources[rows])]
    subjects = [
        EvaluationTarget(name, match([places.get(_name(row), []) for row in rows], labelled), teachers[name])
        for name, places in found.items()
    ]
    labels = Labels(labelled, faces.sources[rows], [*groups, *face_slices(faces, rows)])
    yield peer_table("peer_faces", "Test faces", subjects, labels)
    if plan.photos:
        yield _photo_table(plan, plan.photos, teachers, folder)


def _photo_table(plan: PeerPlan, photos: Path, teachers: Mapping[str, Convention], folder: Path) -> Table:
    table = photos.parent / "labels.csv" if (photos.parent / "labels.csv").exists() else photos / "labels.csv"
    cells = [line.cells() for line in read_lines(table, ("file", "source", *COLUMNS))]
    every = np.stack([read_landmarks(each) for each in cells])
    files = np.array([each["file"] for each in cells])
    sources = np.array([each["source"] for each in cells])
    large = np.linalg.norm(every[:, 0] - every[:, 1], axis=1) >= _SMALLEST_EYES
    found = {"ours": _find_ours(plan.model, photos, folder), "MediaPipe": _find_peer(plan.peer_model, photos)}
    subjects = [
        EvaluationTarget(
            name, match([places.get(str(file), []) for file in files[large]], every[large], files[large]), teacher
        )
        for (name, places), teacher in zip(found.items(), teachers.values(), strict=True)
    ]
    groups = [(str(name), sources[large] == name) for name in np.unique(sources)]
    groups.append(("all", np.ones(int(large.sum()), np.bool_)))
    title = f"Faces in {len(set(files))} whole photos"
    return peer_table("peer_photos", title, subjects, Labels(every[large], sources[large], groups))


def _learn(faces: FaceSet, rows: NDArray[np.int64], found: Found) -> Convention:
    labelled = faces.as_marked[rows]
    matches: Matches = match([found.get(_name(row), []) for row in rows], labelled)
    seen = matches.found
    return Convention.learn(matches.landmarks[seen], labelled[seen], faces.sources[rows][seen])


def _name(row: int) -> str:
    return f"{int(row):06d}.png"


def _write_images(faces: FaceSet, rows: NDArray[np.int64], folder: Path) -> None:
    folder.mkdir()
    for row in rows:
        if np.isfinite(face_anchors(faces.landmarks[row])).all():
            cv2.imwrite(str(folder / _name(row)), faces.image(int(row))[..., ::-1])


def _find_ours(model: str, images: Path, folder: Path) -> Found:
    """Run `masquerade keypoints`, as a user would."""
    table = folder / "keypoints.csv"
    command = [sys.executable, "-m", "masquerade", "keypoints", str(images), "-o", str(table), "--model", model]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TrainError(f"`masquerade keypoints` failed: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, list[FloatArray]] = {}
    for line in read_lines(table, ("file", *COLUMNS)):
        cells = line.cells()
        found.setdefault(Path(cells["file"]).name, []).append(read_landmarks(cells))
    return found


def _find_peer(model: Path, images: Path) -> Found:
    """Run MediaPipe's Face Landmarker on every image of a folder.

    Raises:
        TrainError: mediapipe is not installed, or cannot use the model file.
    """
    try:
        import mediapipe  # noqa: PLC0415 (an extra)
        from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415
    except ImportError as error:
        raise TrainError(
            f"The comparison needs the package mediapipe. Install it: {extra_line('mediapipe')}"
        ) from error
    options = vision.FaceLandmarkerOptions(BaseOptions(model_asset_path=str(model)), num_faces=_MAX_FACES)
    try:
        landmarker = vision.FaceLandmarker.create_from_options(options)
    except (RuntimeError, ValueError, OSError) as error:
        raise TrainError(f"mediapipe cannot use {model}: {error}") from error
    with landmarker:
        found = {}
        for path in sorted(images.iterdir()):
            image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
            if image is not None:
                mapped = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image))
                found[path.name] = [_ours_of(face, image.shape) for face in landmarker.detect(mapped).face_landmarks]
    return found


def _ours_of(face: Sequence[object], shape: tuple[int, ...]) -> FloatArray:
    """Convert MediaPipe's 478 landmarks, in shares of the image, to our 15, in pixels."""
    places = np.array([(landmark.x, landmark.y) for landmark in face])  # type: ignore[attr-defined]
    picked = np.stack([places[list(which)].mean(axis=0) for which in _LANDMARKS])
    return np.asarray(picked * (shape[1], shape[0]) - 0.5, np.float32)
