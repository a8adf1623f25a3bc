"""Assigns images to people and to the training, validation or test set."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from masquerade_train.datasets.face_set import Row
from masquerade_train.datasets.landmark_table import Errors, read_lines, read_whole_number
from masquerade_train.errors import TrainError

# What tables call the three sets.
_NAMES = {"train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation"}
_NAMES |= {"test": "test", "testing": "test"}
_TEST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """The person on an image, and the set that the image belongs to: "train", "validation" or "test"."""

    person: str
    split: str


def place_image(digest: str, person: str = "", split: str = "") -> Place:
    """Return the person and the set of an image, derived from its content if unknown.

    Images of the same content share a person. A tenth of all persons become the test set,
    and which ones depends on their names alone.

    Args:
        digest: of the image's content.
        person: name of who is on the image; "" = not known.
        split: "train", "validation" or "test"; "" = not known.
    """
    person = person or f"content:{digest}"
    draw = int(hashlib.sha256(person.encode()).hexdigest()[:8], 16) / 2**32
    return Place(person, split or ("test" if draw < _TEST_SHARE else "train"))


def check_split(split: str) -> str:
    """Return the set that a table's `split` names: "train", "validation" or "test".

    Raises:
        ValueError: it names none of them.
    """
    name = _NAMES.get(split.strip().lower())
    if name is None:
        raise ValueError(f"the split must be train, validation (val) or test, not '{split}'")
    return name


def with_test_set(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return `rows`; where none is in the test set, the validation set becomes it.

    Tables with two sets call the second one "val" as often as "test", and a model has to be
    measured on something.
    """
    splits = {row.split for row in rows}
    if "test" in splits or "validation" not in splits:
        return rows
    return tuple(replace(row, split="test") if row.split == "validation" else row for row in rows)


def read_split_table(path: Path) -> dict[int, Place]:
    """Read a split.csv (row from 0, person, split): the place of every row of the table beside it.

    Raises:
        TrainError: a column is missing, a row is named twice or a split is unknown.
    """
    places: dict[int, Place] = {}
    errors = Errors(str(path))
    for line in read_lines(path, ("row", "person", "split")):
        with errors.at(f"line {line.number}"):
            cells = line.cells()
            row = read_whole_number(cells["row"], "row")
            if row in places:
                raise ValueError(f"row {row} was there before")
            places[row] = Place(cells["person"], check_split(cells["split"]))
    errors.raise_any()
    return places


def check_persons(rows: tuple[Row, ...]) -> None:
    """Check that no person is in two sets.

    Raises:
        TrainError: somebody does: a model would be measured on faces it has learnt.
    """
    sides: dict[str, Row] = {}
    for row in rows:
        first = sides.setdefault(row.person, row)
        if first.split != row.split:
            raise TrainError(
                f"The person '{row.person}' is in two sets ({first.file}: {first.split}, {row.file}: {row.split}): "
                "a model would be measured on faces it has learnt."
            )
