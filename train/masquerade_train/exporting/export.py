"""Exports a trained run: quantizes it, compares int8 with float on the test faces, writes model and card."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from masquerade.values import LANDMARK_NAMES

from masquerade_train.errors import TrainError, replacing, writing
from masquerade_train.evaluation.task import fifteen_first
from masquerade_train.evaluation.verdict import verdict_of
from masquerade_train.exporting.card_file import MODEL_FILE, UNKNOWN_LICENCE, Pedigree, write_card
from masquerade_train.exporting.certainty import Certainty, calibrate
from masquerade_train.exporting.evaluation_target import EvaluationTarget, find_target
from masquerade_train.exporting.precisions import (
    ALLOWED_LOSS,
    Candidate,
    Precision,
    choose,
    compare,
    describe,
    write_candidates,
)
from masquerade_train.inference.predictor import keras_network, load_model, open_network
from masquerade_train.inference.tflite import open_tflite
from masquerade_train.runs.record import FILE as RECORD_FILE
from masquerade_train.runs.record import read_record
from masquerade_train.zoo.heatmaps import has_spread


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a model is exported.

    Attributes:
        precision: of model.tflite, which the app runs.
        only: True leaves the other precisions in the run's folder.
        licence: SPDX name for the card; "unknown" where the user does not say.
        terms: of the data, for the card; "unknown" where the user does not say.
        allowed_loss: share of the float model's error that int8 may be worse by.
    """

    precision: Precision = Precision.INT8
    only: bool = False
    licence: str = UNKNOWN_LICENCE
    terms: str = UNKNOWN_LICENCE
    allowed_loss: float = ALLOWED_LOSS


def export(run: Path, out: Path, data: Path, options: ExportOptions | None = None) -> str:
    """Write `out`/model.tflite and `out`/card.json, float16 and float32 beside them; return a table for people.

    The folder's name becomes the model's.

    Args:
        run: the folder that `fit` wrote.
        out: the folder of the model.
        data: the .npz; calibration takes its training faces, the errors its test faces.
        options: precision, files and licence; None = the defaults.

    Raises:
        TrainError: the run or the data cannot be read, or int8 is wanted and more than 2 %
            worse than float (then nothing in `out` is touched).
    """
    options = options or ExportOptions()
    record = read_record(run)
    model = load_model(run / "model.keras")
    target = find_target(run, keras_network(model), data)
    candidates = compare(write_candidates(model, run, target.calibration()), target.evaluator)
    chosen = choose(candidates, options.precision, options.allowed_loss)
    _copy(out, chosen.path, () if options.only else candidates)
    card = write_card(
        out,
        target.given.points,
        target.evaluator,
        record,
        candidates=candidates,
        licence=options.licence,
        certainty=_certainty(chosen, model, target),
        pedigree=Pedigree.of(target.faces, options.terms),
    )
    return "\n".join([describe(candidates, target.evaluator.unit), *_last_words(target, chosen, card)])


def _certainty(chosen: Candidate, model: Any, target: EvaluationTarget) -> Certainty | None:
    """Return the certainty of the exported file; None if it has no such output."""
    if not has_spread(model):
        return None
    return calibrate(open_tflite(chosen.path), target.network.side, target.faces.choose_landmarks(LANDMARK_NAMES))


def _copy(out: Path, chosen: Path, beside: tuple[Candidate, ...]) -> None:
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    files = {out / MODEL_FILE: chosen}
    files |= {out / candidate.path.name: candidate.path for candidate in beside if candidate.path != chosen}
    for path, source in files.items():
        with replacing(path) as part:
            part.write_bytes(source.read_bytes())


def _last_words(target: EvaluationTarget, chosen: Candidate, card: Path) -> list[str]:
    lines = [f"wrote {card.parent / MODEL_FILE} ({chosen.precision}) and {card}"]
    if fifteen_first(target.given.points) != LANDMARK_NAMES:
        return [*lines, "The app runs models of the 15 landmarks alone, so not this one."]
    if not target.network.sees_crops:
        lines.append("It was trained on whole images, so it does not recognise when a face is gone.")
    found = verdict_of(target.network, target.given if not target.network.sees_crops else None, target.faces)
    if found and found.is_worse:
        return [*lines, found.sentence()]
    return [*lines, *([found.sentence()] if found else []), f"Try it: masquerade run --model {card.parent}"]


def write_card_of(source: Path, data: Path, out: Path | None = None) -> Path:
    """Measure a .tflite file again and write its card; return the card's path.

    Args:
        source: the folder of a model, whose card is written again, or of a run that was
            exported, whose int8 file is copied to `out` first.
        data: the .npz that the model is measured on.
        out: the folder of a run's model; None = model/<recipe>.

    Raises:
        TrainError: there is no .tflite file, or the data cannot be read or lack its landmarks.
    """
    folder = source.parent if source.name == MODEL_FILE else source
    record = read_record(folder) if (folder / RECORD_FILE).exists() else None
    if not (folder / MODEL_FILE).exists():
        quantized = folder / f"model_{Precision.INT8}.tflite"
        if record is None or not quantized.exists():
            raise TrainError(f"{folder} holds no {MODEL_FILE} and is not an exported run. Run `export` first.")
        folder = out or Path("model") / record.recipe
        _copy(folder, quantized, ())
    network = open_network(folder / MODEL_FILE)
    target = find_target(source, network, data)
    return write_card(folder, target.given.points, target.evaluator, record)
