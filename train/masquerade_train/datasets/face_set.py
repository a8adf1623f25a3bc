"""The one form of all training data: encoded images with named landmarks each, in one .npz file."""

import pickle
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from masquerade.values import LANDMARK_NAMES, ByteArray, FloatArray
from numpy.typing import NDArray

from masquerade_train.errors import TrainError

TextArray = NDArray[np.str_]

EYES = (0, 1)
MOUTH = slice(11, 15)
_BOTTOM_LIP_ALONE = [False, False, False, True]
# How far down from the eyes to the bottom lip the mouth's middle lies: the median over Kaggle's complete
# labels. The lip taken for the middle made those crops a tenth too wide.
_MOUTH_ABOVE_LIP = 0.866
# Keys of the .npz file that differ from the names of the fields.
_KEYS = {"landmarks": "points"}


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """N images with their labels.

    Attributes:
        encoded: all images as JPEG or PNG, one after the other, uint8.
        offsets: (N + 1,) int64; image i is encoded[offsets[i]:offsets[i + 1]].
        landmarks: (N, K, 2) float32, pixels of the image; NaN = not marked. All NaN for a
            image without a face.
        as_marked: the same as the annotators marked them, before training labels were brought to one convention.
        weights: (N,) float32, how far the labels are to be trusted, 0 to 1; 1 = sound.
        eye_distances: (N,) float32, pixels of the image the crop was taken from; NaN = unknown.
        sources, persons, splits, files: (N,) text; splits are "train", "validation" or "test".
        names: of the K landmarks, in their order.
    """

    encoded: ByteArray
    offsets: NDArray[np.int64]
    landmarks: FloatArray
    as_marked: FloatArray
    weights: FloatArray
    eye_distances: FloatArray
    sources: TextArray
    persons: TextArray
    splits: TextArray
    files: TextArray
    names: tuple[str, ...] = LANDMARK_NAMES

    def __post_init__(self) -> None:
        shape = (len(self.offsets) - 1, len(self.names), 2)
        if self.landmarks.shape != shape:
            raise ValueError(f"landmarks must be {shape}, got {self.landmarks.shape}")
        if self.as_marked.shape != shape:
            raise ValueError(f"as_marked must be {shape}, got {self.as_marked.shape}")
        if not all(np.issubdtype(labels.dtype, np.floating) for labels in (self.landmarks, self.as_marked)):
            raise TypeError(f"landmarks must be numbers, got {self.landmarks.dtype} and {self.as_marked.dtype}")
        if self.offsets[0] != 0 or self.offsets[-1] != len(self.encoded) or (np.diff(self.offsets) < 0).any():
            raise ValueError(f"offsets must rise from 0 to the {len(self.encoded)} bytes of all images")
        for name in ("weights", "eye_distances", "sources", "persons", "splits", "files"):
            if len(getattr(self, name)) != shape[0]:
                raise ValueError(f"{name} must have {shape[0]} entries, got {len(getattr(self, name))}")

    def __len__(self) -> int:
        return len(self.landmarks)

    def image(self, index: int) -> ByteArray:
        """Decode image `index`: (H, W, 3) uint8, RGB.

        Raises:
            TrainError: it is damaged.
        """
        content = self.encoded[self.offsets[index] : self.offsets[index + 1]]
        with suppress(cv2.error):
            image = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB)
            if image is not None:
                return cast(ByteArray, image)
        raise TrainError(f"Image {index} of the data ({self.files[index]}) is damaged. Run `prepare` again.")

    def select(self, chosen: NDArray[np.bool_]) -> "FaceSet":
        """Return the rows that `chosen` (N,) marks."""
        rows = self.where(chosen)
        parts = [self.encoded[self.offsets[row] : self.offsets[row + 1]] for row in rows]
        lengths = np.diff(self.offsets)[rows]
        by_row = ("landmarks", "as_marked", "weights", "eye_distances", "sources", "persons", "splits", "files")
        return replace(
            self,
            encoded=np.concatenate(parts) if parts else self.encoded[:0],
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            **{name: getattr(self, name)[rows] for name in by_row},
        )

    def choose_landmarks(self, names: tuple[str, ...]) -> "FaceSet":
        """Return the same images with only the landmarks `names`, in that order.

        Raises:
            TrainError: the data lack one of them.
        """
        if names == self.names:
            return self
        lacking = [name for name in names if name not in self.names]
        if lacking:
            raise TrainError(f"The data have no {', '.join(lacking)}. Their landmarks are {', '.join(self.names)}.")
        order = [self.names.index(name) for name in names]
        landmarks, as_marked = (np.ascontiguousarray(labels[:, order]) for labels in (self.landmarks, self.as_marked))
        return replace(self, landmarks=landmarks, as_marked=as_marked, names=names)

    def with_sound_labels_as_marked(self) -> "FaceSet":
        """Return the same images with the original labels, except noisy ones, which stay relabelled."""
        landmarks = np.where(self.sound[:, None, None], self.as_marked, self.landmarks).astype(np.float32)
        return replace(self, landmarks=landmarks)

    @property
    def test_faces(self) -> NDArray[np.bool_]:
        """(N,) True for the faces of the test set."""
        return np.asarray((self.splits == "test") & self.has_face, np.bool_)

    @property
    def sound(self) -> NDArray[np.bool_]:
        """(N,) True where the labels are reliable."""
        return np.asarray(self.weights >= 1.0, np.bool_)

    def where(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the indices of the rows that `chosen` (N,) marks."""
        return np.flatnonzero(chosen).astype(np.int64)

    @property
    def marked(self) -> NDArray[np.bool_]:
        """(N, K) True where a landmark is marked."""
        return np.asarray(np.isfinite(self.landmarks).all(axis=2), np.bool_)

    @property
    def has_face(self) -> NDArray[np.bool_]:
        """(N,) True where any landmark is marked."""
        return np.asarray(np.isfinite(self.landmarks).any(axis=(1, 2)), np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One image on its way into a FaceSet; see there.

    Attributes:
        as_marked: None = as `landmarks` are.
        subtracted: pixels of the image, by which labels that count from 1 were moved; the same holds for its marks.
    """

    encoded: bytes
    landmarks: FloatArray
    source: str
    person: str
    split: str
    file: str
    weight: float = 1.0
    eye_distance: float = float("nan")
    as_marked: FloatArray | None = None
    subtracted: float = 0.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not taken.

    Attributes:
        where: which one.
        reason: why; the same words for all rows left out for the same reason.
    """

    where: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The result of a reader.

    Attributes:
        left_out: every row that was not taken.
        names: of the rows' landmarks.
        notes: what people should know besides, one sentence each.
    """

    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]
    names: tuple[str, ...] = LANDMARK_NAMES
    notes: tuple[str, ...] = ()


