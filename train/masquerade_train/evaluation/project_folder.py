"""Writes the files of a project folder about one model, as the fifth paper lists them."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from masquerade.values import FloatArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.full_images import measure_full_images
from masquerade_train.evaluation.prediction_table import write_predictions
from masquerade_train.evaluation.sheet import write_sheet
from masquerade_train.inference.predictions import Predictions
from masquerade_train.inference.predictor import load_model
from masquerade_train.metrics.paper_metrics import LIMITS_PX, PaperErrors
from masquerade_train.runs.log import LogLine, read_log

_INK = "#2b2b2b"
_LAYERS_A_COLUMN = 28


def write_project_folder(
    folder: Path, model: Path, faces: FaceSet, findings: Predictions, title: str, *, mean: FloatArray | None = None
) -> None:
    """Write predictions.csv, results.png and evaluation.csv; of a Keras model summary.txt and architecture.png, too.

    Of a run also loss.png: training and validation loss and MAE by epoch. The mean face (K, 2) is in pixels of an image
    96 wide; None = of the training labels of `faces`.

    Raises:
        TrainError: a file cannot be written.
    """
    run = model if model.is_dir() else model.parent
    keras_file = run / "model.keras" if model.is_dir() else model
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_predictions(folder / "predictions.csv", faces, findings)
        write_sheet(folder / "results.png", faces, findings, title)
        _write_evaluation(folder / "evaluation.csv", faces, findings, mean)
        if keras_file.suffix == ".keras" and keras_file.exists():
            network = load_model(keras_file)
            _write_summary(folder / "summary.txt", network)
            _draw_architecture(folder / "architecture.png", network)
        if log := read_log(run):
            _draw_losses(folder / "loss.png", log)
    except OSError as error:
        raise TrainError(f"The files of {folder} cannot be written ({error.strerror}).") from error


def _write_evaluation(path: Path, faces: FaceSet, findings: Predictions, mean: FloatArray | None) -> None:
    evaluation = measure_full_images(faces, findings, mean)
    rows = [("model", evaluation.all_images.errors), ("mean face", evaluation.mean_face)]
    limits = [f"within_{limit:.0f}_px_{kind}" for kind in ("landmarks", "coordinates", "images") for limit in LIMITS_PX]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("what", "images", "mae_px", "rmse_px", "mse_px2", *limits, "accuracy"))
        writer.writerows((name, *_numbers(errors)) for name, errors in rows if errors)


def _numbers(errors: PaperErrors) -> Iterator[str]:
    pixels = errors.pixels
    yield str(errors.images)
    shares = (*errors.within, *errors.within_coordinates, *errors.within_images, errors.accuracy)
    for number in (pixels.mean_absolute, pixels.root_mean_squared, pixels.mean_squared, *shares):
        yield f"{number:.5f}"


def _write_summary(path: Path, network: Any) -> None:
    lines: list[str] = []
    network.summary(print_fn=lambda line, **_: lines.append(str(line)), expand_nested=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _figure(width: float, height: float) -> Any:
    from matplotlib.figure import Figure  # noqa: PLC0415 (half a second)

    return Figure(figsize=(width, height), facecolor="white", layout="constrained")


def _draw_architecture(path: Path, network: Any) -> None:
    """Draw every layer as a box with its kind and output, in columns; keras.utils.plot_model needs Graphviz."""
    boxes = [f"{layer.__class__.__name__}  {layer.name}\n{_shape(layer)}" for layer in network.layers]
    columns = -(-len(boxes) // _LAYERS_A_COLUMN)
    rows = min(len(boxes), _LAYERS_A_COLUMN)
    figure = _figure(3.4 * columns, 0.42 * rows + 0.6)
    axes = figure.add_subplot()
    axes.set_title(f"{network.name}: {network.count_params():,} parameters", loc="left", fontsize=11, color=_INK)
    axes.axis("off")
    axes.set_xlim(0, columns)
    axes.set_ylim(-rows, 0.4)
    box = {"boxstyle": "round,pad=0.3", "facecolor": "#eef3f8", "edgecolor": "#4c72b0", "linewidth": 0.8}
    for number, text in enumerate(boxes):
        column, row = divmod(number, _LAYERS_A_COLUMN)
        axes.text(column + 0.5, -row - 0.4, text, ha="center", va="center", fontsize=6.5, color=_INK, bbox=box)
    figure.savefig(path, dpi=110)


def _shape(layer: Any) -> str:
    output = layer.output
    shapes = [tuple(part.shape) for part in output] if isinstance(output, list | tuple) else [tuple(output.shape)]
    return " ".join("x".join(str(size) for size in shape[1:]) for shape in shapes)


def _draw_losses(path: Path, log: tuple[LogLine, ...]) -> None:
    figure = _figure(9, 3.6)
    epochs = [line.epoch for line in log]
    for place, (title, names) in enumerate(
        (
            ("Loss", ("loss", "val_loss")),
            ("Mean absolute error, output's units", ("mean_absolute", "val_mean_absolute")),
        )
    ):
        axes = figure.add_subplot(1, 2, place + 1)
        axes.set_title(title, loc="left", fontsize=11, color=_INK)
        axes.set_xlabel("epoch", color=_INK)
        for name, label, colour in zip(names, ("training", "validation"), ("#4c72b0", "#dd8452"), strict=True):
            axes.plot(epochs, [getattr(line, name) for line in log], color=colour, label=label, lw=1.6)
        axes.set_yscale("log")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    figure.savefig(path, dpi=100)
