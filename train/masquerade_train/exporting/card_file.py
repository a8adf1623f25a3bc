"""Writes model/<name>/card.json, which describes a model file to the app and to people."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from masquerade.values import LANDMARK_NAMES
from masquerade.vision.card import CARD_FILE, read_card

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import replacing
from masquerade_train.evaluation.task import fifteen_first
from masquerade_train.exporting.certainty import Certainty
from masquerade_train.exporting.evaluator import Evaluator
from masquerade_train.exporting.example import PHOTO, predict_example
from masquerade_train.exporting.precisions import Candidate
from masquerade_train.inference.predictor import Predictor, open_network
from masquerade_train.runs.record import RunRecord, file_sha256

MODEL_FILE = "model.tflite"
UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True, slots=True)
class Pedigree:
    """The training data of a model, for its card.

    Attributes:
        faces: of each source, by the set that they were in.
        terms: of the data, or the page that gives them; "unknown" where the user does not say.
    """

    faces: dict[str, dict[str, int]]
    terms: str = UNKNOWN_LICENCE

    @classmethod
    def of(cls, faces: FaceSet, terms: str) -> "Pedigree":
        """Count the faces of each source; backgrounds show none."""
        counts: dict[str, dict[str, int]] = {}
        sources, splits = faces.sources[faces.has_face].tolist(), faces.splits[faces.has_face].tolist()
        for source, split in zip(sources, splits, strict=True):
            of_source = counts.setdefault(source, {})
            of_source[split] = of_source.get(split, 0) + 1
        return cls(counts, terms)


def write_card(
    folder: Path,
    names: tuple[str, ...],
    evaluator: Evaluator,
    record: RunRecord | None,
    *,
    candidates: tuple[Candidate, ...] = (),
    licence: str = "",
    certainty: Certainty | None = None,
    pedigree: Pedigree | None = None,
) -> Path:
    """Measure `folder`/model.tflite, write the card beside it and return the card's path.

    A model of the 15 landmarks is then read as the app reads it; the app takes no other landmarks.

    Args:
        folder: of the model; its name becomes the model's.
        names: of the landmarks that the model finds.
        evaluator: measures the errors that the card shows.
        record: what it was trained from; None leaves what the card of the same file said before.
        candidates: the precisions it was compared with; () leaves what the card said before.
        licence: SPDX name; "" leaves what the card said before.
        certainty: how sure the landmarks are; None leaves what the card said before.
        pedigree: the data that it was learnt from; None leaves what the card said before.

    Raises:
        TrainError: the model cannot be read, or the card cannot be written.
    """
    path = folder / MODEL_FILE
    network = open_network(path)
    content = _identity(folder.name, path, network, names)
    before = _said_before(folder, content["sha256"])
    content["licence"] = licence or before.get("licence", UNKNOWN_LICENCE)
    data = asdict(pedigree) if pedigree else before.get("data")
    content |= {"data": data} if data else {}
    training = asdict(record) if record else before.get("training")
    content |= {"training": training} if training else {}
    precisions = _precisions(candidates) if candidates else _kept_precisions(before)
    if certainty is not None:
        content["certainty"] = certainty.as_json()
    elif "certainty" in before:
        content["certainty"] = before["certainty"]
    content["measured"] = {"unit": evaluator.unit, **evaluator.details(network), **precisions}
    if fifteen_first(names) == LANDMARK_NAMES and (example := predict_example(network.predict, network.side)):
        places = {"anchors": np.round(example.anchors, 2).tolist(), "points": np.round(example.landmarks, 2).tolist()}
        content["example"] = {"photo": PHOTO.as_posix(), **places}
    card = _write_json(folder / CARD_FILE, content)
    if fifteen_first(names) == LANDMARK_NAMES:
        read_card(folder)
    return card


def _write_json(path: Path, content: dict[str, Any]) -> Path:
    with replacing(path) as part:
        part.write_text(json.dumps(_without_nan(content), indent=2) + "\n", encoding="utf-8")
    return path


def _identity(name: str, path: Path, network: Predictor, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the part of the card that the app reads."""
    return {
        "name": name,
        "kind": "landmarker",
        "file": path.name,
        "sha256": file_sha256(path),
        "bytes": path.stat().st_size,
        "input_side": network.side,
        "colour": "rgb" if network.channels == 3 else "grey",
        "points": list(names),
        "presence": network.sees_crops,
        "origin": "trained with `python -m masquerade_train fit` of this project",
    }


def _said_before(folder: Path, sha256: str) -> dict[str, Any]:
    """Return the existing card, if it describes the same file."""
    try:
        content = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        return dict(content) if content["sha256"] == sha256 else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _kept_precisions(before: dict[str, Any]) -> dict[str, Any]:
    measured = before.get("measured", {})
    return {key: measured[key] for key in ("precisions", "int8_worse_by") if key in measured}


def _precisions(candidates: tuple[Candidate, ...]) -> dict[str, Any]:
    table = {
        str(one.precision): {
            "error": round(one.error, 5),
            "worse_by": round(one.worse_by, 4),
            "bytes": one.bytes,
            "milliseconds_one_thread": round(one.milliseconds, 3),
        }
        for one in candidates
    }
    return {"precisions": table, "int8_worse_by": table["int8"]["worse_by"]}


def _without_nan(content: Any) -> Any:
    """Replace NaN by None, because JSON has no NaN."""
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    return None if isinstance(content, float) and not np.isfinite(content) else content
