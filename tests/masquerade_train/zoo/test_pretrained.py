"""Tests what start weights do to a network with a pretrained base, and what is said of files that do not fit."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.errors import TrainError
from masquerade_train.zoo.shape import NetShape, Start

from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.zoo.pooled import mobilenet_v2_pooled

SHAPE = NetShape(32, 1, 30)


def _base(alpha: float = 1.0) -> keras.Model:
    return keras.applications.MobileNetV2(input_shape=(32, 32, 3), alpha=alpha, include_top=False, weights=None)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[keras.Model, Path]:
    """A base of random numbers and the file of its weights."""
    network, path = _base(), tmp_path_factory.mktemp("weights") / "base.weights.h5"
    network.save_weights(path)
    return network, path


def test_the_base_begins_with_the_files_weights_and_all_of_it_can_be_frozen(base: tuple[keras.Model, Path]) -> None:
    network, path = base
    model = mobilenet_v2_pooled(SHAPE, Start(path, "all"))
    assert all(np.array_equal(*pair) for pair in zip(model.get_weights(), network.get_weights(), strict=False))
    assert [variable.path for variable in model.trainable_variables] == ["points/kernel", "points/bias"]


def test_layers_up_to_the_named_one_are_frozen_and_no_more(base: tuple[keras.Model, Path]) -> None:
    model = mobilenet_v2_pooled(SHAPE, Start(base[1], "expanded_conv_project"))
    learning = {variable.path for variable in model.trainable_variables}
    assert not any("expanded_conv_project/" in path or path.startswith("Conv1/") for path in learning)
    assert any("expanded_conv_project_BN/" in path for path in learning)


def test_an_unknown_layer_to_freeze_is_an_error_of_the_recipe(base: tuple[keras.Model, Path]) -> None:
    with pytest.raises(ValueError, match="no layer 'block_99'"):
        mobilenet_v2_pooled(SHAPE, Start(base[1], "block_99"))


def test_without_weights_it_warns_and_freezes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        model = mobilenet_v2_pooled(SHAPE, Start(None, "all"))
    assert "random numbers" in caplog.text
    assert "nothing of it is frozen" in caplog.text
    assert len(model.trainable_variables) > 2


def test_a_whole_model_as_start_is_left_to_the_loop_but_freezes(tmp_path: Path) -> None:
    model = mobilenet_v2_pooled(SHAPE, Start(tmp_path / "not_there_yet.keras", "all"))
    assert len(model.trainable_variables) == 2


@pytest.mark.filterwarnings("error::UserWarning")
def test_weights_of_another_network_are_refused_and_the_right_one_named(tmp_path: Path) -> None:
    path = tmp_path / "narrow.weights.h5"
    _base(alpha=0.35).save_weights(path)
    with pytest.raises(
        TrainError, match=r"narrow\.weights\.h5 does not fit: expected the weights of .* 'mobilenetv2_1\.00_32'"
    ):
        mobilenet_v2_pooled(SHAPE, Start(path))


@pytest.mark.parametrize("name", ["missing.weights.h5", "cut_off.weights.h5", "text.md"])
def test_a_file_without_weights_is_an_error(name: str, base: tuple[keras.Model, Path], tmp_path: Path) -> None:
    path = tmp_path / name
    if name != "missing.weights.h5":
        path.write_bytes(base[1].read_bytes()[:100_000])
    with pytest.raises(TrainError, match=name):
        mobilenet_v2_pooled(SHAPE, Start(path))
