"""Removes the differences between labelling conventions: one constant offset for each source and landmark."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from masquerade.geometry.similarity import Similarity
from masquerade.values import LANDMARK_COUNT, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet, face_anchors
from masquerade_train.evaluation.evaluate import cut_faces
from masquerade_train.inference.predictor import PredictFunction, to_pixels
from masquerade_train.metrics.landmark_error import Summary, landmark_errors, summarize
from masquerade_train.recipes.augmentation import EXACT, Augmentation

_UPRIGHT = np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 1.1]], np.float32)
_LEARNT_FROM = 200


@dataclass(frozen=True, slots=True, eq=False)
class Convention:
    """The average offsets of predictions from a source's labels, in the upright face, eye distances.

    Attributes:
        offsets: source -> (15, 2) float32; learnt on training faces, never on those that are measured.
    """

    offsets: Mapping[str, FloatArray]

    @classmethod
    def learn(cls, predicted: FloatArray, labelled: FloatArray, sources: NDArray[np.str_]) -> "Convention":
        """Take the median offset of each source and landmark.

        Args:
            predicted: (N, 15, 2) float32, pixels.
            labelled: (N, 15, 2) float32, pixels; NaN = not marked.
            sources: (N,) text.
        """
        offsets = np.asarray((labelled - predicted) @ _upright(labelled).transpose(0, 2, 1), np.float32)
        found = {str(name): _median(offsets[sources == name]) for name in np.unique(sources)}
        return cls(found)

    def apply(self, predicted: FloatArray, labelled: FloatArray, sources: NDArray[np.str_]) -> FloatArray:
        """Return `predicted` (N, 15, 2) moved by the offsets of their sources, in the orientation of the labels."""
        nothing = np.zeros((LANDMARK_COUNT, 2), np.float32)
        offsets = np.stack([self.offsets.get(str(name), nothing) for name in sources])
        back = np.linalg.inv(_upright(labelled))
        return np.asarray(predicted + offsets @ back.transpose(0, 2, 1), np.float32)


def measure_in_convention(
    faces: FaceSet, chosen: NDArray[np.bool_], predict: PredictFunction, side: int, errors: Augmentation
) -> tuple[tuple[str, Summary], ...]:
    """Measure as `measure` does, after the offsets that training faces of the same sources teach.

    Returns:
        (name, errors) of every source with training faces, and of all of those with sound labels together.
    """
    rows, predicted, labelled = _look(faces, chosen, predict, side, errors)
    sources = faces.sources[rows]
    taught = teaching_rows(faces, sources)
    if not len(taught):
        return ()
    as_marked = replace(faces, landmarks=faces.as_marked)
    taught_rows, seen, marked = _look(as_marked, np.isin(np.arange(len(faces)), taught), predict, side, EXACT)
    convention = Convention.learn(seen, marked, faces.sources[taught_rows])
    by_face = np.nanmean(landmark_errors(convention.apply(predicted, labelled, sources), labelled), axis=1)
    sound = faces.sound[rows] & np.isin(sources, list(convention.offsets))
    groups = [(name, sources == name) for name in sorted(convention.offsets)] + [("sound labels", sound)]
    return tuple((name, summarize(by_face[where])) for name, where in groups if where.any())


def teaching_rows(faces: FaceSet, sources: NDArray[np.str_]) -> NDArray[np.int64]:
    """Draw at most 200 training faces of each of `sources` (N,), marked in full; the same ones at every call."""
    random = np.random.default_rng(0)
    usable = (faces.splits == "train") & np.isfinite(faces.landmarks).all(axis=(1, 2))
    drawn = [
        random.permutation(faces.where(usable & (faces.sources == name)))[:_LEARNT_FROM] for name in np.unique(sources)
    ]
    return np.sort(np.concatenate(drawn)).astype(np.int64)


def _look(
    faces: FaceSet, chosen: NDArray[np.bool_], predict: PredictFunction, side: int, errors: Augmentation
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """Return the row of each crop, the landmarks found and the labels, (N, 15, 2) pixels of the crop."""
    rows, samples = cut_faces(faces, chosen, side, errors)
    found = to_pixels(predict(np.stack([sample.pixels for sample in samples])), side)
    return rows, found, np.stack([sample.landmarks for sample in samples])


def _upright(labelled: FloatArray) -> FloatArray:
    """Return (N, 15, 2) -> (N, 2, 2): the turn and scale that make each face upright and one eye distance wide."""
    return np.stack([Similarity.fit(face_anchors(landmarks), _UPRIGHT).matrix[:, :2] for landmarks in labelled])


def _median(offsets: FloatArray) -> FloatArray:
    """Return (N, 15, 2) -> (15, 2); 0 for a landmark that is never marked."""
    marked = np.isfinite(offsets).any(axis=0)
    filled = np.where(marked, offsets, 0)
    return np.asarray(np.nanmedian(filled, axis=0), np.float32)
