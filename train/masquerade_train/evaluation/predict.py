"""Finds landmarks in images without labels, and writes them as a table or as Kaggle's submission."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.datasets.face_set import FaceSet, join_rows, load_faces
from masquerade_train.datasets.kaggle.kaggle_test import LOOKUP_FILE, Wanted, read_lookup
from masquerade_train.datasets.landmark_table import columns_of
from masquerade_train.datasets.sources import read_source
from masquerade_train.errors import TrainError, writing
from masquerade_train.evaluation.task import landmark_names, trained_on
from masquerade_train.inference.predictions import predict_images
from masquerade_train.inference.predictor import open_network
from masquerade_train.metrics.paper_metrics import SIDE


def predict(model: Path, data: Path, out: Path | None, submission: Path | None, lookup: Path | None) -> str:
    """Write what a model finds in the images of `data`; return what was written.

    Args:
        model: a .keras or .tflite file, or the folder of a run or a model.
        data: Kaggle's test.csv or another source that `prepare` reads, or an .npz that it wrote.
        out: a CSV of all landmarks.
        submission: Kaggle's CSV of RowId and Location, clipped to the image.
        lookup: IdLookupTable.csv; None = the one beside `data`.

    Raises:
        TrainError: model, data or lookup cannot be read or do not fit each other, or a file cannot be written.
    """
    faces = _read(data)
    network, given = open_network(model), trained_on(model)
    if network.sees_crops:
        raise TrainError("This model needs crops around faces. Use it with `masquerade keypoints`.")
    names = landmark_names(network, given, faces)
    found = predict_images(faces.choose_landmarks(names), np.arange(len(faces)), network).predicted
    written = []
    if out:
        _write(out, ("file", *columns_of(names)), _rows(faces, found))
        written.append(f"wrote {out}: {len(faces)} images")
    if submission:
        wanted = read_lookup(lookup or data.with_name(LOOKUP_FILE))
        _write(submission, ("RowId", "Location"), _locations(faces, found, names, wanted))
        written.append(f"wrote {submission}: {len(wanted)} coordinates")
    return "\n".join(written)


def _read(data: Path) -> FaceSet:
    if data.suffix == ".npz":
        return load_faces(data)
    reading = read_source(data)
    return join_rows(reading.rows, reading.names)


def _rows(faces: FaceSet, found: FloatArray) -> Iterable[tuple[str, ...]]:
    for file, landmarks in zip(faces.files, found, strict=True):
        yield (str(file), *(f"{value:.3f}" for value in landmarks.reshape(-1)))


def _locations(
    faces: FaceSet, found: FloatArray, names: tuple[str, ...], wanted: tuple[Wanted, ...]
) -> Iterable[tuple[str, ...]]:
    images = {str(file): landmarks.reshape(-1) for file, landmarks in zip(faces.files, found, strict=True)}
    columns = {name: place for place, name in enumerate(columns_of(names))}
    for entry in wanted:
        if str(entry.image_id) not in images:
            raise TrainError(f"The lookup table asks for image {entry.image_id}, which the data do not have.")
        if entry.feature not in columns:
            raise TrainError(f"The lookup table asks for {entry.feature}, which this model does not find.")
        value = images[str(entry.image_id)][columns[entry.feature]]
        yield (str(entry.row_id), f"{np.clip(value, 0, SIDE):.4f}")


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = list(rows)
    with writing(path), path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *lines])
