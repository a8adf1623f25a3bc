"""Prepares a network for training: optimizer, loss, averaged weights and start weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras

from masquerade_train.errors import TrainError
from masquerade_train.fitting.averaging import AveragingAdam, AveragingAdamW, AveragingSgd
from masquerade_train.fitting.devices import replica_count
from masquerade_train.fitting.losses import LossFunction, total_loss
from masquerade_train.fitting.metrics import metrics_of
from masquerade_train.fitting.start_weights import take_weights
from masquerade_train.recipes.recipe import Precision, Recipe
from masquerade_train.zoo.catalog import build
from masquerade_train.zoo.shape import WHOLE_MODELS


def start_model(recipe: Recipe, weights: Path | None) -> Any:
    """Build the recipe's network, ready to learn.

    Args:
        recipe: says the network, its input and precision, the loss and the optimizer.
        weights: of the base (.weights.h5), or a finished model (.keras or .tflite).

    Raises:
        TrainError: the file cannot be read, or is of another network.
    """
    with _computing_in(recipe.precision):
        model = build(recipe, weights)
    if weights is not None and weights.suffix in WHOLE_MODELS:
        take_weights(model, recipe.name, weights)
    compile_model(model, recipe)
    return model


@contextmanager
def _computing_in(precision: Precision) -> Iterator[None]:
    """Let layers created in the block compute in `precision`, with weights in float32."""
    before = keras.config.dtype_policy()
    # Keras takes a text, and an enum for something else.
    keras.config.set_dtype_policy(f"mixed_{precision}" if precision is not Precision.FLOAT32 else precision.value)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def in_float32(model: Any) -> Any:
    """Return the network as it is used after training: with all layers in float32, and `model`'s weights."""
    if {layer.compute_dtype for layer in model.layers} == {"float32"}:
        return model
    plain = type(model).from_config(_with_float32(model.get_config()))
    plain.set_weights(model.get_weights())
    return plain


def _with_float32(config: Any) -> Any:
    """Return the configuration of a network, or a part of it, with every layer's dtype replaced."""
    if isinstance(config, dict):
        return {key: "float32" if key == "dtype" else _with_float32(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(map(_with_float32, config))
    return config


def compile_model(model: Any, recipe: Recipe) -> None:
    """Give `model` the recipe's loss and optimizer, with all its variables made."""
    replicas = replica_count()
    optimizer = _optimizer(recipe, replicas)
    # XLA was seen to be five times slower here on a CPU under tensorflow (depthwise gradients);
    # JAX cannot do without.
    compiled = False if keras.backend.backend() == "tensorflow" else "auto"
    model.compile(
        optimizer,
        _part_of(total_loss(recipe), replicas),
        metrics=metrics_of(recipe),
        jit_compile=compiled,
    )
    optimizer.build(model.trainable_variables)


def _part_of(loss: LossFunction, replicas: int) -> LossFunction:
    """Return the loss of one replica's images as its share of the batch, because Keras sums the gradients."""

    def part(targets: Any, outputs: Any) -> Any:
        return loss(targets, outputs) / replicas

    return loss if replicas == 1 else part


def _optimizer(recipe: Recipe, replicas: int) -> Any:
    wanted = recipe.optimizer
    shared = {
        "learning_rate": wanted.learning_rate,
        # Keras clips what each replica adds.
        "global_clipnorm": wanted.clip_norm / replicas or None,
        "use_ema": recipe.average_momentum > 0,
        "ema_momentum": recipe.average_momentum or 0.99,
        "ema_overwrite_frequency": None,
    }
    if wanted.kind == "sgd":
        return AveragingSgd(momentum=wanted.momentum, nesterov=wanted.nesterov, **shared)
    if wanted.kind == "adamw":
        return AveragingAdamW(weight_decay=wanted.weight_decay, **shared)
    return AveragingAdam(**shared)


def write_model(model: Any, path: Path) -> None:
    """Write `model` unchanged; an old file stays until the new one is complete.

    Raises:
        TrainError: the disk is full or the folder cannot be written.
    """
    part = path.with_name("part.keras")
    try:
        model.save(part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise TrainError(f"{path} cannot be written ({error.strerror or error}).") from error
