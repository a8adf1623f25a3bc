"""Says whose face an image shows and on which side of the split it stands."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from masquerade_train.datasets.face_set import Row
from masquerade_train.datasets.landmark_table import Errors, read_lines
from masquerade_train.errors import TrainError

SPLITS = ("train", "val")
_VAL_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """The person on an image and the side of the split, "train" or "val"."""

    person: str
    split: str


def place_image(digest: str, person: str = "", split: str = "") -> Place:
    """Return whose image it is and where it stands; what is not known follows the image's content.

    Pictures of the same content share a person. A tenth of all persons become the val
    split, and which do depends on nothing but their names.

    Args:
        digest: of the image's content.
        person, split: "" = not known.
    """
    person = person or f"content:{digest}"
    draw = int(hashlib.sha256(person.encode()).hexdigest()[:8], 16) / 2**32
    return Place(person, split or ("val" if draw < _VAL_SHARE else "train"))


def check_split(split: str) -> str:
    """Return `split`.

    Raises:
        ValueError: it is neither train nor val.
    """
    if split not in SPLITS:
        raise ValueError(f"the split must be train or val, not '{split}'")
    return split


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
            row = int(cells["row"])
            if row in places:
                raise ValueError(f"row {row} was there before")
            places[row] = Place(cells["person"], check_split(cells["split"]))
    errors.tell()
    return places


def check_persons(rows: tuple[Row, ...]) -> None:
    """Make sure that nobody stands on both sides of the split.

    Raises:
        TrainError: somebody does: a model would be measured on faces it has learnt.
    """
    sides: dict[str, Row] = {}
    for row in rows:
        first = sides.setdefault(row.person, row)
        if first.split != row.split:
            raise TrainError(
                f"The person '{row.person}' is in both splits ({first.file}: {first.split}, {row.file}: {row.split}): "
                "a model would be measured on faces it has learnt."
            )
