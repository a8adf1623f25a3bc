"""Converts the training labels of several sources to one convention, with a teacher that labelled all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import LeftOut, Row
from masquerade_train.datasets.teaching.teacher import Teacher, face_frame, frame_rows

Seen = Mapping[str, Sequence[FloatArray]]
# file -> the (15, 2) landmarks of every face that the teacher saw in it.

# The common convention as a mixture of those of the sources. Two of them mark brows, eyes and lips alike, the third
# marks pupils and the brow hairs' ends: 3.3 % of the eye distance apart on the average, brow ends 6 to 8 %. The
# mixture leans to the first two, whose labels are finer (docs/decisions/011).
COMMON_SHARES = {"helen": 0.35, "lfpw": 0.35, "wild": 0.3}
# Fewer teach no map of 31 x 30 numbers.
_MIN_FACES = 20


@dataclass(frozen=True, slots=True, eq=False)
class LabelHarmonizer:
    """Maps from the teacher's landmarks to the convention of each source, and to the common one.

    Attributes:
        of_source: source -> the map that gives its own labels.
        common: the map that gives the common ones.
    """

    of_source: Mapping[str, Teacher]
    common: Teacher

    @classmethod
    def learn(cls, rows: Sequence[Row], seen: Seen) -> "LabelHarmonizer | None":
        """Learn from training rows with reliable labels; None if no source has enough that the teacher labelled."""
        known = [row for row in rows if row.file in seen]
        counts = {name: sum(row.source == name for row in known) for name in {row.source for row in known}}
        names = sorted(name for name, count in counts.items() if count >= _MIN_FACES)
        if not names:
            return None
        maps = {name: _learn([row for row in known if row.source == name], seen) for name in names}
        shares = np.array([COMMON_SHARES.get(name, 0.0) for name in names])
        if not shares.any():
            shares = np.array([float(counts[name]) for name in names])
        mixed = np.tensordot(shares / shares.sum(), np.stack([maps[name].weights for name in names]), axes=1)
        return cls(maps, Teacher(mixed))

    def move(self, row: Row, seen: Seen) -> Row:
        """Return `row` with its labels in the common convention; unchanged if its source has no map.

        The map holds the difference of two ways of marking alone, so where the teacher saw nothing the
        label's own landmarks are good enough to ask it about.
        """
        if row.source not in self.of_source:
            return row
        place = _nearest(seen[row.file], row.landmarks) if row.file in seen else row.landmarks
        frame = face_frame(place)
        difference = self.common.weights - self.of_source[row.source].weights
        moved = (frame_rows([frame], place[None]) @ difference).reshape(-1, 2)
        back = frame.inverse().matrix[:, :2]
        return replace(row, landmarks=(row.landmarks + moved @ back.T).astype(np.float32), as_marked=row.landmarks)


def harmonize(rows: Sequence[Row], seen: Seen, noisy_sources: Sequence[str]) -> tuple[list[Row], list[LeftOut]]:
    """Convert the labels of training rows to one convention; other sets stay unchanged.

    Noisy labels are replaced by the teacher's landmarks, mapped, or left out where the two differ wildly.
    """
    training = [row for row in rows if row.split == "train"]
    sound = [row for row in training if row.source not in noisy_sources and np.isfinite(row.landmarks).all()]
    harmony = LabelHarmonizer.learn(sound, seen)
    if harmony is None:
        return list(rows), []
    moved = {row.file: harmony.move(row, seen) for row in sound}
    noisy = [row for row in training if row.source in noisy_sources]
    taught = _relabel(harmony.common, [row for row in noisy if row.file in seen], seen)
    lost = {row.file for row in noisy} - set(taught)
    new = {**moved, **taught}
    kept = [new.get(row.file, row) if row.split == "train" else row for row in rows]
    left_out = [LeftOut(row.file, "label and teacher do not agree") for row in noisy if row.file in lost]
    return [row for row in kept if not (row.split == "train" and row.file in lost)], left_out


def _relabel(teacher: Teacher, pupils: list[Row], seen: Seen) -> dict[str, Row]:
    """Return the rows on which label and teacher agree, with the teacher's landmarks, by file."""
    if not pupils:
        return {}
    labels = teacher.label(_teacher_landmarks(pupils, seen), np.stack([row.landmarks for row in pupils]))
    pairs = zip(pupils, labels, strict=True)
    return {row.file: replace(row, landmarks=each, as_marked=row.landmarks) for row, each in pairs if each is not None}


def _learn(rows: list[Row], seen: Seen) -> Teacher:
    return Teacher.learn(_teacher_landmarks(rows, seen), np.stack([row.landmarks for row in rows]))


def _teacher_landmarks(rows: list[Row], seen: Seen) -> NDArray[np.float32]:
    """Return (N, 15, 2)."""
    return np.stack([_nearest(seen[row.file], row.landmarks) for row in rows])


def _nearest(candidates: Sequence[FloatArray], landmarks: FloatArray) -> FloatArray:
    """Return the teacher's face closest to the labels; a crop may show several."""
    return min(candidates, key=lambda candidate: float(np.nanmean(np.abs(candidate - landmarks))))
