"""The arguments of network builders: input and output shapes, and the start weights."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A finished model, in place of start weights of a base: of an earlier run, or as the app runs it.
WHOLE_MODELS = (".keras", ".tflite")
# `Start.frozen_until`: the whole base keeps its start weights.
ALL = "all"


@dataclass(frozen=True, slots=True)
class NetShape:
    """The input and output shapes of a network.

    Attributes:
        side: pixels of the square input.
        channels: 1 for grey or 3 for RGB; values 0..255, scaled inside the network.
        outputs: numbers that come out: x, y of each landmark in [-1, 1] across the input,
            and for crops the face logit as the last one.
    """

    side: int
    channels: int
    outputs: int

    def __post_init__(self) -> None:
        if self.channels not in {1, 3}:
            raise ValueError(f"channels must be 1 or 3, got {self.channels}")


@dataclass(frozen=True, slots=True)
class Start:
    """The start weights of a network.

    Attributes:
        weights: file of a pretrained base, or a finished model; None starts from random numbers.
        frozen_until: layers of the base up to this one keep their start weights; "" = none
            of them, "all" = the whole base. Without `weights` nothing is frozen.
    """

    weights: Path | None = None
    frozen_until: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether training continues from a finished model."""
        return self.weights is not None and self.weights.suffix in WHOLE_MODELS


Builder = Callable[[NetShape, Start], Any]
