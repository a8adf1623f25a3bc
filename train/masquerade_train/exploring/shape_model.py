"""Learns the shape of faces, and finds landmarks that do not fit the others."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

_ROUNDS = 12
# Degrees of freedom of Student's distribution: few, so that wrong labels do not teach the model.
_TAILS = 4.0
# Shares of the face's extent: no annotator is more exact.
_FLOOR = 0.008
# Shares of the face's extent: further than any face is laid off its right place.
_FREE = 0.5
# Where 98 % of a plain normal distribution in the plane lie. The mouth opens wide now and then: compared with
# the median such faces would stand out more than wrong labels do.
_TAIL_SHARE, _RAYLEIGH_TAIL = 0.98, 2.797
# Of the landmarks of the fullest rows.
_FULL_ENOUGH = 0.6
# Rows that lack the same landmarks; fewer say nothing of their own about what is usual.
_ENOUGH = 60


@dataclass(frozen=True, slots=True, eq=False)
class ShapeModel:
    """All coordinates of a face as one normal distribution.

    Attributes:
        mean: (2K,) float64, coordinates in the frame of an Alignment.
        covariance: (2K, 2K) float64.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def learn(cls, landmarks: FloatArray) -> "ShapeModel":
        """Fit Student's distribution to faces, whatever landmarks they lack.

        Args:
            landmarks: (N, K, 2) float32, aligned; NaN = not marked. Every landmark is marked somewhere.
                Rows that lack many landmarks take no part: they were laid on the mean by others.

        Source:
            Expectation maximization for the multivariate t with missing values: Liu and
            Rubin, "ML estimation of the t distribution using EM and its extensions" (1995).
        """
        rows = landmarks.reshape(len(landmarks), -1).astype(np.float64)
        count = np.isfinite(rows).sum(axis=1)
        rows = rows[count >= max(_FULL_ENOUGH * count.max(initial=0), 1)]
        mean = np.nan_to_num(np.nanmedian(rows, axis=0))
        covariance = np.diag(np.nanvar(rows, axis=0) + _FLOOR**2)
        groups = group_by_marked(rows)
        for _ in range(_ROUNDS):
            mean, covariance = _improve(rows, groups, mean, covariance)
        return cls(mean, covariance)

    def residuals(self, landmarks: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compare each landmark with the place that the others predict.

        How the face was laid on the mean does not matter: place, size and turn are left
        open and follow from the other landmarks, too.

        Args:
            landmarks: (N, K, 2) float32, aligned; NaN = not marked.

        Returns:
            (offset, doubt): (N, K, 2) float32, landmark less expected place, and (N, K) float32, how
            many times the usual distance that is; NaN where the landmark is not marked.
        """
        rows = landmarks.reshape(len(landmarks), -1).astype(np.float64)
        offset = np.full(landmarks.shape, np.nan, np.float64)
        doubt = np.full(landmarks.shape[:2], np.nan, np.float64)
        for marked, members in group_by_marked(rows):
            if marked.sum() < 6:
                continue
            away = rows[np.ix_(members, np.flatnonzero(marked))] - self.mean[marked]
            precision = np.linalg.inv((self.covariance + self._freedom())[np.ix_(marked, marked)])
            pull = away @ precision
            for place, landmark in enumerate(np.flatnonzero(marked[::2])):
                own = slice(2 * place, 2 * place + 2)
                block = precision[own, own]
                offset[members, landmark] = pull[:, own] @ np.linalg.inv(block)
                doubt[members, landmark] = np.sqrt(((pull[:, own] @ np.linalg.inv(block)) * pull[:, own]).sum(axis=1))
        return offset.astype(np.float32), doubt.astype(np.float32)

    def _freedom(self) -> NDArray[np.float64]:
        """Return (2K, 2K): a prior under which all small shifts, rotations and scalings are equally likely."""
        shape = self.mean.reshape(-1, 2)
        moves = np.stack(
            [np.ones_like(shape) * (1, 0), np.ones_like(shape) * (0, 1), shape, shape[:, ::-1] * (-1, 1)]
        ).reshape(4, -1)
        return np.asarray(_FREE**2 * moves.T @ moves, np.float64)


def usual_doubts(landmarks: FloatArray, doubt: FloatArray) -> FloatArray:
    """Return (N, K): the usual doubt of each landmark among faces with the same missing ones.

    Rows with few landmarks are predicted less exactly than the model believes; this makes
    the doubts of all rows comparable.
    """
    usual = np.broadcast_to(np.nanquantile(doubt, _TAIL_SHARE, axis=0), doubt.shape).copy()
    for _, members in group_by_marked(landmarks.reshape(len(landmarks), -1).astype(np.float64)):
        if len(members) >= _ENOUGH and np.isfinite(doubt[members]).any():
            some = np.isfinite(doubt[members]).any(axis=0)
            usual[np.ix_(members, np.flatnonzero(some))] = np.nanquantile(doubt[members][:, some], _TAIL_SHARE, axis=0)
    return np.asarray(usual / _RAYLEIGH_TAIL, np.float32)


def group_by_marked(rows: NDArray[np.float64]) -> list[tuple[NDArray[np.bool_], NDArray[np.int64]]]:
    """Return (which of the coordinates are marked (2K,), rows that have these) for every such pattern."""
    patterns, member_of = np.unique(np.isfinite(rows), axis=0, return_inverse=True)
    member_of = member_of.reshape(-1)
    return [(pattern, np.flatnonzero(member_of == index)) for index, pattern in enumerate(patterns) if pattern.any()]


def _improve(
    rows: NDArray[np.float64],
    groups: list[tuple[NDArray[np.bool_], NDArray[np.int64]]],
    mean: NDArray[np.float64],
    covariance: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Run one iteration: fill the gaps from the model, weight faces by how well they fit, and refit."""
    filled = np.where(np.isfinite(rows), rows, 0)
    weights = np.ones(len(rows))
    blind = np.zeros_like(covariance)
    for marked, members in groups:
        away = rows[np.ix_(members, np.flatnonzero(marked))] - mean[marked]
        inverse = np.linalg.inv(covariance[np.ix_(marked, marked)])
        distance = ((away @ inverse) * away).sum(axis=1)
        weights[members] = (_TAILS + marked.sum()) / (_TAILS + distance)
        if not marked.all():
            hidden = np.flatnonzero(~marked)
            bridge = covariance[np.ix_(hidden, np.flatnonzero(marked))] @ inverse
            filled[np.ix_(members, hidden)] = mean[hidden] + away @ bridge.T
            rest = covariance[np.ix_(hidden, hidden)] - bridge @ covariance[np.ix_(np.flatnonzero(marked), hidden)]
            blind[np.ix_(hidden, hidden)] += len(members) * rest
    new_mean = (weights[:, None] * filled).sum(axis=0) / weights.sum()
    away = filled - new_mean
    new = ((weights[:, None] * away).T @ away + blind) / len(rows)
    return new_mean, (new + new.T) / 2 + _FLOOR**2 * np.eye(len(mean))
