"""The CNNs of Dileep, Bolla and Ethiraj (2022), all of one form with other widths."""

import re
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, coloured, landmark_output, pixel_input
from masquerade_train.zoo.shape import Builder, NetShape, Start


@dataclass(frozen=True, slots=True)
class PlainCnn:
    """A row of convolutions, each with ReLU and a 2x2 pool, and one hidden dense layer.

    The layers are drawn in the paper's figure 4, which its text does not have. The widths
    below are a guess: plain ones that give exactly the printed numbers of parameters, as many
    others do (hundreds of plain CNNs have 306,750 or 246,478).

    Attributes:
        channels: of each convolution.
        kernel: side of its window.
        padding: "valid" or "same".
        last_pool: whether the last convolution has a pool, too.
        dense: width of the hidden dense layer.
        dropout: share of its inputs that is left out while learning.
    """

    channels: tuple[int, ...]
    kernel: int
    padding: str
    dense: int
    last_pool: bool = True
    dropout: float = 0.0

    @property
    def name(self) -> str:
        """The network's name, with all its numbers; `parse_plain_cnn` reads it."""
        channels = "_".join(str(count) for count in self.channels)
        tail = f"{self.padding}_dense_{self.dense}_dropout_{round(100 * self.dropout)}"
        return f"plain_cnn_{channels}_kernel_{self.kernel}_{tail}" + ("" if self.last_pool else "_open")


_NAME = re.compile(r"plain_cnn((?:_\d+)+)_kernel_(\d+)_(same|valid)_dense_(\d+)_dropout_(\d+)(_open)?")


def parse_plain_cnn(name: str) -> PlainCnn | None:
    """Return the network of that name, as a search writes it; None where it is no such name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    channels, kernel, padding, dense, percent, is_open = found.groups()
    widths = tuple(int(count) for count in channels[1:].split("_"))
    return PlainCnn(widths, int(kernel), padding, int(dense), not is_open, int(percent) / 100)


BASELINE = PlainCnn((32, 32, 64, 128, 512), 3, "valid", 576, last_pool=False)  # 1,890,366 parameters
MANUAL = PlainCnn((64, 64, 128, 128, 128), 2, "valid", 100)  # 235,834
# Table 1, "Keras Optimized CNN": what its search found with each treatment of missing labels.
TUNED = PlainCnn((48, 48, 48, 48, 48), 3, "same", 480)  # 306,750, no imputation
TUNED_FORWARD_FILL = PlainCnn((16, 16, 32, 64), 2, "valid", 144)  # 246,478
TUNED_NEAREST = PlainCnn((16, 64, 64, 64), 2, "valid", 128)  # 246,062
TUNED_COPIES = PlainCnn((16, 32, 32, 32), 3, "same", 288)  # 364,318


def plain_cnn(cnn: PlainCnn, name: str) -> Builder:
    """Return the builder of such a network; it takes no start weights, and a grey image as three equal channels."""

    def build(shape: NetShape, start: Start) -> Any:
        del start
        pixels = pixel_input(shape)
        features = _convolutions(cnn, coloured(centred(pixels)))
        features = _dropped(layers.Flatten()(features), cnn.dropout)
        features = _dropped(layers.Dense(cnn.dense, activation="relu")(features), cnn.dropout)
        return keras.Model(pixels, landmark_output(features, shape.outputs), name=name)

    return build


def _convolutions(cnn: PlainCnn, features: Any) -> Any:
    for number, channels in enumerate(cnn.channels, 1):
        features = layers.Conv2D(channels, cnn.kernel, padding=cnn.padding, activation="relu")(features)
        if number < len(cnn.channels) or cnn.last_pool:
            features = layers.MaxPooling2D(2)(features)
    return features


def _dropped(features: Any, share: float) -> Any:
    return layers.Dropout(share)(features) if share else features
