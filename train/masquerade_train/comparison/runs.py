"""Reads runs and measures their models once; what was measured stays beside the model."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet, face_anchors, load_faces
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.full_images import Group, measure_whole
from masquerade_train.evaluation.task import measured_rows, point_names, trained_on
from masquerade_train.inference.predictions import Predictions, look_at_images, predict_crops
from masquerade_train.inference.predictor import Predictor, keras_net, load_model
from masquerade_train.inputs.image_batches import ImageMaker
from masquerade_train.metrics.paper_metrics import SIDE, paper_errors
from masquerade_train.recipes.recipe import Pictures, Recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.log import LogLine, read_log
from masquerade_train.runs.record import FILE as RECORD_FILE
from masquerade_train.runs.record import RunRecord, file_sha256, read_record

MEASURED_FILE = "measured.json"
_MODEL_FILE = "model.keras"
_SPEED_IMAGES = 100


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run's model does on the val images of its data; pixels of an image 96 wide.

    Attributes:
        model_sha256: of the model that was measured.
        data: name of the file.
        parameters: all weights of the net.
        epoch_images: that are trained on in one epoch, copies counted.
        seconds_for_100: for 100 images in one go, the best of three, on this machine, as busy as it was.
        images: val images that have all the points marked; the errors below are of those.
        root_mean_squared, mean_absolute: of single coordinates.
        within_5, within_10, within_15: shares of the points.
        accuracy, accuracy_of_a_constant: see masquerade_train.metrics.paper_metrics.
        eye_distances: mean distance of the points; NaN without eyes.
        all_root_mean_squared: over all val images, those with some points marked, too.
        held_mean_squared: of the copies that the recipe's own leaking split held out; NaN where it has none.
    """

    model_sha256: str
    data: str
    parameters: int
    epoch_images: int
    seconds_for_100: float
    images: int
    root_mean_squared: float
    mean_absolute: float
    within_5: float
    within_10: float
    within_15: float
    accuracy: float
    accuracy_of_a_constant: float
    eye_distances: float
    all_root_mean_squared: float
    held_mean_squared: float


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what it was, how it went, what came of it.

    Attributes:
        log: one line an epoch.
        measured: None where its data were not given, or it left no model.
    """

    folder: Path
    record: RunRecord
    log: tuple[LogLine, ...]
    measured: Measured | None

    @property
    def recipe(self) -> Recipe | None:
        """None where the recipe has left the table since."""
        return RECIPES.get(self.record.recipe)


def collect_runs(folder: Path, data: tuple[Path, ...]) -> tuple[Run, ...]:
    """Read every run below `folder`, in the order of the names, and measures those that changed.

    Args:
        data: files of faces; a run is measured on the one that it was trained from.

    Raises:
        TrainError: `folder` holds no run, or a run's record or model is damaged.
    """
    records = sorted(folder.glob(f"*/{RECORD_FILE}"))
    if not records:
        raise TrainError(f"{folder} holds no run: there is no */{RECORD_FILE}.")
    files = {file_sha256(path): path for path in data}
    return tuple(_read_run(path.parent, files) for path in records)


def _read_run(folder: Path, files: Mapping[str, Path]) -> Run:
    record = read_record(folder)
    return Run(folder, record, read_log(folder), _measured(folder, record, files.get(record.data_sha256)))


def _measured(folder: Path, record: RunRecord, data: Path | None) -> Measured | None:
    """Return what lies beside the model, where it is of this model; else measured anew."""
    model = folder / _MODEL_FILE
    if not model.exists():
        return None
    sha256 = file_sha256(model)
    kept = _kept(folder / MEASURED_FILE)
    if kept and kept.model_sha256 == sha256:
        return kept
    if data is None:
        return None
    measured = _measure(folder, sha256, record, data)
    (folder / MEASURED_FILE).write_text(json.dumps(asdict(measured), indent=2) + "\n", encoding="utf-8")
    return measured


def _kept(path: Path) -> Measured | None:
    try:
        return Measured(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _measure(folder: Path, sha256: str, record: RunRecord, data: Path) -> Measured:
    model, faces, given = load_model(folder / _MODEL_FILE), load_faces(data), trained_on(folder)
    net = keras_net(model)
    names = point_names(net, given, faces)
    chosen = faces.choose_points(names)
    findings = _look(chosen, measured_rows(faces, names, given), net)
    predicted, labelled = findings.in_96()
    whole = np.isfinite(labelled).all(axis=(1, 2))
    everything = measure_whole(chosen, findings)
    errors = paper_errors(predicted[whole], labelled[whole]) if whole.any() else everything.all_images.errors
    return Measured(
        model_sha256=sha256,
        data=data.name,
        parameters=int(model.count_params()),
        epoch_images=_epoch_images(record, faces),
        seconds_for_100=_seconds_for_100(net),
        images=errors.images,
        root_mean_squared=errors.pixels.root_mean_squared,
        mean_absolute=errors.pixels.mean_absolute,
        within_5=errors.within[0],
        within_10=errors.within[1],
        within_15=errors.within[2],
        accuracy=errors.accuracy,
        accuracy_of_a_constant=errors.accuracy_of_a_constant,
        eye_distances=_by_eye_distance(everything.groups),
        all_root_mean_squared=everything.all_images.errors.pixels.root_mean_squared,
        held_mean_squared=_held_mean_squared(net, record, faces),
    )


def _look(faces: FaceSet, rows: NDArray[np.int64], net: Predictor) -> Predictions:
    """Whole images, or for a net that was trained on crops the crops that the labels give."""
    if not net.sees_crops:
        return look_at_images(faces, rows, net)
    whole = np.array([np.isfinite(face_anchors(points)).all() for points in faces.points[rows]])
    return predict_crops(faces, rows[whole], net)


def _by_eye_distance(groups: tuple[Group, ...]) -> float:
    """Of the images that have all points marked, where there are others, too."""
    named = {group.name: group.faces for group in groups}
    faces = named.get("all points marked", named["all"])
    return faces.mean if faces else float("nan")


def _seconds_for_100(net: Predictor) -> float:
    images = np.random.default_rng(0).integers(0, 256, (_SPEED_IMAGES, net.side, net.side, net.channels))
    times = []
    for _ in range(3):
        started = time.perf_counter()
        net.predict(images.astype(np.uint8))
        times.append(time.perf_counter() - started)
    return min(times)


def _recipe_as_run(record: RunRecord) -> Recipe | None:
    """Return the recipe with the run's seed, share of persons and split; None where it left the table."""
    recipe = RECIPES.get(record.recipe)
    return replace(recipe, seed=record.seed, fraction=record.fraction) if recipe else None


def _epoch_images(record: RunRecord, faces: FaceSet) -> int:
    recipe = _recipe_as_run(record)
    if recipe is None:
        return 0
    if isinstance(recipe.input, Pictures):
        return ImageMaker(faces, recipe).steps * recipe.batch
    return recipe.input.epoch_images


def _held_mean_squared(net: Predictor, record: RunRecord, faces: FaceSet) -> float:
    """MSE in square pixels of 96 on what a leaking split held out; NaN where the split is sound."""
    recipe = _recipe_as_run(record)
    if recipe is None or not isinstance(recipe.input, Pictures) or not recipe.input.split_after_copies:
        return float("nan")
    maker = ImageMaker(faces, recipe)
    sums, count, places = 0.0, 0.0, 2 * len(recipe.input.points)
    for batch in maker.held_batches():
        marked = np.repeat(batch.targets[:, places : places + places // 2] > 0, 2, axis=1)
        offsets = (net.predict(batch.pixels)[:, :places] - batch.targets[:, :places]) * marked * (SIDE / 2)
        sums, count = sums + float((offsets.astype(np.float64) ** 2).sum()), count + float(marked.sum())
    return sums / count
