"""Removes faces with labels that are probably wrong from a data file."""

from pathlib import Path

import numpy as np

from masquerade_train.datasets.face_set import load_faces, save_faces
from masquerade_train.exploring.alignment import align
from masquerade_train.exploring.explore import label_doubts
from masquerade_train.exploring.suspicious_table import write_suspicious


def leave_out_faulty(data: Path) -> str:
    """Rewrite the data file without faces with suspicious labels, and list those in a table; return a summary.

    The test set stays as it is: without its odd faces a model would look better than it is.

    Raises:
        TrainError: a file cannot be read or written.
    """
    faces = load_faces(data)
    faulty = tuple(doubt for doubt in label_doubts(align(faces.landmarks)) if faces.splits[doubt.row] != "test")
    if not faulty:
        return "  left out as faulty: 0"
    table = data.with_name(f"{data.stem}_faulty.csv")
    write_suspicious(table, faces, faulty)
    kept = np.ones(len(faces), np.bool_)
    kept[[doubt.row for doubt in faulty]] = False
    save_faces(faces.select(kept), data)
    return f"  left out as faulty: {len(faulty)} of {len(faces)}, listed in {table}"
