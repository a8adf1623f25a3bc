"""The table of networks, name -> builder, and the two families whose names hold all their numbers."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.zoo.base_cnn import base_cnn, model_v1_se
from masquerade_train.zoo.dileep import (
    BASELINE,
    MANUAL,
    TUNED,
    TUNED_COPIES,
    TUNED_FORWARD_FILL,
    TUNED_NEAREST,
    parse_plain_cnn,
    plain_cnn,
)
from masquerade_train.zoo.heatmaps import mobilenet_v2_heat_maps
from masquerade_train.zoo.kle import hidden_layer_100, three_convolutions
from masquerade_train.zoo.mobilenet import mobilenet_v2_three_maps
from masquerade_train.zoo.nose import inception_nose
from masquerade_train.zoo.padova import Ladder, ladder, parse_ladder
from masquerade_train.zoo.pooled import mobilenet_v2_pooled, nasnet_mobile_pooled
from masquerade_train.zoo.shape import WHOLE_MODELS, Builder, NetShape, Start
from masquerade_train.zoo.tiny import tiny

# Table 3 of the paper (3 dense layers, no dropout), then tables 4 and 5 round the network of 15.
LADDER = (
    *(Ladder(convolutions, 3, dropout=0.0, dense=3) for convolutions in range(5, 15)),
    *(Ladder(14, pools, dropout=0.0, dense=3) for pools in (4, 5)),
    Ladder(15, 5, dropout=0.0, dense=3),
    *(Ladder(16, pools, dropout=0.0, dense=3) for pools in (5, 6, 7)),
    *(Ladder(15, 5, dropout=dropout) for dropout in (0.0, 0.1, 0.2, 0.3)),
    *(Ladder(15, 5, dense=dense) for dense in (2, 3)),
)

BUILDERS: dict[str, Builder] = {
    "mobilenet_v2_heat_maps": mobilenet_v2_heat_maps,
    "mobilenet_v2_three_maps": mobilenet_v2_three_maps,
    "tiny": tiny,
    "hidden_layer_100": hidden_layer_100,
    "three_convolutions": three_convolutions,
    "mobilenet_v2_pooled": mobilenet_v2_pooled,
    "nasnet_mobile_pooled": nasnet_mobile_pooled,
    "dileep_baseline": plain_cnn(BASELINE, "dileep_baseline"),
    "dileep_manual": plain_cnn(MANUAL, "dileep_manual"),
    "dileep_tuned": plain_cnn(TUNED, "dileep_tuned"),
    "dileep_tuned_forward_fill": plain_cnn(TUNED_FORWARD_FILL, "dileep_tuned_forward_fill"),
    "dileep_tuned_nearest": plain_cnn(TUNED_NEAREST, "dileep_tuned_nearest"),
    "dileep_tuned_copies": plain_cnn(TUNED_COPIES, "dileep_tuned_copies"),
    **{network.name: ladder(network) for network in LADDER},
    "inception_nose": inception_nose,
    "base_cnn": base_cnn,
    "model_v1_se": model_v1_se,
}

# Networks with a pretrained base, and whose weights without top they begin with; the others take none.
PRETRAINED = {
    "mobilenet_v2_heat_maps": "MobileNetV2",
    "mobilenet_v2_three_maps": "MobileNetV2",
    "mobilenet_v2_pooled": "MobileNetV2",
    "nasnet_mobile_pooled": "NASNetMobile",
}


def network_shape(recipe: Recipe) -> NetShape:
    """Return what goes into the recipe's network and what comes out."""
    return NetShape(recipe.input.side, recipe.input.channels, recipe.input.outputs)


def find_builder(network: str) -> Builder:
    """Return the builder of the network of that name.

    Raises:
        TrainError: there is no such network.
    """
    if network in BUILDERS:
        return BUILDERS[network]
    if (cnn := parse_plain_cnn(network)) is not None:
        return plain_cnn(cnn, network)
    if (rung := parse_ladder(network)) is not None:
        return ladder(rung)
    near = get_close_matches(network, BUILDERS, 1)
    raise TrainError(f"There is no network '{network}'" + (f" (did you mean '{near[0]}'?)." if near else "."))


def build(recipe: Recipe, weights: Path | None = None) -> Any:
    """Return the recipe's network with its start weights: (B, S, S, C) 0..255 -> (B, outputs).

    Raises:
        TrainError: there is no such network, or the weights do not fit it.
    """
    if recipe.net not in PRETRAINED:
        if weights is not None and weights.suffix not in WHOLE_MODELS:
            raise TrainError(
                f"'{recipe.net}' has no pretrained base, so {weights.name} does not fit. Leave out --weights, "
                "or name a finished model (.keras, .tflite)."
            )
        if recipe.frozen_until:
            raise TrainError(f"'{recipe.net}' has no pretrained base, so frozen_until has nothing to freeze.")
    return find_builder(recipe.net)(network_shape(recipe), Start(weights, recipe.frozen_until))
