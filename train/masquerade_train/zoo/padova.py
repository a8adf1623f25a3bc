"""The convolution ladder of Kartalovic and Albut (Padova): 5 to 16 convolutions, 3 to 7 pools."""

import re
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, landmark_output, pixel_input
from masquerade_train.zoo.shape import Builder, NetShape, Start

# Table 1, of the network of 15 convolutions; the sixteenth is ours.
FILTERS = (32, 32, 64, 64, 96, 96, 128, 128, 256, 256, 512, 512, 1024, 1024, 1024, 1024)
# Keras 2's own, for the paper names none.
_SLOPE = 0.3
_HIDDEN = 512


@dataclass(frozen=True, slots=True)
class Ladder:
    """One network of the ladder.

    The paper prints the filters of the network of 15 convolutions. Ours: a network of fewer
    has the first of them, the pools are spread evenly over the convolutions, hidden
    dense layers are 512 wide, the one dropout layer (section 6) is before the first dense one.

    Attributes:
        convolutions: 3x3, each with batch normalization and LeakyReLU.
        pools: 2x2.
        dropout: share of the features that is left out before the dense layers.
        dense: dense layers, the output among them.
    """

    convolutions: int
    pools: int
    dropout: float = 0.1
    dense: int = 1

    @property
    def name(self) -> str:
        """The network's name, with all its numbers."""
        percent = round(100 * self.dropout)
        return f"padova_{self.convolutions}_pools_{self.pools}_dropout_{percent}_dense_{self.dense}"

    @property
    def filters(self) -> tuple[int, ...]:
        """Channels of each convolution."""
        more = (FILTERS[-1],) * max(self.convolutions - len(FILTERS), 0)
        return (*FILTERS, *more)[: self.convolutions]

    @property
    def pooled(self) -> frozenset[int]:
        """After which convolutions, from 1, a pool follows; the last pool is after the last convolution but one."""
        return frozenset(round(number * (self.convolutions - 1) / self.pools) for number in range(1, self.pools + 1))


_NAME = re.compile(r"padova_(\d+)_pools_(\d+)_dropout_(\d+)_dense_(\d+)")


def parse_ladder(name: str) -> Ladder | None:
    """Return the network of that name; None where it is no such name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    convolutions, pools, percent, dense = (int(number) for number in found.groups())
    return Ladder(convolutions, pools, percent / 100, dense)


def ladder(network: Ladder) -> Builder:
    """Return the builder of one network of the ladder; it takes no start weights."""

    def build(shape: NetShape, start: Start) -> Any:
        del start
        pixels = pixel_input(shape)
        features = layers.Flatten()(_convolutions(network, centred(pixels)))
        if network.dropout:
            features = layers.Dropout(network.dropout)(features)
        for _ in range(network.dense - 1):
            features = layers.LeakyReLU(_SLOPE)(layers.Dense(_HIDDEN)(features))
        return keras.Model(pixels, landmark_output(features, shape.outputs), name=network.name)

    return build


def _convolutions(network: Ladder, features: Any) -> Any:
    for number, channels in enumerate(network.filters, 1):
        features = layers.Conv2D(channels, 3, padding="same")(features)
        features = layers.LeakyReLU(_SLOPE)(layers.BatchNormalization()(features))
        if number in network.pooled:
            # "same": the seventh pool of an image of 96 finds a map of 2 x 2.
            features = layers.MaxPooling2D(2, padding="same")(features)
    return features
