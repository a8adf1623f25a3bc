"""Packs a source of labelled faces, and backgrounds, into one .npz."""

from collections import Counter
from pathlib import Path

from train.datasets.backgrounds import read_backgrounds
from train.datasets.face_set import Reading, join_rows, save_faces
from train.datasets.faces15 import read_faces15
from train.datasets.kaggle_csv import read_kaggle_csv
from train.errors import TrainError


def prepare(source: Path, out: Path, backgrounds: list[Path]) -> str:
    """Writes `out` and returns what went into it, for people.

    Args:
        source: a folder with faces.csv and faces/, or Kaggle's training.csv.
        backgrounds: folders of pictures or videos, see `read_backgrounds`.

    Raises:
        TrainError: the source is of neither kind, or faulty.
    """
    if source.is_dir() and (source / "faces.csv").is_file():
        reading = read_faces15(source)
    elif source.suffix.lower() == ".csv":
        reading = read_kaggle_csv(source)
    else:
        raise TrainError(f"{source} is neither a folder with faces.csv nor a training.csv.")
    rows = list(reading.rows)
    for path in backgrounds:
        rows += read_backgrounds(path)
    save_faces(join_rows(rows), out)
    counts = Counter((row.source, row.split) for row in rows)
    lines = [f"  {name} {split}: {count}" for (name, split), count in sorted(counts.items())]
    reasons = Counter(line.split(": ", 1)[1] for line in reading.left_out)
    lines += [f"  left out, {reason}: {count} ({_example(reading, reason)})" for reason, count in reasons.items()]
    return "\n".join([f"{out}: {len(rows)} pictures", *lines])


def _example(reading: Reading, reason: str) -> str:
    """The first picture that was left out for this reason."""
    return "first " + next(line for line in reading.left_out if line.endswith(reason)).split(": ", 1)[0]
