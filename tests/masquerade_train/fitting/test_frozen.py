"""A frozen base looks at each image once, and the last layer learns as if it had looked every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.fitting.run_config import RunConfig
from masquerade_train.inference.predictor import load_model
from masquerade_train.inputs.maker import open_maker
from masquerade_train.recipes.augmentation import Augmentation
from masquerade_train.recipes.recipe import Copies, FullImages, Loss, Optimizer, Recipe
from masquerade_train.runs.log import read_log

from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.fitting.compiling import start_model
    from masquerade_train.fitting.fit import MODEL_FILE, fit
    from masquerade_train.fitting.frozen import FrozenBase, has_fixed_features

FROZEN = Recipe(
    "frozen",
    net="mobilenet_v2_pooled",
    input=FullImages(side=32, channels=3, copies=Copies(brightness=(0.8,), noise_sigma=(5.0,))),
    frozen_until="all",
    batch=8,
    epochs=2,
    optimizer=Optimizer("adam", 1e-2),
    loss=Loss.MEAN_SQUARED,
)


def small_base(input_shape: tuple[int, int, int], include_top: bool, weights: None) -> keras.Model:
    """A network with convolutions and norms, as MobileNetV2 is one of 154 layers."""
    assert not include_top
    pixels = keras.Input(input_shape)
    features = pixels
    for channels in (8, 16):
        features = keras.layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False)(features)
        features = keras.layers.ReLU(6.0)(keras.layers.BatchNormalization()(features))
    return keras.Model(pixels, features, name="small_base")


@pytest.fixture(scope="module", autouse=True)
def small_mobilenet() -> Iterator[None]:
    """What is frozen is not looked at here, only that it is: a tenth of the time."""
    with pytest.MonkeyPatch.context() as context:
        context.setattr(keras.applications, "MobileNetV2", small_base)
        yield


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Start weights of a base, as ImageNet's would be."""
    path = tmp_path_factory.mktemp("weights") / "base.weights.h5"
    keras.utils.set_random_seed(1)
    keras.applications.MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None).save_weights(path)
    return path


@pytest.fixture(scope="module")
def whole(small_data: Path, weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in one piece."""
    out = tmp_path_factory.mktemp("whole") / "run"
    fit(FROZEN, RunConfig(small_data, out, weights))
    return out


def test_cached_features_train_the_last_layer_like_fresh_ones(
    whole: Path, small_data: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("masquerade_train.fitting.fit.has_fixed_features", lambda *_: False)
    fit(FROZEN, RunConfig(small_data, tmp_path / "looked", weights))
    kept, looked = read_log(whole), read_log(tmp_path / "looked")
    for name in ("loss", "val_loss", "mean_absolute"):
        assert [getattr(line, name) for line in kept] == pytest.approx(
            [getattr(line, name) for line in looked], rel=1e-3
        )


def test_each_image_goes_through_the_base_once(small_data: Path, weights: Path) -> None:
    keras.utils.set_random_seed(3)
    base = FrozenBase(start_model(FROZEN, weights), FROZEN)
    batch = open_maker(small_data, FROZEN).make(0, 0)
    first = base.features(batch)
    base._base = None  # it would fail now
    assert (base.features(batch) == first).all()


def test_a_run_in_parts_gives_the_losses_and_the_whole_network(
    whole: Path, small_data: Path, weights: Path, tmp_path: Path
) -> None:
    parted = tmp_path / "parted"
    fit(replace(FROZEN, epochs=1), RunConfig(small_data, parted, weights))
    fit(FROZEN, RunConfig(small_data, parted, weights, resume=True))
    losses = [[line.loss for line in read_log(run)] for run in (whole, parted)]
    # The base sees other images beside each other: rounding differs.
    assert losses[1] == pytest.approx(losses[0], rel=5e-3)
    model = load_model(whole / MODEL_FILE)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3)).astype(np.float32)
    assert model.predict_on_batch(pixels).shape == (4, 30)


def test_features_are_computed_again_if_the_base_learns_or_images_are_augmented(weights: Path) -> None:
    disturbed = replace(FROZEN, input=FullImages(side=32, channels=3, augmentation=Augmentation()))
    learning = replace(FROZEN, frozen_until="")
    assert has_fixed_features(start_model(FROZEN, weights), FROZEN)
    assert not has_fixed_features(start_model(disturbed, weights), disturbed)
    assert not has_fixed_features(start_model(learning, weights), learning)
