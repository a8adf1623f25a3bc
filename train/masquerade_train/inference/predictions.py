"""Pairs a network's predictions with the labels of held-out images."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray
from masquerade.vision.crop import crop_similarity, cut_crop
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet, face_anchors
from masquerade_train.inference.predictor import Predictor
from masquerade_train.inputs.rows import fit_square
from masquerade_train.metrics.paper_metrics import SIDE

_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a network found in N images; pixels of each image.

    Attributes:
        names: of the K landmarks.
        rows: (N,) int64, of the data.
        sizes_wh: (N, 2) float32, of the images.
        predicted: (N, K, 2) float32.
        labelled: (N, K, 2) float32; NaN = not marked.
    """

    names: tuple[str, ...]
    rows: NDArray[np.int64]
    sizes_wh: FloatArray
    predicted: FloatArray
    labelled: FloatArray

    def __post_init__(self) -> None:
        shape = (len(self.rows), len(self.names), 2)
        if self.predicted.shape != shape or self.labelled.shape != shape:
            raise ValueError(f"wanted two arrays {shape}, got {self.predicted.shape} and {self.labelled.shape}")

    def in_96(self) -> tuple[FloatArray, FloatArray]:
        """Return predicted and labelled (N, K, 2) scaled to images of 96 x 96, as in the papers."""
        scale = (SIDE / self.sizes_wh)[:, None]
        predicted, labelled = ((landmarks + 0.5) * scale - 0.5 for landmarks in (self.predicted, self.labelled))
        return np.asarray(predicted, np.float32), np.asarray(labelled, np.float32)


def predict_images(faces: FaceSet, rows: NDArray[np.int64], network: Predictor) -> Predictions:
    """Predict on full images, resized to the network's input.

    Args:
        faces: with the landmarks that the network finds, in its order.
        rows: (N,) int64, which images.
        network: an open model.

    Raises:
        ValueError: the network finds another number of landmarks than the data name.
    """
    _check_count(faces, network)
    places, sizes = [], []
    for start in range(0, len(rows), _AT_ONCE):
        images = [faces.image(int(row)) for row in rows[start : start + _AT_ONCE]]
        sizes += [(image.shape[1], image.shape[0]) for image in images]
        places.append(network.find_landmarks(np.stack([fit_square(image, network.side) for image in images])))
    sizes_wh = np.array(sizes, np.float32)
    predicted = (np.concatenate(places) + 0.5) * (sizes_wh / network.side)[:, None] - 0.5
    return Predictions(faces.names, rows, sizes_wh, np.asarray(predicted, np.float32), faces.landmarks[rows])


def predict_crops(faces: FaceSet, rows: NDArray[np.int64], network: Predictor) -> Predictions:
    """Predict on crops cut by the labels of eyes and mouth, and map the results back to the images.

    Args:
        faces: with the 15 landmarks, eyes and mouth marked in each of `rows`.
        rows: (N,) int64, which images.
        network: an open model.

    Raises:
        ValueError: the network finds another number of landmarks than the data name.
    """
    _check_count(faces, network)
    places, sizes = [], []
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        images = [faces.image(int(row)) for row in part]
        views = [crop_similarity(face_anchors(faces.landmarks[row]), network.side) for row in part]
        crops = [cut_crop(image, view.matrix, network.side) for image, view in zip(images, views, strict=True)]
        found = network.find_landmarks(np.stack(crops))
        places += [view.inverse().apply(landmarks) for view, landmarks in zip(views, found, strict=True)]
        sizes += [(image.shape[1], image.shape[0]) for image in images]
    return Predictions(faces.names, rows, np.array(sizes, np.float32), np.stack(places), faces.landmarks[rows])


def _check_count(faces: FaceSet, network: Predictor) -> None:
    if network.landmark_count != len(faces.names):
        raise ValueError(f"the network finds {network.landmark_count} landmarks, the data name {len(faces.names)}")
