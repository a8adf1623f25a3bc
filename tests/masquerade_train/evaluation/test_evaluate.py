"""Tests that a model is measured rightly: a perfect one, a wrong one, a blind one."""

import numpy as np
import pytest
from masquerade.values import ByteArray, FloatArray
from masquerade_train.datasets.face_set import join_rows
from masquerade_train.evaluation.evaluate import cut_faces, describe, false_presence, measure
from masquerade_train.inference.predictor import to_pixels
from masquerade_train.recipes.augmentation import DETECTOR_LIKE, EXACT

from tests.masquerade_train.faces import background_row, face_row, small_set

SIDE = 96
FACES = small_set()


def oracle(errors: object, offset_eye_distances: float = 0.0):  # type: ignore[no-untyped-def]
    """A predictor that knows the labels of the test faces in the order they are cut."""
    _, samples = cut_faces(FACES, FACES.test_faces, SIDE, errors)  # type: ignore[arg-type]
    landmarks = np.stack([sample.landmarks for sample in samples])
    distance = np.linalg.norm(landmarks[:, 0] - landmarks[:, 1], axis=1)[:, None]
    landmarks[:, :, 1] += offset_eye_distances * distance
    places = ((landmarks + 0.5) * 2 / SIDE - 1).reshape(len(landmarks), -1)
    outputs = np.column_stack([places, np.full(len(landmarks), 3.0)]).astype(np.float32)
    return lambda crops: outputs[: len(crops)]


def test_outputs_are_places_across_the_crop() -> None:
    outputs = np.zeros((1, 31), np.float32)
    outputs[0, :4] = (-1, 1, 0, 0.5)
    assert to_pixels(outputs, SIDE)[0, :2].tolist() == [[-0.5, 95.5], [47.5, 71.5]]


@pytest.mark.parametrize(("errors", "crops"), [(EXACT, 6), (DETECTOR_LIKE, 18)])
def test_a_perfect_model_has_no_error(errors: object, crops: int) -> None:
    found = measure(FACES, FACES.test_faces, oracle(errors), SIDE, errors)  # type: ignore[arg-type]
    assert found.all_faces.faces == crops
    assert found.all_faces.mean == pytest.approx(0, abs=1e-5)
    assert found.found == 1.0


def test_a_model_off_by_a_fifth_of_the_eye_distance_fails_on_every_face() -> None:
    found = measure(FACES, FACES.test_faces, oracle(EXACT, 0.2), SIDE, EXACT)
    assert found.all_faces.mean == pytest.approx(0.2, abs=1e-4)
    assert found.all_faces.failures == 1.0
    assert dict(found.sources)["helen"].mean == pytest.approx(0.2, abs=1e-4)
    assert found.landmarks == pytest.approx(np.full(15, 0.2), abs=1e-4)
    assert "20.00 %" in describe(found, "title")


def test_faces_with_unsound_labels_are_kept_out_of_the_headline() -> None:
    faces = join_rows([face_row(0, "test"), face_row(1, "test", source="ytf", weight=0.5)])

    def middle(crops: ByteArray) -> FloatArray:
        return np.zeros((len(crops), 31), np.float32)

    found = measure(faces, faces.test_faces, middle, SIDE, EXACT)
    assert found.all_faces.faces == 2
    assert dict(found.slices)["sound labels"].faces == 1


def test_false_presence_counts_backgrounds_and_strays() -> None:
    faces = join_rows([face_row(0, "test"), background_row(1, "test")])

    def sees_faces_everywhere(crops: ByteArray) -> FloatArray:
        return np.ones((len(crops), 31), np.float32)

    assert false_presence(faces, sees_faces_everywhere, SIDE) == (1.0, 1.0)
    assert np.isnan(false_presence(join_rows([face_row(0, "test")]), sees_faces_everywhere, SIDE)[0])


def test_without_a_face_nothing_is_measured() -> None:
    with pytest.raises(ValueError, match="no face"):
        measure(FACES, FACES.splits == "nonesuch", oracle(EXACT), SIDE, EXACT)
