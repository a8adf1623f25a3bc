"""Compares two landmarkers in one table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

from masquerade_train.comparison.tables import Table, percent
from masquerade_train.evaluation.convention import Convention
from masquerade_train.metrics.landmark_error import FAILURE, landmark_errors
from masquerade_train.metrics.matching import Matches

_NOTE = (
    "Both find the faces by themselves in the same images, in one run. Error: mean distance of the 15 landmarks over "
    "the eye distance, of the faces found; own convention: after one constant offset a source and landmark, learnt "
    "for each of the two on training faces; missed or off: missed, or an error above 10 %, raw / own convention."
)
_COLUMNS = ("faces", "found", "error", "error, own convention", "missed or off by 10 %")


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The labels of N faces.

    Attributes:
        landmarks: (N, 15, 2) float32, pixels.
        sources: (N,) text.
        groups: (name, (N,) which faces), shown one after the other.
    """

    landmarks: FloatArray
    sources: NDArray[np.str_]
    groups: Sequence[tuple[str, NDArray[np.bool_]]]


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationTarget:
    """One of the landmarkers compared.

    Attributes:
        convention: what its predictions lack to the labels, learnt on training faces.
    """

    name: str
    matches: Matches
    convention: Convention


def peer_table(slug: str, title: str, subjects: Sequence[EvaluationTarget], labels: Labels) -> Table:
    """Make the table."""
    names = [subject.name for subject in subjects]
    columns = ["", _COLUMNS[0], *(f"{name}: {column}" for name in names for column in _COLUMNS[1:])]
    errors = [_errors(subject, labels.landmarks, labels.sources) for subject in subjects]
    rows = []
    for name, where in labels.groups:
        if where.any():
            cells = [cell for raw, own in errors for cell in _cells(raw[where], own[where])]
            rows.append((name, str(int(where.sum())), *cells))
    return Table(slug, title, _NOTE, tuple(columns), tuple(rows))


def _errors(
    subject: EvaluationTarget, labelled: FloatArray, sources: NDArray[np.str_]
) -> tuple[FloatArray, FloatArray]:
    """Return (N,) raw and own-convention errors; NaN where the face was missed."""
    raw, own = np.full(len(labelled), np.nan, np.float32), np.full(len(labelled), np.nan, np.float32)
    found = subject.matches.found
    landmarks = subject.matches.landmarks[found]
    raw[found] = np.nanmean(landmark_errors(landmarks, labelled[found]), axis=1)
    moved = subject.convention.apply(landmarks, labelled[found], sources[found])
    own[found] = np.nanmean(landmark_errors(moved, labelled[found]), axis=1)
    return raw, own


def _cells(raw: FloatArray, own: FloatArray) -> list[str]:
    found = np.isfinite(raw)
    mean = [float(np.mean(errors[found])) if found.any() else float("nan") for errors in (raw, own)]
    off = [float(np.mean(~found | (np.nan_to_num(errors) > FAILURE))) for errors in (raw, own)]
    return [
        percent(float(found.mean())),
        percent(mean[0], 2),
        percent(mean[1], 2),
        f"{percent(off[0])} / {percent(off[1])}",
    ]
