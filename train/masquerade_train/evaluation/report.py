"""Measures a model on the test set, as tables for people, predictions.csv and a sheet of images."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from masquerade.values import ALL_LANDMARK_NAMES, LANDMARK_NAMES, FloatArray

from masquerade_train.datasets.face_set import FaceSet, face_anchors, load_faces
from masquerade_train.datasets.measuring_set import read_measuring_set
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.contours import contour_errors, describe_contours, teacher_errors
from masquerade_train.evaluation.convention import measure_in_convention
from masquerade_train.evaluation.evaluate import describe, false_presence, measure
from masquerade_train.evaluation.full_images import describe_full_images, mean_face_in_96, measure_full_images
from masquerade_train.evaluation.prediction_table import write_predictions
from masquerade_train.evaluation.project_folder import write_project_folder
from masquerade_train.evaluation.sheet import write_sheet
from masquerade_train.evaluation.task import fifteen_first, landmark_names, measured_rows, taught_faces, trained_on
from masquerade_train.inference.predictions import Predictions, predict_crops, predict_images
from masquerade_train.inference.predictor import Predictor, open_network
from masquerade_train.recipes.augmentation import DETECTOR_LIKE, EXACT


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What to write in addition to the tables.

    Attributes:
        crops: True shows the crops that the app cuts to a network that was trained on whole images, too.
        predictions: a CSV to write.
        sheet: a PNG to write.
        kaggle: Kaggle's own images, measured as well.
        taught: what `teach` wrote for the images of the data; the teacher's contours are measured beside the model's.
        folder: where summary, plots, predictions, images and evaluation.csv are written.
    """

    crops: bool = False
    predictions: Path | None = None
    sheet: Path | None = None
    kaggle: Path | None = None
    folder: Path | None = None
    taught: Path | None = None


def evaluate(model: Path, data: Path, options: EvaluationOptions | None = None) -> str:
    """Measure a model on the test set and return the tables for people.

    Args:
        model: a .keras or .tflite file, or the folder of a run.
        data: the .npz that `prepare` wrote.
        options: what is wanted besides; None = the tables alone.

    Raises:
        TrainError: model or data cannot be read, the data have no val face or not the
            landmarks that the model finds, or a file cannot be written.
    """
    options = options or EvaluationOptions()
    network, faces, given = open_network(model), load_faces(data), trained_on(model)
    names = landmark_names(network, given, faces)
    contours = _contour_tables(network, faces, names, options.taught)
    if network.sees_crops:
        names = fifteen_first(names)
        network = network.first(len(names))
    rows = measured_rows(faces, names, given)
    chosen = faces.choose_landmarks(names)
    in_crops = network.sees_crops or options.crops
    if in_crops:
        if names != LANDMARK_NAMES:
            raise TrainError("Crops only suit networks that find the 15 landmarks.")
        whole = np.array([np.isfinite(face_anchors(landmarks)).all() for landmarks in chosen.landmarks[rows]])
        findings = predict_crops(chosen, rows[whole], network)
        tables, title = [_crop_tables(chosen, network)], "the same, back in the full images"
    else:
        findings = predict_images(chosen, rows, network)
        tables, title = [], "full images of the test set"
    mean = mean_face_in_96(taught_faces(faces, names, given), findings)
    tables += [_tables(chosen, findings, title, mean), *contours]
    if options.kaggle:
        tables.append(_kaggle_table(options.kaggle, chosen, network, mean))
    if options.folder:
        title = _title(model, data, len(findings.rows))
        write_project_folder(options.folder, model, chosen, findings, title, mean=mean)
        tables.append(f"wrote the files of {options.folder}")
    if options.predictions:
        write_predictions(options.predictions, chosen, findings)
    if options.sheet:
        write_sheet(options.sheet, chosen, findings, _title(model, data, len(findings.rows)))
    return "\n".join(tables)


def _tables(faces: FaceSet, findings: Predictions, title: str, mean: FloatArray | None) -> str:
    return describe_full_images(measure_full_images(faces, findings, mean), title)


def _kaggle_table(path: Path, data: FaceSet, network: Predictor, mean: FloatArray | None) -> str:
    if data.names != LANDMARK_NAMES:
        raise TrainError("Kaggle's images only suit models that find the 15 landmarks.")
    faces = read_measuring_set(path)
    rows = np.arange(len(faces))
    findings = predict_crops(faces, rows, network) if network.sees_crops else predict_images(faces, rows, network)
    return _tables(faces, findings, f"Kaggle's own images ({path.name}, {len(faces)} with all landmarks)", mean)


def _crop_tables(faces: FaceSet, network: Predictor) -> str:
    chosen, side = faces.test_faces, network.side
    lines = [
        describe(measure(faces, chosen, network.predict, side, EXACT), "crops as the labels give them"),
        describe(measure(faces, chosen, network.predict, side, DETECTOR_LIKE), "crops with a detector's errors"),
    ]
    if own := measure_in_convention(faces, chosen, network.predict, side, DETECTOR_LIKE):
        shown = ", ".join(f"{name} {100 * group.mean:.2f}" for name, group in own)
        lines.append(
            f"  the same in each source's own convention (an offset a landmark, from training faces): {shown} %"
        )
    if network.sees_crops:
        grounds, strays = false_presence(faces, network.predict, side)
        lines.append(
            f"taken for faces by mistake: backgrounds {100 * grounds:.1f} %, crops beside a face {100 * strays:.1f} %"
        )
    return "\n".join(lines)


def _contour_tables(network: Predictor, faces: FaceSet, names: tuple[str, ...], taught: Path | None) -> list[str]:
    """Return the table of the contours, where the model finds them and the data have marks."""
    if names != ALL_LANDMARK_NAMES or names != faces.names:
        return []
    found = contour_errors(network, faces)
    if found is None:
        return []
    rows = [("this model", found)]
    return [describe_contours(rows if taught is None else [*rows, ("the teacher", teacher_errors(taught, faces))])]


def _title(model: Path, data: Path, count: int) -> str:
    shown = model.name if model.is_dir() or model.stem != "model" else f"{model.parent.name}/{model.name}"
    return f"{shown} on {count} test images of {data.name}: nine of them, the best first, the worst last"