def join_rows(rows: Sequence[Row], names: tuple[str, ...] = LANDMARK_NAMES) -> FaceSet:
    """Packs `rows`, whose landmarks are called `names`, into one FaceSet.

    Raises:
        TrainError: there is no row.
    """
    if not rows:
        raise TrainError("The source contains no usable image.")
    lengths = [len(row.encoded) for row in rows]
    return FaceSet(
        encoded=np.frombuffer(b"".join(row.encoded for row in rows), np.uint8),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        landmarks=np.stack([row.landmarks for row in rows]).astype(np.float32),
        as_marked=np.stack([row.landmarks if row.as_marked is None else row.as_marked for row in rows]).astype(
            np.float32
        ),
        weights=np.array([row.weight for row in rows], np.float32),
        eye_distances=np.array([row.eye_distance for row in rows], np.float32),
        sources=np.array([row.source for row in rows]),
        persons=np.array([row.person for row in rows]),
        splits=np.array([row.split for row in rows]),
        files=np.array([row.file for row in rows]),
        names=names,
    )


def save_faces(faces: FaceSet, path: Path) -> None:
    """Write one .npz; an old file stays until the new one is complete.

    Raises:
        TrainError: the file cannot be written.
    """
    part = path.with_suffix(".part.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(part, **{_KEYS.get(name, name): getattr(faces, name) for name in FaceSet.__slots__})
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise TrainError(f"{path} cannot be written ({error.strerror}).") from error


def load_faces(path: Path) -> FaceSet:
    """Read what `save_faces` wrote; older files have the 15 landmarks, and labels as they were marked.

    Raises:
        TrainError: there is no such file, or it is not one of ours.
    """
    try:
        with path.open("rb") as file, np.load(file) as content:
            names = content.get("names", LANDMARK_NAMES)
            as_marked = content.get("as_marked", content["points"])
            kept = [name for name in FaceSet.__slots__ if name not in {"names", "as_marked"}]
            arrays = {name: content[_KEYS.get(name, name)] for name in kept}
            # Files of version 0.1 call the test set "val".
            arrays["splits"] = np.where(arrays["splits"] == "val", "test", arrays["splits"])
            return FaceSet(**arrays, as_marked=as_marked, names=tuple(str(name) for name in names))
    except OSError as error:
        raise TrainError(f"{path} cannot be read ({error.strerror}). `prepare` writes it.") from error
    # numpy's own words advise to allow pickles.
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
        out = path.with_suffix(".npz") if path.suffix != ".npz" else path.with_name(f"{path.stem}-prepared.npz")
        raise TrainError(
            f"{path} was not written by `prepare`, or is damaged. "
            f"Write one with `masquerade-train prepare {path} {out}`."
        ) from error


def face_anchors(landmarks: FloatArray) -> FloatArray:
    """Return the anchors of a crop: left eye, right eye and the middle of the mouth.

    Args:
        landmarks: (15, 2) float32; NaN = not marked.

    Returns:
        (3, 2) float32; NaN where an eye or the whole mouth is not marked. With the bottom
        lip alone marked (Kaggle's four-point rows) the middle is where it mostly lies above it.
    """
    marked = np.isfinite(landmarks[MOUTH]).all(axis=1)
    mouth = landmarks[MOUTH][marked]
    middle = mouth.mean(axis=0) if len(mouth) else np.full(2, np.nan)
    if marked.tolist() == _BOTTOM_LIP_ALONE:
        between_eyes = landmarks[list(EYES)].mean(axis=0)
        middle = between_eyes + _MOUTH_ABOVE_LIP * (middle - between_eyes)
    return np.stack([landmarks[EYES[0]], landmarks[EYES[1]], middle]).astype(np.float32)
