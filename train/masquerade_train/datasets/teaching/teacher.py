"""Maps another program's landmarks to the convention of our labels, to relabel noisy images."""

from dataclasses import dataclass

import numpy as np
from masquerade.geometry.mirror import mirrored_order
from masquerade.geometry.similarity import Similarity
from masquerade.values import LANDMARK_NAMES, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import face_anchors

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
        """Fit the map by ridge regression on faces with sound labels.

        Faces on which the two differ wildly (another face, a lost teacher) are left out.

        Args:
            seen: (N, 15, 2) float32, the teacher's landmarks, pixels.
            labelled: (N, 15, 2) float32, our labels, pixels of the same images.
        """
        frames = [face_frame(landmarks) for landmarks in seen]
        inputs, targets = (_with_mirrored(frame_rows(frames, landmarks)) for landmarks in (seen, labelled))
        targets = targets[:, :-1]
        fits = np.abs(inputs[:, :-1] - targets).mean(axis=1) < _DOUBT
        ridge = 1e-2 * np.eye(inputs.shape[1])
        square = inputs[fits].T @ inputs[fits] + ridge
        return cls(np.linalg.solve(square, inputs[fits].T @ targets[fits]))

    def map(self, seen: FloatArray) -> FloatArray:
        """Return the teacher's landmarks (N, 15, 2) in our convention."""
        frames = [face_frame(landmarks) for landmarks in seen]
        mapped = (frame_rows(frames, seen) @ self.weights).reshape(seen.shape).astype(np.float32)
        return np.stack([frame.inverse().apply(landmarks) for frame, landmarks in zip(frames, mapped, strict=True)])

    def label(self, seen: FloatArray, noisy: FloatArray) -> list[FloatArray | None]:
        """Blends the mapped landmarks with noisy labels, freed of their common offset.

        Returns:
            One (15, 2) float32 for each face; None where the two differ too much.
        """
        mapped = self.map(seen)
        distance = np.linalg.norm(mapped[:, 0] - mapped[:, 1], axis=1)[:, None, None]
        # The noisy labels sit beside the face by a fixed amount, landmark by landmark.
        offset = np.median((noisy - mapped) / distance, axis=0)
        difference = (noisy - mapped) / distance - offset
        error = np.linalg.norm(difference, axis=2).mean(axis=1)
        blended = mapped + _LABEL_SHARE * difference * distance
        return [
            landmarks.astype(np.float32) if doubt < _DOUBT else None
            for landmarks, doubt in zip(blended, error, strict=True)
        ]


def _with_mirrored(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 31) -> (2N, 31): every face once more in the mirror, so that left and right are learnt alike."""
    landmarks = rows[:, :-1].reshape(len(rows), -1, 2)[:, mirrored_order(LANDMARK_NAMES)] * (-1, 1)
    return np.concatenate([rows, np.column_stack([landmarks.reshape(len(rows), -1), np.ones(len(rows))])])


def face_frame(landmarks: FloatArray) -> Similarity:
    """Return the similarity that makes the face of `landmarks` (15, 2) upright and one eye distance wide."""
    return Similarity.fit(face_anchors(landmarks), _PLACES)


def frame_rows(frames: list[Similarity], landmarks: FloatArray) -> NDArray[np.float64]:
    """Turn landmarks (N, 15, 2) in pixels into rows (N, 31): coordinates in the faces' frames, and 1."""
    normal = [frame.apply(face).reshape(-1) for frame, face in zip(frames, landmarks, strict=True)]
    return np.column_stack([np.stack(normal), np.ones(len(landmarks))]).astype(np.float64)
