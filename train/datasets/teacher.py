"""Maps another program's points to the convention of our labels, to relabel noisy pictures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.geometry.similarity import fit_similarity, invert_similarity, transform_points
from app.values import FloatArray
from train.datasets.face_set import face_anchors

_PLACES = np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 1.1]], np.float32)
# How much of the label's own place is kept beside the teacher's: the label's errors are
# larger, but they are not the teacher's.
_LABEL_SHARE = 0.25
# Eye distances; beyond it teacher and label do not speak of the same face.
_DOUBT = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """A linear map from all the teacher's coordinates to each of ours, in the face's own frame.

    Attributes:
        weights: (31, 30) float64.
    """

    weights: NDArray[np.float64]

    @classmethod
    def learn(cls, seen: FloatArray, labelled: FloatArray) -> "Teacher":
        """Fits the map by ridge regression on faces with sound labels.

        Faces on which the two differ wildly (another face, a lost teacher) are left out.

        Args:
            seen: (N, 15, 2) float32, the teacher's points, pixels.
            labelled: (N, 15, 2) float32, our labels, pixels of the same pictures.
        """
        frames = [_frame(points) for points in seen]
        inputs = _rows(frames, seen)
        targets = _rows(frames, labelled)[:, :-1]
        fits = np.abs(inputs[:, :-1] - targets).mean(axis=1) < _DOUBT
        ridge = 1e-2 * np.eye(inputs.shape[1])
        square = inputs[fits].T @ inputs[fits] + ridge
        return cls(np.linalg.solve(square, inputs[fits].T @ targets[fits]))

    def map(self, seen: FloatArray) -> FloatArray:
        """Returns the teacher's points (N, 15, 2) in our convention."""
        frames = [_frame(points) for points in seen]
        mapped = (_rows(frames, seen) @ self.weights).reshape(seen.shape).astype(np.float32)
        return np.stack(
            [transform_points(invert_similarity(frame), points) for frame, points in zip(frames, mapped, strict=True)]
        )

    def label(self, seen: FloatArray, noisy: FloatArray) -> list[FloatArray | None]:
        """Blends the mapped points with noisy labels, freed of their common offset.

        Returns:
            One (15, 2) float32 for each face; None where the two differ too much.
        """
        mapped = self.map(seen)
        distance = np.linalg.norm(mapped[:, 0] - mapped[:, 1], axis=1)[:, None, None]
        # The noisy labels sit beside the face by a fixed amount, point for point.
        offset = np.median((noisy - mapped) / distance, axis=0)
        difference = (noisy - mapped) / distance - offset
        error = np.linalg.norm(difference, axis=2).mean(axis=1)
        blended = mapped + _LABEL_SHARE * difference * distance
        return [
            points.astype(np.float32) if doubt < _DOUBT else None for points, doubt in zip(blended, error, strict=True)
        ]


def _frame(points: FloatArray) -> FloatArray:
    """The similarity that makes a face upright and one eye distance wide: (2, 3)."""
    return fit_similarity(face_anchors(points), _PLACES)


def _rows(frames: list[FloatArray], points: FloatArray) -> NDArray[np.float64]:
    """(N, 15, 2) pixels -> (N, 31): coordinates in the faces' frames, and 1."""
    normal = [transform_points(frame, face).reshape(-1) for frame, face in zip(frames, points, strict=True)]
    return np.column_stack([np.stack(normal), np.ones(len(points))]).astype(np.float64)
