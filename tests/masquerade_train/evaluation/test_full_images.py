"""Tests the measuring of whole images with networks that know the answer, and that know none."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from masquerade.values import LANDMARK_NAMES
from masquerade_train.datasets.face_set import FaceSet, join_rows
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.full_images import describe_full_images, measure_full_images
from masquerade_train.evaluation.prediction_table import write_predictions
from masquerade_train.evaluation.sheet import write_sheet
from masquerade_train.evaluation.task import landmark_names, measured_rows, trained_on
from masquerade_train.inference.predictions import Predictions, predict_crops, predict_images
from masquerade_train.inference.predictor import Predictor
from masquerade_train.metrics.landmark_error import yaw_proxy
from masquerade_train.recipes.recipe import FullImages

from tests.masquerade_train.faces import SIDE, face_row, small_set

FACES = small_set()
ROWS = FACES.where(FACES.test_faces)


def constant_network(landmarks: np.ndarray, side: int = 48, channels: int = 1) -> Predictor:
    """A network that finds `landmarks` (K, 2), pixels of an image of 192, in every image."""
    outputs = ((landmarks + 0.5) * 2 / SIDE - 1).reshape(1, -1).astype(np.float32)
    return Predictor(lambda images: np.repeat(outputs, len(images), axis=0), side, channels, outputs.shape[1])


def found(predicted: np.ndarray, faces: FaceSet = FACES) -> Predictions:
    rows = faces.where(faces.test_faces)
    return Predictions(faces.names, rows, np.full((len(rows), 2), SIDE, np.float32), predicted, faces.landmarks[rows])


def test_landmarks_are_in_pixels_of_the_image_whatever_the_network_sees() -> None:
    for side in (48, 192):
        findings = predict_images(FACES, ROWS, constant_network(FACES.landmarks[0], side))
        assert findings.predicted[2] == pytest.approx(FACES.landmarks[0], abs=1e-3)
        assert findings.labelled[2] == pytest.approx(FACES.landmarks[ROWS[2]])


def test_what_is_found_in_a_crop_comes_back_into_the_image() -> None:
    """A network that puts every landmark into the middle of its crop."""
    middle = Predictor(lambda crops: np.zeros((len(crops), 31), np.float32), 48, 3, 31)
    findings = predict_crops(FACES, ROWS, middle)
    between_eyes_and_mouth = FACES.landmarks[ROWS][:, [0, 1, 11, 12, 13, 14]].mean(axis=1)
    assert np.abs(findings.predicted[:, 0] - between_eyes_and_mouth).max() < 12
    assert np.ptp(findings.predicted, axis=1).max() == pytest.approx(0, abs=1e-3)


def test_pixels_are_those_of_an_image_of_96() -> None:
    rows = FACES.landmarks[ROWS]
    whole = measure_full_images(FACES, found(rows + np.array([2, 0], np.float32)))
    assert whole.all_images.errors.pixels.mean_absolute == pytest.approx(0.5, abs=1e-5)
    assert whole.landmarks == pytest.approx(np.ones(15), abs=1e-5)
    assert whole.all_images.faces is not None
    eyes = np.linalg.norm(rows[:, 0] - rows[:, 1], axis=1)
    assert whole.all_images.faces.mean == pytest.approx(float((2 / eyes).mean()), abs=1e-4)


def test_rows_with_some_landmarks_marked_are_a_slice_of_their_own() -> None:
    gappy = face_row(1, "test")
    gappy.landmarks[5:] = np.nan
    faces = join_rows([face_row(0, "test"), gappy])
    whole = measure_full_images(faces, found(np.nan_to_num(faces.landmarks, nan=50), faces))
    counts = {group.name: group.errors.images for group in whole.groups}
    assert (counts["all"], counts["all landmarks marked"], counts["some landmarks marked"]) == (2, 1, 1)


def test_a_network_without_eyes_has_no_error_in_eye_distances() -> None:
    lips = FACES.choose_landmarks(LANDMARK_NAMES[11:])
    whole = measure_full_images(lips, found(lips.landmarks[ROWS], lips))
    assert whole.all_images.faces is None
    assert "NME" in describe_full_images(whole, "title")


def test_the_mean_face_is_measured_beside_the_network() -> None:
    mean = FACES.landmarks[FACES.where((FACES.splits == "train") & FACES.has_face)].mean(axis=0)
    whole = measure_full_images(FACES, found(np.repeat(mean[None], len(ROWS), axis=0)))
    assert whole.mean_face is not None
    assert whole.mean_face.pixels.mean_squared == pytest.approx(whole.all_images.errors.pixels.mean_squared, rel=1e-4)
    assert "the mean face of the training labels" in describe_full_images(whole, "title")


def test_the_papers_accuracy_is_reported_with_its_definition() -> None:
    text = describe_full_images(measure_full_images(FACES, found(FACES.landmarks[ROWS])), "title")
    assert '"accuracy": 100.0 %' in text
    assert "how often the" in text
    assert "naming always the same one" in text


def test_predictions_hold_what_was_found_and_leave_unmarked_cells_empty(tmp_path: Path) -> None:
    gappy = face_row(0, "test")
    gappy.landmarks[5] = np.nan
    faces = join_rows([gappy])
    write_predictions(tmp_path / "p.csv", faces, found(np.full((1, 15, 2), 7, np.float32), faces))
    with (tmp_path / "p.csv").open(encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    assert (line["file"], line["nose_tip_x"]) == ("0.png", "7.000")
    assert line["labelled_right_eye_outer_corner_x"] == ""
    assert float(line["labelled_nose_tip_y"]) == pytest.approx(faces.landmarks[0, 10, 1], abs=1e-3)


def test_a_sheet_is_drawn_even_of_fewer_images_than_it_has_room_for(tmp_path: Path) -> None:
    write_sheet(tmp_path / "sheet.png", FACES, found(FACES.landmarks[ROWS] + np.float32(3)), "title")
    assert (tmp_path / "sheet.png").stat().st_size > 10_000


def test_a_recipe_that_trains_on_turned_faces_is_measured_on_those() -> None:
    every = measured_rows(FACES, LANDMARK_NAMES, FullImages())
    yaw = float(np.median(np.abs(yaw_proxy(FACES.landmarks[ROWS]))))
    turned = measured_rows(FACES, LANDMARK_NAMES, FullImages(turned=(yaw, float("inf"))))
    assert 0 < len(turned) < len(every)
    with pytest.raises(TrainError, match="test set"):
        measured_rows(FACES, LANDMARK_NAMES, FullImages(sources=("nowhere",)))


def test_landmarks_are_named_by_the_record_beside_the_model(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"recipe": "masquerade15"}), encoding="utf-8")
    given = trained_on(tmp_path / "model.keras")
    assert landmark_names(constant_network(FACES.landmarks[0]), given, FACES) == LANDMARK_NAMES
    assert trained_on(tmp_path / "elsewhere" / "model.keras") is None
    with pytest.raises(TrainError, match="4 landmarks"):
        landmark_names(constant_network(FACES.landmarks[0, :4]), None, FACES)
