"""Finds the start weights of a network, and loads those of a finished model."""

from pathlib import Path
from typing import Any

from masquerade.errors import ModelError
from masquerade.resources import bundled
from masquerade.vision.card import CARD_FILE, ModelCard, card_order, read_card_alone

from masquerade_train.errors import TrainError
from masquerade_train.fitting.run_config import MODEL_FILE
from masquerade_train.inference.predictor import load_model
from masquerade_train.inference.tflite import main_output
from masquerade_train.inference.tflite_weights import TfliteFile
from masquerade_train.zoo.catalog import BUILDERS
from masquerade_train.zoo.heatmaps import mobilenet_v2_heat_maps, share_landmarks
from masquerade_train.zoo.shape import NetShape, Start

BUNDLED = "bundled"
_APP_FILE = "model.tflite"


def bundled_card() -> ModelCard:
    """Return the card of the app's default model.

    Raises:
        TrainError: there is none, or its card is damaged.
    """
    try:
        cards = [read_card_alone(path.parent) for path in sorted(bundled("model").glob(f"*/{CARD_FILE}"))]
        return min((card for card in cards if card.kind == "landmarker"), key=card_order)
    except (ModelError, ValueError) as error:
        raise TrainError(f"The bundled model cannot be read. {error}".rstrip()) from error


def find_weights(name: Path | None) -> Path | None:
    """Return the file that `--weights` means.

    Args:
        name: a file; the folder of a run, or of a model with its card; "bundled"; None stays None.

    Raises:
        TrainError: the folder holds neither, or the bundled model cannot be read.
    """
    if name is None:
        return None
    if str(name) == BUNDLED and not name.exists():
        return bundled_card().path
    if not name.is_dir():
        return name
    files = [name / file for file in (MODEL_FILE, _APP_FILE) if (name / file).is_file()]
    if not files:
        raise TrainError(f"{name} holds no {MODEL_FILE} of a run and no {_APP_FILE}: name a file of weights.")
    return files[0]


def network_of(path: Path) -> str:
    """Return the name of the network that a .tflite file was exported from.

    Raises:
        TrainError: it is none of this version's.
    """
    return TfliteFile.open(path).network(tuple(BUILDERS))


def take_weights(model: Any, recipe: str, path: Path) -> None:
    """Put the weights of a finished model, a .keras or .tflite file, into `model`.

    Args:
        model: of the same layers, built by the recipe. A network of heat maps may have more or fewer landmarks than
            the file: the first ones of both are the same.
        recipe: its name, for messages.
        path: the file.

    Raises:
        TrainError: the file cannot be read, is of another network, or of another size.
    """
    if path.suffix == ".tflite":
        _take_from_tflite(model, recipe, path)
        return
    earlier = load_model(path)
    _check_network(path, earlier.name, recipe, model)
    shapes = [[tuple(weight.shape) for weight in network.weights] for network in (earlier, model)]
    if shapes[0] == shapes[1]:
        model.set_weights(earlier.get_weights())
    elif earlier.input_shape == model.input_shape and _shares_landmarks(model, earlier.output_shape[-1]):
        share_landmarks(earlier, model)
    else:
        _refuse_size(path, (earlier.input_shape, earlier.output_shape), model)


def _take_from_tflite(model: Any, recipe: str, path: Path) -> None:
    file = TfliteFile.open(path)
    _check_network(path, file.network(tuple(BUILDERS)), recipe, model)
    ends = file.interpreter.get_input_details()[0], main_output(file.interpreter)
    given, found = (tuple(int(number) for number in end["shape"]) for end in ends)
    if given[1:] != model.input_shape[1:]:
        _refuse_size(path, (given, found), model)
    if found[-1] == model.output_shape[-1]:
        file.load_into(model)
    elif _shares_landmarks(model, found[-1]):
        earlier = mobilenet_v2_heat_maps(NetShape(given[1], given[3], found[-1]), Start(path))
        file.load_into(earlier)
        share_landmarks(earlier, model)
    else:
        _refuse_size(path, (given, found), model)


def _shares_landmarks(model: Any, outputs: int) -> bool:
    """Return whether a model of heat maps with this many outputs has the first landmarks of `model`, or `model` its."""
    same_kind = bool(outputs % 2 == model.output_shape[-1] % 2)
    return model.name == mobilenet_v2_heat_maps.__name__ and same_kind


def _check_network(path: Path, found: str, recipe: str, model: Any) -> None:
    if found != model.name:
        raise TrainError(f"{path} is a network '{found}', but '{recipe}' trains '{model.name}'.")


def _refuse_size(path: Path, found: tuple[Any, Any], model: Any) -> None:
    given, wanted = (
        f"images of {'x'.join(map(str, inputs[1:]))} and {outputs[-1]} outputs"
        for inputs, outputs in (found, (model.input_shape, model.output_shape))
    )
    raise TrainError(f"{path} is a '{model.name}' for {given}, and the recipe has {wanted}: use other weights.")
