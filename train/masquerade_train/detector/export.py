"""Writes the adapted detector as .tflite files and measures them against the float network."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray
from masquerade.vision.card import CARD_FILE, ModelCard

from masquerade_train.detector.adapt import TfliteDetector, as_input
from masquerade_train.detector.network import DetectorNetwork
from masquerade_train.detector.views import SQUARE_WH, WIDE_WH, ViewMaker
from masquerade_train.errors import writing
from masquerade_train.exporting.quantize import silent_conversion, with_int8_input
from masquerade_train.inference.tflite import median_milliseconds
from masquerade_train.runs.record import file_sha256

_SEED = 7
_REPEATS = 100
# Logits nearer to 0, a score of 0.5, are compared.
_NEAR = 2.0
_MIN_SCORE = 0.5
# What the agreements are compared with: the published network on the same view at this share of its size.
_SMALLER = 0.97
_NOTE = "the published network's answers, rounded to int8: `masquerade-train detector`"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two detectors agree about the surest face of a view.

    Attributes:
        views: how many views were shown.
        both, lost, new: views in which both, only the first, and only the second sees a face.
        score_change: mean difference of the scores.
        place_change: median difference of the box and the six points, % of the face's width.
    """

    views: int
    both: int
    lost: int
    new: int
    score_change: float
    place_change: float


@dataclass(frozen=True, slots=True, eq=False)
class Makers:
    """What makes views: to learn from, and to measure with."""

    training: ViewMaker
    kept: ViewMaker


def write_models(
    network: DetectorNetwork, original: ModelCard, makers: Makers, out: Path, views: int = 500
) -> dict[str, Agreement]:
    """Write `out`/blazeface_int8 and `out`/blazeface_int8_wide with cards; return how each agrees with the original.

    The first entry is how the original agrees with itself where the image is shown a little smaller.

    Args:
        network: the adapted one.
        original: the published detector.
        makers: of the images that set the level of the scores, and of those to measure with.
        out: folder for both models' folders.
        views: how many images each of them makes.

    Raises:
        TrainError: a file cannot be written.
    """
    teacher = TfliteDetector(original.path)
    agreements = {
        "the published network, image at 97 %": _agreement(
            teacher, _Smaller(teacher), _views(makers.kept, SQUARE_WH, views)
        )
    }
    for suffix, size_wh in (("", SQUARE_WH), ("_wide", WIDE_WH)):
        name = f"blazeface_int8{suffix}"
        path = out / name / "model.tflite"
        _level(network, teacher, _views(makers.training, size_wh, views))
        with writing(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_converted(network, size_wh))
            agreements[name] = _agreement(teacher, TfliteDetector(path), _views(makers.kept, size_wh, views))
            _write_card(path, original, size_wh, agreements[name])
    return agreements


def _level(network: DetectorNetwork, teacher: TfliteDetector, views: list[ByteArray]) -> None:
    """Raise the logits so that faces are as sure in the median as they were: what averages doubts is less sure."""
    wanted = np.array([teacher.answers(view)[1].max() for view in views])
    found = np.array([float(np.max(network(as_input(view)[None])[1])) for view in views])
    near = np.abs(wanted) < _NEAR
    if near.any():
        network.raise_logits(float(np.median(wanted[near] - found[near])))


def _converted(network: DetectorNetwork, size_wh: tuple[int, int]) -> bytes:
    import tensorflow as tf  # noqa: PLC0415

    function = tf.function(network.call).get_concrete_function(tf.TensorSpec((1, size_wh[1], size_wh[0], 3)))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], network)
    # The ranges are those of the network's own rounding: no examples are needed.
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with silent_conversion():
        content = bytes(converter.convert())
    return with_int8_input(content)


class _Answers(Protocol):
    def answers(self, view: ByteArray) -> tuple[FloatArray, FloatArray]: ...


class _Smaller:
    """The same detector on the image at 97 %: what a step towards or away from the camera changes."""

    def __init__(self, detector: TfliteDetector) -> None:
        self._detector = detector

    def answers(self, view: ByteArray) -> tuple[FloatArray, FloatArray]:
        small = cv2.resize(view, None, fx=_SMALLER, fy=_SMALLER, interpolation=cv2.INTER_AREA)
        canvas = np.zeros_like(view)
        canvas[: small.shape[0], : small.shape[1]] = small
        return self._detector.answers(canvas)


def _views(maker: ViewMaker, size_wh: tuple[int, int], count: int) -> list[ByteArray]:
    random = np.random.default_rng(_SEED)
    return [maker.view(random, size_wh) for _ in range(count)]


def _agreement(first: _Answers, second: _Answers, views: list[ByteArray]) -> Agreement:
    scores, places = [], []
    for view in views:
        (wanted, wanted_logits), (found, found_logits) = first.answers(view), second.answers(view)
        scores.append((_score(wanted_logits), _score(found_logits)))
        surest = int(wanted_logits.argmax())
        if min(scores[-1]) > _MIN_SCORE:
            places.append(float(np.abs(wanted - found)[surest].max() / wanted[surest, 2]))
    pairs = np.array(scores)
    sees = pairs > _MIN_SCORE
    return Agreement(
        views=len(views),
        both=int(sees.all(axis=1).sum()),
        lost=int((sees[:, 0] & ~sees[:, 1]).sum()),
        new=int((~sees[:, 0] & sees[:, 1]).sum()),
        score_change=round(float(np.abs(pairs[:, 0] - pairs[:, 1]).mean()), 4),
        place_change=round(100 * float(np.median(places)), 2) if places else float("nan"),
    )


def _score(logits: FloatArray) -> float:
    return float(1 / (1 + np.exp(-logits.max())))


def _write_card(path: Path, original: ModelCard, size_wh: tuple[int, int], agreement: Agreement) -> None:
    card = {
        "name": path.parent.name,
        "kind": "detector",
        "file": path.name,
        "sha256": file_sha256(path),
        "input_side": size_wh[0],
        "colour": "rgb",
        "points": [],
        "presence": False,
        "licence": original.licence,
        "origin": f"{original.origin.removesuffix(', unchanged')}, changed: {_NOTE}",
        "input": f"int8, 1 x {size_wh[1]} x {size_wh[0]} x 3, pixel - 128; the image top left, the rest black",
        "outputs": "as of the published network, an anchor for each 4 x 4 pixels, row by row",
        "agreement": asdict(agreement),
        "milliseconds": round(median_milliseconds(path, _REPEATS), 2),
        "milliseconds_published": round(median_milliseconds(original.path, _REPEATS), 2),
    }
    (path.parent / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
