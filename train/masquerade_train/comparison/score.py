"""The measurements of a run, as JSON beside its model, so that tables can be made without it."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from masquerade_train.metrics.paper_metrics import PaperErrors
from masquerade_train.runs.record import wrong_fields

MEASURED_FILE = "measured.json"
Shares = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Score:
    """The errors on the images of one set that have all landmarks marked, pixels of an image 96 wide.

    Attributes:
        root_mean_squared, mean_absolute: of single coordinates.
        within, within_coordinates, within_images, accuracy, accuracy_of_a_constant: see PaperErrors.
    """

    images: int
    root_mean_squared: float
    mean_absolute: float
    within: Shares
    within_coordinates: Shares
    within_images: Shares
    accuracy: float
    accuracy_of_a_constant: float

    @property
    def mean_squared(self) -> float:
        """Square pixels."""
        return self.root_mean_squared**2


def score_of(errors: PaperErrors) -> Score:
    """Return the score of errors."""
    return Score(
        errors.images,
        errors.pixels.root_mean_squared,
        errors.pixels.mean_absolute,
        errors.within,
        errors.within_coordinates,
        errors.within_images,
        errors.accuracy,
        errors.accuracy_of_a_constant,
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of a run's model.

    Attributes:
        model_sha256: of the model that was measured.
        data: name of the file whose test set it was measured on.
        parameters: all weights of the network.
        epoch_images: that are trained on in one epoch, copies counted.
        seconds_for_100: of the processor, all threads together, for 100 images in one go; the best of three.
        test: on new persons, the test set of the data.
        mean_face: what the mean of the training labels scores there; None where it cannot be had.
        eye_distances: mean distance of the landmarks on the test set; NaN without eyes.
        all_root_mean_squared: over all test images, those with some landmarks marked, too.
        own_test: on the test set of the recipe's own split; None where it has none.
        own_test_mean_face: what the mean face scores on `own_test`.
        own_validation: the same of its validation set.
        kaggle: on Kaggle's own images; None where they were not given, or are not for this network.
        kaggle_mean_face: what the mean of the training labels scores there.
        kaggle_sha256: of the file of Kaggle's images; "" = none.
    """

    model_sha256: str
    data: str
    parameters: int
    epoch_images: int
    seconds_for_100: float
    test: Score
    mean_face: Score | None
    eye_distances: float
    all_root_mean_squared: float
    own_test: Score | None = None
    own_validation: Score | None = None
    kaggle: Score | None = None
    kaggle_mean_face: Score | None = None
    kaggle_sha256: str = ""
    own_test_mean_face: Score | None = None

    @property
    def is_worse_than_mean_face(self) -> bool:
        """Whether a constant answer errs less on the test set."""
        return self.mean_face is not None and self.test.root_mean_squared >= self.mean_face.root_mean_squared


def write_measured(folder: Path, measured: Measured) -> None:
    """Write `folder`/measured.json; OSError where it cannot be written."""
    text = json.dumps(_plain(asdict(measured)), indent=2, allow_nan=False)
    (folder / MEASURED_FILE).write_text(text + "\n", encoding="utf-8")


def read_measured(folder: Path) -> Measured | None:
    """Return the stored measurements; None if there are none or another version wrote them."""
    try:
        content = json.loads((folder / MEASURED_FILE).read_text(encoding="utf-8"))
        measured = Measured(**{name: _value(value) for name, value in content.items()})
        return None if wrong_fields(measured) else measured
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _value(value: Any) -> Any:
    if value == "nan":
        return math.nan
    if value is None or isinstance(value, str | int | float):
        return value
    entries: dict[str, Any] = {name: math.nan if entry == "nan" else entry for name, entry in value.items()}
    numbers: Any = {name: tuple(entry) if isinstance(entry, list) else entry for name, entry in entries.items()}
    return Score(**numbers)


def _plain(value: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return "nan" if isinstance(value, float) and math.isnan(value) else value
