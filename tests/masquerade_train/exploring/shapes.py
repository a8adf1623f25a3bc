"""Makes shapes of faces that vary as faces do: wider, longer, turned, and each landmark a little on its own."""

import numpy as np
from masquerade.values import FloatArray

from tests.masquerade_train.faces import LANDMARKS


def shapes(count: int, seed: int = 0) -> FloatArray:
    """(N, 15, 2) pixels, at different places, sizes and angles."""
    random = np.random.default_rng(seed)
    plain = LANDMARKS - LANDMARKS.mean(axis=0)
    made = []
    for _ in range(count):
        shape = plain * (1 + random.normal(0, 0.05, 2)) + random.normal(0, 0.6, plain.shape)
        # The nose wanders most as the head turns.
        shape[10, 0] += random.normal(0, 5)
        angle, scale = random.normal(0, 0.15), np.exp(random.normal(0, 0.2))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        made.append(scale * shape @ turn.T + (96, 96) + random.normal(0, 6, 2))
    return np.stack(made).astype(np.float32)
