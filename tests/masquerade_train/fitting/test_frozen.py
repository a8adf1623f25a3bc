"""A frozen base looks at each image once, and the last layer learns as if it had looked every time."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from masquerade_train.fitting.compiling import start_model
from masquerade_train.fitting.fit import MODEL_FILE, fit
from masquerade_train.fitting.frozen import FrozenStepper, has_fixed_features
from masquerade_train.fitting.run_config import RunConfig
from masquerade_train.fitting.steps import LocalStepper
from masquerade_train.inference.predictor import load_model
from masquerade_train.inputs.stream import open_maker
from masquerade_train.recipes.augmentation import Augmentation
from masquerade_train.recipes.recipe import Copies, Loss, Optimizer, Pictures, Recipe
from masquerade_train.runs.log import read_log

FROZEN = Recipe(
    "frozen",
    net="mobilenet_v2_pooled",
    input=Pictures(side=32, channels=3, copies=Copies(brightness=(0.8,), noise_sigma=(5.0,))),
    frozen_until="all",
    batch=8,
    epochs=2,
    optimizer=Optimizer("adam", 1e-2),
    loss=Loss.MEAN_SQUARED,
)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Start weights of a base, as ImageNet's would be."""
    path = tmp_path_factory.mktemp("weights") / "base.weights.h5"
    keras.utils.set_random_seed(1)
    keras.applications.MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None).save_weights(path)
    return path


def test_the_last_layer_learns_as_if_the_base_had_looked_every_time(small_data: Path, weights: Path) -> None:
    maker, curves = open_maker(small_data, FROZEN), []
    for kind in (LocalStepper, FrozenStepper):
        keras.utils.set_random_seed(3)
        model = start_model(FROZEN, weights)
        stepper = FrozenStepper(model, FROZEN) if kind is FrozenStepper else LocalStepper(model)
        steps = [(epoch, number) for epoch in range(2) for number in range(maker.steps)]
        losses = [stepper.step(maker.make(*step), 1e-2)["loss"] for step in steps]
        curves.append([*losses, *(stepper.outputs(batch).mean() for batch in maker.check_batches())])
    assert curves[1] == pytest.approx(curves[0], rel=1e-3)
    assert np.mean(curves[1][-maker.steps :]) < curves[1][0]


def test_a_run_with_a_frozen_base_resumes_and_leaves_a_whole_model(
    small_data: Path, weights: Path, tmp_path: Path
) -> None:
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    fit(FROZEN, RunConfig(small_data, whole, weights))
    # Its budget is spent after the first epoch.
    fit(FROZEN, RunConfig(small_data, parted, weights, budget_minutes=1e-9))
    fit(FROZEN, RunConfig(small_data, parted, weights, resume=True))
    losses = [[line.loss for line in read_log(run)] for run in (whole, parted)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)
    model = load_model(whole / MODEL_FILE)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3)).astype(np.float32)
    assert model.predict_on_batch(pixels).shape == (4, 30)


def test_a_base_looks_again_where_it_learns_or_images_are_disturbed(weights: Path) -> None:
    disturbed = replace(FROZEN, input=Pictures(side=32, channels=3, augmentation=Augmentation()))
    learning = replace(FROZEN, frozen_until="")
    assert has_fixed_features(start_model(FROZEN, weights), FROZEN)
    assert not has_fixed_features(start_model(disturbed, weights), disturbed)
    assert not has_fixed_features(start_model(learning, weights), learning)
