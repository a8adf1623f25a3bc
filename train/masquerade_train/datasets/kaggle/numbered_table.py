"""Reads tables of 68 numbered landmarks: frames of YouTube Faces, as Udacity publishes them (P1_Facial_Keypoints)."""

import re
from pathlib import Path

import numpy as np
from masquerade.values import LANDMARK_NAMES

from masquerade_train.datasets.face_set import Reading
from masquerade_train.datasets.landmark_table import Errors, open_table, read_header, read_rows
from masquerade_train.datasets.named_table import Label, read_images
from masquerade_train.datasets.pts_folder import fifteen_of_68

# A column of file names without a name, then x and y of each landmark in turn.
HEADER = ("", *map(str, range(136)))
# "Luis_Fonsi_21.jpg" is a frame of Luis Fonsi.
_FRAME = re.compile(r"_\d+\.\w+$")


def read_numbered_table(path: Path, source: str) -> Reading:
    """Read the table and the images it names, which lie in the folder that its name begins with, or beside it.

    Args:
        path: such as training_frames_keypoints.csv, with the images in training/.
        source: what the images are called in the data.

    Raises:
        TrainError: a cell is not a number, or an image is missing or invalid; all errors at once.
    """
    folder = path.name.partition("_")[0]
    below = f"{folder}/" if (path.parent / folder).is_dir() else ""
    split = "test" if folder == "test" else ""
    labels, errors = [], Errors(str(path))
    with open_table(path) as table:
        header = read_header(table)
        for line in read_rows(table, header):
            where = f"line {line.number}"
            with errors.at(where):
                if len(line.values) != len(HEADER):
                    raise ValueError(f"{len(line.values)} cells, wanted {len(HEADER)}")
                name, *numbers = line.values
                landmarks = fifteen_of_68(np.array(numbers, np.float32).reshape(-1, 2))
                person = _FRAME.sub("", Path(name).name)
                labels.append(Label(where, below + name, landmarks, person=person, split=split))
    errors.raise_any()
    return read_images(path, tuple(labels), LANDMARK_NAMES, source)
