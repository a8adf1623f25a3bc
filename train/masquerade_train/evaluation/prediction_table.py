"""Writes predictions.csv: one line for each image."""

import csv
from pathlib import Path

import numpy as np

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import writing
from masquerade_train.inference.predictions import Predictions
from masquerade_train.metrics.paper_metrics import landmark_distances


def write_predictions(path: Path, faces: FaceSet, findings: Predictions) -> None:
    """Write file, source, mean distance, and x, y of every landmark as found and as labelled.

    All in pixels of the image; a landmark that is not marked leaves its cells empty. The
    found landmarks bear Kaggle's names, so that the file can be handed in as it is read.

    Raises:
        TrainError: the file cannot be written.
    """
    columns = [f"{name}_{axis}" for name in findings.names for axis in "xy"]
    distances = landmark_distances(findings.predicted, findings.labelled)
    with writing(path), path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "source", "mean_distance_px", *columns, *(f"labelled_{name}" for name in columns)])
        for number, row in enumerate(findings.rows):
            numbers = [findings.predicted[number].reshape(-1), findings.labelled[number].reshape(-1)]
            marked = distances[number][np.isfinite(distances[number])]
            mean = marked.mean() if len(marked) else np.nan
            cells = [_cell(value) for value in np.concatenate([[mean], *numbers])]
            writer.writerow([faces.files[row], faces.sources[row], *cells])


def _cell(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else ""
