"""Trains the face detector to give its own answers when rounded to int8 and shown wide images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from masquerade.values import ByteArray, FloatArray
from masquerade.vision.card import ModelCard

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.datasets.image_file import SUFFIXES
from masquerade_train.detector.graph import read_graph
from masquerade_train.detector.network import DetectorNetwork
from masquerade_train.detector.views import SQUARE_WH, WIDE_WH, ViewMaker
from masquerade_train.errors import TrainError, writing
from masquerade_train.inference.tflite import open_tflite

# Two of five batches are square; the first two differ, so that Keras leaves the height open.
_ROUND = (SQUARE_WH, WIDE_WH, WIDE_WH, SQUARE_WH, WIDE_WH)
_WARM_UP_STEPS = 50
_SEED = 20_261_201
# One photo in so many is kept for measuring.
_KEPT_EVERY = 3


@dataclass(frozen=True, slots=True)
class Photos:
    """Whole photos, a third of them for measuring alone."""

    training: tuple[Path, ...]
    kept: tuple[Path, ...]

    @classmethod
    def in_folder(cls, folder: Path) -> "Photos":
        """List the photos of a folder by name.

        Raises:
            TrainError: there are fewer than three.
        """
        found = sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)
        if len(found) < _KEPT_EVERY:
            raise TrainError(f"{folder} holds {len(found)} photos (.jpg, .png, .bmp). Name a folder with some hundred.")
        kept = tuple(found[::_KEPT_EVERY])
        return cls(tuple(path for path in found if path not in kept), kept)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast the detector learns.

    Attributes:
        epochs: of so many `steps` each.
        rate: the first learning rate, which falls along a cosine.
        views: that a step learns from, and, six times as many, that set the first ranges.
    """

    epochs: int
    rate: float
    steps: int = 100
    views: int = 16


class TfliteDetector:
    """A detector's file: the published network, or one that was made here."""

    def __init__(self, path: Path) -> None:
        """Load it.

        Raises:
            TrainError: the file is missing or no model.
        """
        self._interpreter = open_tflite(path)
        self._source = self._interpreter.get_input_details()[0]
        outputs = sorted(self._interpreter.get_output_details(), key=lambda each: -int(each["shape"][-1]))
        self._outputs = [each["index"] for each in outputs]

    def answers(self, view: ByteArray) -> tuple[FloatArray, FloatArray]:
        """Return (N, 16) regressors and (N, 1) logits for a view (H, W, 3) uint8, of the input's size or less high."""
        canvas = np.zeros(self._source["shape"][1:], np.uint8)
        canvas[: view.shape[0]] = view
        is_int8 = self._source["dtype"] is np.int8
        tensor = (canvas ^ 0x80).view(np.int8) if is_int8 else as_input(canvas)
        self._interpreter.set_tensor(self._source["index"], tensor[None])
        self._interpreter.invoke()
        # The anchors come row by row.
        count = view.shape[0] * view.shape[1] // 16
        regressors, logits = (self._interpreter.get_tensor(index)[0, :count] for index in self._outputs)
        return regressors, logits


def as_input(pixels: ByteArray) -> FloatArray:
    """Return pixels as the float network takes them, -1 to 1."""
    return np.asarray(pixels.astype(np.float32) / 127.5 - 1, np.float32)


class _Batches(keras.utils.PyDataset):  # type: ignore[misc]  # keras has no types
    """Views with the float network's answers; batch i of epoch e is the same in every run."""

    def __init__(self, maker: ViewMaker, teacher: TfliteDetector, schedule: Schedule) -> None:
        super().__init__()
        self._maker, self._teacher, self._schedule = maker, teacher, schedule
        self.epoch = 0

    def __len__(self) -> int:
        return self._schedule.steps

    def __getitem__(self, index: int) -> Any:
        random = np.random.default_rng((_SEED, self.epoch, index))
        size_wh = _ROUND[index % len(_ROUND)]
        views = [self._maker.view(random, size_wh) for _ in range(self._schedule.views)]
        answers = [self._teacher.answers(view) for view in views]
        regressors, logits = (np.stack(each) for each in zip(*answers, strict=True))
        return as_input(np.stack(views)), (regressors, logits)


class _NextEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Chooses the epoch's batches, also after a start from a checkpoint."""

    def __init__(self, batches: _Batches) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._batches.epoch = epoch


def adapt(original: ModelCard, maker: ViewMaker, out: Path, schedule: Schedule) -> DetectorNetwork:
    """Return the trained network; a run that was stopped goes on from its last epoch.

    Args:
        original: the published detector.
        maker: makes the views to learn from.
        out: folder for the checkpoint and the log.
        schedule: how long and how fast it learns.

    Raises:
        TrainError: the detector cannot be read, or `out` not written.
    """
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(_SEED)
    network = DetectorNetwork(read_graph(original.path))
    network.set_ranges(_range_views(maker, 6 * schedule.views))
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, schedule.epochs * schedule.steps, warmup_target=schedule.rate, warmup_steps=_WARM_UP_STEPS
    )
    optimizer = keras.optimizers.Adam(rate, global_clipnorm=5.0, use_ema=True, ema_momentum=0.995)
    network.compile(optimizer=optimizer)
    batches = _Batches(maker, TfliteDetector(original.path), schedule)
    callbacks = [
        _NextEpoch(batches),
        keras.callbacks.BackupAndRestore(out / "checkpoint", delete_checkpoint=False),
        keras.callbacks.CSVLogger(out / "log.csv", append=True),
    ]
    # It ends with the averaged weights.
    network.fit(batches, epochs=schedule.epochs, shuffle=False, callbacks=callbacks, verbose=2)
    return network


def training_maker(photos: Photos, faces: FaceSet) -> ViewMaker:
    """Return what makes the views to learn from.

    Raises:
        TrainError: a photo cannot be read.
    """
    return _maker(photos.training, faces.select(faces.splits != "test"))


def kept_maker(photos: Photos, faces: FaceSet) -> ViewMaker:
    """Return what makes views of photos and faces that nothing was learnt from.

    Raises:
        TrainError: a photo cannot be read.
    """
    return _maker(photos.kept, faces.select(faces.splits == "test"))


def _maker(photos: tuple[Path, ...], faces: FaceSet) -> ViewMaker:
    try:
        return ViewMaker(photos, faces.select(faces.has_face))
    except ValueError as error:
        raise TrainError(f"A photo cannot be used: {error}. Remove it from the folder.") from error


def _range_views(maker: ViewMaker, count: int) -> FloatArray:
    random = np.random.default_rng(_SEED)
    return as_input(np.stack([maker.view(random, SQUARE_WH) for _ in range(count)]))
