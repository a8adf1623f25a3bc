"""Packs a source of labelled faces, and backgrounds, into one .npz."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from masquerade_train.datasets.backgrounds import read_backgrounds
from masquerade_train.datasets.contour_sources import add_contours
from masquerade_train.datasets.face_set import LeftOut, Reading, Row, join_rows, save_faces
from masquerade_train.datasets.leave_out import without
from masquerade_train.datasets.people import check_persons
from masquerade_train.datasets.sources import read_source
from masquerade_train.datasets.teaching.taught_folder import TaughtFolder
from masquerade_train.errors import TrainError

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Choices:
    """Which parts of a source to use.

    Attributes:
        leave_out: tables whose column `file` names rows to leave out.
        all_train: True puts every row into the training set: recipes with a split of their own divide it.
        taught: the table that `teach` wrote for the source's images; the 70 contour landmarks are added.
        marks: a table of the 68 marks of 300-W for some of the source's images, from which the contours' convention
            is learnt.
        also: further folders, labelled by the same teacher; all of their images are for training.
        joined: further sources, of the same landmarks, that are read after the first one.
    """

    leave_out: tuple[Path, ...] = ()
    all_train: bool = False
    taught: Path | None = None
    marks: Path | None = None
    also: tuple[TaughtFolder, ...] = ()
    joined: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if self.taught is None and (self.marks or self.also):
            raise TrainError("--marks and --also need --taught: what `teach` wrote for the source's own images.")
        if self.taught is not None and self.marks is None:
            raise TrainError(
                "--taught needs --marks: the contours' convention is learnt from the 68 marks of some images."
            )


def prepare(
    source: Path, out: Path, backgrounds: Sequence[Path] = (), name: str = "", choices: Choices | None = None
) -> str:
    """Write `out` and return a summary for people of what was included and left out.

    Args:
        source: see `read_source`.
        out: the .npz to write.
        backgrounds: folders of images or videos, see `read_backgrounds`.
        name: what the images of the source are called in the data; "" = by the source.
        choices: what of the source is taken; None = all of it, split as the source says.

    Raises:
        TrainError: the source is of no known kind, invalid or without one usable row, or `out` cannot be written.
    """
    if out.suffix != ".npz":
        raise TrainError(f"{out} must end in .npz.")
    choices = choices or Choices()
    readings = [read_source(source, name), *map(read_source, choices.joined)]
    reading = without(_join(readings, (source, *choices.joined)), list(choices.leave_out))
    if choices.all_train:
        reading = replace(reading, rows=tuple(replace(row, split="train") for row in reading.rows))
    if choices.taught is not None:
        reading = add_contours(reading, choices.taught, cast(Path, choices.marks), choices.also)
    if not reading.rows:
        reasons = "\n".join(_describe_left_out(reading.left_out)) or "  it has no row"
        raise TrainError(f"No row of {source} can be used:\n{reasons}")
    rows = list(reading.rows)
    for path in backgrounds:
        rows += read_backgrounds(path, landmark_count=len(reading.names))
    check_persons(tuple(rows))
    save_faces(join_rows(rows, reading.names), out)
    return "\n".join(
        [f"{out}: {len(rows)} images", *_describe_rows(rows, reading), *_describe_left_out(reading.left_out)]
    )


def _join(readings: list[Reading], sources: tuple[Path, ...]) -> Reading:
    """Return several sources as one."""
    names = readings[0].names
    for source, reading in zip(sources, readings, strict=True):
        if reading.names != names:
            raise TrainError(f"{source} has other landmarks than {sources[0]}. Prepare it separately.")
    return Reading(
        tuple(row for reading in readings for row in reading.rows),
        tuple(entry for reading in readings for entry in reading.left_out),
        names,
        tuple(note for reading in readings for note in reading.notes),
    )


def _describe_rows(rows: list[Row], reading: Reading) -> list[str]:
    counts = Counter((row.source, row.split) for row in rows)
    lines = [f"  {name} {split}: {count}" for (name, split), count in sorted(counts.items())]
    lines += [f"  persons: {len({row.person for row in rows})}"]
    marked = Counter(int(np.isfinite(row.landmarks).all(axis=1).sum()) for row in reading.rows)
    marks = ", ".join(f"{landmarks} on {count}" for landmarks, count in sorted(marked.items(), reverse=True))
    lines += [f"  of {len(reading.names)} landmarks are marked: {marks}"]
    if not any(row.split == "test" for row in rows):
        lines += ["  no image is in the test set: only a recipe with a test set of its own can be measured"]
    if not any(row.split == "train" for row in rows):
        lines += ["  no image is in the training set: models can be measured on this file, not trained (--all-train)"]
    return lines + [f"  {note}" for note in reading.notes]


def _describe_left_out(left_out: Sequence[LeftOut]) -> list[str]:
    """Return one line for each reason, with its first rows."""
    struck: dict[str, list[str]] = {}
    for entry in left_out:
        struck.setdefault(entry.reason, []).append(entry.where)
    return [f"  left out, {reason}: {len(places)} ({_examples(places)})" for reason, places in struck.items()]


def _examples(places: list[str]) -> str:
    return ", ".join([*places[:_EXAMPLES], *(["..."] if len(places) > _EXAMPLES else [])])
