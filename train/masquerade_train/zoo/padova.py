"""The convolution ladder of Kartalovic and Albut (Padova): 5 to 16 convolutions, 3 to 7 pools."""

import re
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, pixel_input, points
from masquerade_train.zoo.shape import Builder, NetShape, Start

# Their epochs are short (27 steps without copies): Keras's 0.99 would lag four of them behind.
_NORM_MOMENTUM = 0.95
_SLOPE = 0.1


@dataclass(frozen=True, slots=True)
class Ladder:
    """One net of the ladder.

    The paper gives the numbers of layers and the channels from 32 to 1024. Ours: blocks
    between the pools double their channels, the convolutions are dealt out evenly with the
    odd ones to the first blocks, hidden dense layers are 512 wide.

    Attributes:
        convolutions: 3x3, each with batch norm and LeakyReLU.
        pools: 2x2, between the blocks.
        dropout: share that is left out before each dense layer.
        dense: dense layers, the output among them.
    """

    convolutions: int
    pools: int
    dropout: float = 0.1
    dense: int = 1

    @property
    def name(self) -> str:
        """The net's name, with all its numbers."""
        percent = round(100 * self.dropout)
        return f"padova_{self.convolutions}_pools_{self.pools}_dropout_{percent}_dense_{self.dense}"

    @property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """(channels, convolutions) of each block, in order."""
        count = self.pools + 1
        each, odd = divmod(self.convolutions, count)
        return tuple((min(32 * 2**block, 1024), each + (block < odd)) for block in range(count))


_NAME = re.compile(r"padova_(\d+)_pools_(\d+)_dropout_(\d+)_dense_(\d+)")


def parse_ladder(name: str) -> Ladder | None:
    """Return the net of that name; None where it is no such name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    convolutions, pools, percent, dense = (int(number) for number in found.groups())
    return Ladder(convolutions, pools, percent / 100, dense)


def ladder(net: Ladder) -> Builder:
    """Return the builder of one net of the ladder; it takes no start weights."""

    def build(shape: NetShape, start: Start) -> Any:
        del start
        pixels = pixel_input(shape)
        features = _blocks(net, centred(pixels))
        features = _dropped(layers.Flatten()(features), net.dropout)
        for _ in range(net.dense - 1):
            features = layers.LeakyReLU(_SLOPE)(layers.Dense(512)(features))
            features = _dropped(features, net.dropout)
        return keras.Model(pixels, points(features, shape.outputs), name=net.name)

    return build


def _blocks(net: Ladder, features: Any) -> Any:
    for block, (channels, count) in enumerate(net.blocks):
        if block:
            # "same": the seventh pool of an image of 96 finds a map of 2 x 2.
            features = layers.MaxPooling2D(2, padding="same")(features)
        for _ in range(count):
            features = layers.Conv2D(channels, 3, padding="same", use_bias=False)(features)
            features = layers.BatchNormalization(momentum=_NORM_MOMENTUM)(features)
            features = layers.LeakyReLU(_SLOPE)(features)
    return features


def _dropped(features: Any, share: float) -> Any:
    return layers.Dropout(share)(features) if share else features
