"""Tests that a model worse than the mean face is called that, on full images and on crops."""

import numpy as np
import pytest
from masquerade.values import LANDMARK_NAMES, ByteArray, FloatArray
from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.evaluation.task import taught_faces
from masquerade_train.evaluation.verdict import Verdict, verdict_of
from masquerade_train.inference.predictor import Predictor
from masquerade_train.metrics.landmark_error import yaw_proxy
from masquerade_train.recipes.recipe import FullImages

from tests.masquerade_train.faces import LANDMARKS, SIDE, small_set


def constant(offset: float, sees_crops: bool) -> Predictor:
    """A model that finds the plain face everywhere, `offset` too far right, as shares of the image."""
    places = (LANDMARKS + 0.5) * 2 / SIDE - 1 + np.array([offset, 0], np.float32)
    outputs = np.concatenate([places.reshape(-1), np.ones(1 if sees_crops else 0)]).astype(np.float32)

    def predict(images: ByteArray) -> FloatArray:
        return np.repeat(outputs[None], len(images), axis=0)

    return Predictor(predict, 48, 3, len(outputs))


@pytest.mark.parametrize("sees_crops", [False, True])
def test_a_model_far_off_is_worse_than_the_mean_face(sees_crops: bool) -> None:
    found = verdict_of(constant(0.5, sees_crops), None, small_set())
    assert found is not None
    assert found.is_worse
    assert found.images == 6
    assert "WORSE THAN THE MEAN FACE" in found.sentence()


def test_a_model_that_knows_the_labels_is_better() -> None:
    found = verdict_of(_oracle(small_set()), None, small_set())
    assert found is not None
    assert found.model == pytest.approx(0, abs=1e-3)
    assert found.mean_face > 1
    assert "WORSE" not in found.sentence()


def _oracle(faces: FaceSet) -> Predictor:
    """A model that gives the labels of the test images in their order."""
    labels = faces.landmarks[faces.test_faces]
    outputs = ((labels + 0.5) * 2 / SIDE - 1).reshape(len(labels), -1).astype(np.float32)
    return Predictor(lambda images: outputs[: len(images)], SIDE, 3, 30)


def test_without_a_test_set_there_is_no_verdict() -> None:
    faces = small_set()
    training = faces.select(np.asarray(faces.splits == "train", np.bool_))
    assert verdict_of(constant(0.5, False), None, training) is None
    assert verdict_of(constant(0.5, True), None, training) is None


def test_an_equal_model_is_no_better() -> None:
    assert Verdict(1, 3.0, 3.0).is_worse


def test_the_mean_face_of_a_network_for_turned_faces_is_that_of_turned_faces() -> None:
    faces = small_set()
    middle = float(np.nanmedian(np.abs(yaw_proxy(faces.landmarks[faces.has_face]))))
    turned = FullImages(turned=(middle, float("inf")))
    everything, own = (taught_faces(faces, LANDMARK_NAMES, given) for given in (None, turned))
    assert 0 < len(own) < len(everything) == faces.has_face.sum()
    assert (np.abs(yaw_proxy(own.landmarks)) >= middle).all()
