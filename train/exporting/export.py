"""Quantizes a trained run, holds int8 against float on the val faces and writes model.tflite with its card."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from app.values import POINT_NAMES, ByteArray
from app.vision.card import CARD_FILE, read_card
from train.crops.augment import Cutter
from train.datasets.face_set import FaceSet, load_faces
from train.errors import TrainError
from train.exporting.example import PHOTO, Example, look_at_example
from train.exporting.quantize import to_float32, to_int8
from train.fitting.run_record import file_sha256, read_record
from train.measuring.evaluate import Evaluation, false_presence, measure
from train.measuring.metrics import Summary
from train.measuring.net import Predictor, float_predictor, load_model, open_net
from train.measuring.tflite import median_milliseconds
from train.recipes.augmentation import DETECTOR_LIKE, EXACT

MODEL_FILE = "model.tflite"
# Of the float model's error: more than this, and int8 is not worth its speed.
_ALLOWED_LOSS = 0.02
_CALIBRATION_CROPS = 400
_STRAY_EVERY = 5
_RANGE_CROPS = 100
_LICENCE = "Apache-2.0"


def export(run: Path, out: Path, data: Path) -> str:
    """Writes `out`/model.tflite (int8) and `out`/card.json; returns a summary for people.

    The folder's name becomes the model's. A float32 .tflite stays in `run`, for comparison.

    Args:
        run: the folder that `fit` wrote.
        out: the folder of the model.
        data: the .npz; calibration takes its training faces, the errors its val faces.

    Raises:
        TrainError: the run cannot be read, or int8 is more than 2 % worse than float
            (then nothing in `out` is touched).
    """
    record, faces = read_record(run), load_faces(data)
    if not faces.val_faces.any():
        raise TrainError(f"{data} holds no face of the val split.")
    model = load_model(run / "model.keras")
    side = int(model.input_shape[1])
    (run / "model_float32.tflite").write_bytes(to_float32(model))
    candidate = run / "model_int8.tflite"
    candidate.write_bytes(to_int8(model, *_calibration(faces, side)))
    measured = _measure(faces, float_predictor(model), candidate)
    content = _card(out.name, candidate, side) | {"training": asdict(record), "measured": measured}
    if example := look_at_example(open_net(candidate).predict, side):
        content["example"] = _example(example)
    out.mkdir(parents=True, exist_ok=True)
    (out / MODEL_FILE).write_bytes(candidate.read_bytes())
    (out / CARD_FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    read_card(out)
    return json.dumps(measured, indent=2)


def _measure(faces: FaceSet, in_float: Predictor, candidate: Path) -> dict[str, Any]:
    """What the card tells of the int8 file; refuses it where it is much worse than float."""
    net = open_net(candidate)
    predict, side = net.predict, net.side
    chosen = faces.val_faces
    whole = measure(faces, chosen, in_float, side, DETECTOR_LIKE)
    small = measure(faces, chosen, predict, side, DETECTOR_LIKE)
    loss = small.all_faces.mean / whole.all_faces.mean - 1
    if loss > _ALLOWED_LOSS:
        raise TrainError(
            f"int8 is {100 * loss:.1f} % worse than float ({100 * small.all_faces.mean:.2f} % of the eye distance "
            f"against {100 * whole.all_faces.mean:.2f} %), allowed are {100 * _ALLOWED_LOSS:.0f} %: not exported."
        )
    return {
        "unit": "mean point distance / eye distance, val split, eyes 20 px apart or more in the original",
        "crops_with_detector_errors": _errors(small),
        "crops_from_labels": _errors(measure(faces, chosen, predict, side, EXACT)),
        "float_crops_with_detector_errors": round(whole.all_faces.mean, 5),
        "int8_worse_by": round(loss, 4),
        "presence": _presence(small, *false_presence(faces, predict, side)),
        "milliseconds_one_thread": round(median_milliseconds(candidate), 3),
    }


def _calibration(faces: FaceSet, side: int) -> tuple[ByteArray, ByteArray]:
    """Training crops as a detector would cut them: (100, S, S, 3) for the ranges, (400, S, S, 3) for the mean error.

    Of the latter every fifth is cut beside the face; in the former those would widen the
    ranges of layers that faces use.
    """
    rows = faces.where((faces.splits == "train") & faces.has_face & np.isfinite(faces.points).all(axis=(1, 2)))
    if not len(rows):
        raise TrainError("The data hold no training face to calibrate with.")
    cutter = Cutter(side, DETECTOR_LIKE, np.random.default_rng(0))
    picked = np.random.default_rng(0).choice(rows, min(_CALIBRATION_CROPS, len(rows)), replace=False)
    cuts = [
        (cutter.face if number % _STRAY_EVERY else cutter.stray)(faces.picture(int(row)), faces.points[row])
        for number, row in enumerate(picked)
    ]
    with_face = [cut.pixels for cut in cuts if cut.is_face]
    return np.stack(with_face[:_RANGE_CROPS]), np.stack([cut.pixels for cut in cuts])


def _card(name: str, path: Path, side: int) -> dict[str, Any]:
    """The part of the card that the app reads."""
    return {
        "name": name,
        "kind": "landmarker",
        "file": MODEL_FILE,
        "sha256": file_sha256(path),
        "bytes": path.stat().st_size,
        "input_side": side,
        "colour": "rgb",
        "points": list(POINT_NAMES),
        "presence": True,
        "licence": _LICENCE,
        "origin": "trained with `python -m train fit` of this project",
    }


def _example(example: Example) -> dict[str, Any]:
    """What the model finds on the demo portrait, pixels."""
    places = {"anchors": example.anchors, "points": example.points}
    return {"photo": PHOTO.as_posix()} | {name: np.round(xy, 2).tolist() for name, xy in places.items()}


def _errors(evaluation: Evaluation) -> dict[str, Any]:
    groups = (("all", evaluation.all_faces), *evaluation.sources, *evaluation.slices)
    return {name: _rounded(summary) for name, summary in groups} | {
        "points": {name: round(float(error), 4) for name, error in zip(POINT_NAMES, evaluation.points, strict=True)},
        "pixels_of_96": {name: round(value, 4) for name, value in asdict(evaluation.pixels).items()},
    }


def _rounded(summary: Summary) -> dict[str, float]:
    return {name: round(value, 5) for name, value in asdict(summary).items()}


def _presence(evaluation: Evaluation, grounds: float, strays: float) -> dict[str, float]:
    """Shares at the threshold 0.5."""
    return {
        "faces_missed": round(1 - evaluation.found, 4),
        "backgrounds_taken_for_faces": round(grounds, 4),
        "crops_beside_a_face_taken_for_faces": round(strays, 4),
    }
