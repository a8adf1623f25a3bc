"""Tests that rounding is felt as int8 rounds, and that layers which bear it badly are found."""

from __future__ import annotations

import numpy as np
import pytest
from masquerade.values import ByteArray
from masquerade_train.inference.tflite import open_content, run_tflite

from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from keras import layers
    from masquerade_train.exporting.fake_quant import quantized, rounded_layers
    from masquerade_train.exporting.mixed_precision import layers_in_float
    from masquerade_train.exporting.quantize import to_float32, to_int8


def images(count: int = 30) -> ByteArray:
    return np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3)).astype(np.uint8)


def residual_network(loud: float) -> keras.Model:
    """A small base with one residual sum, of which one channel is `loud` times as large as the others, and a head."""
    keras.utils.set_random_seed(1)
    inside = keras.Input((32, 32, 3))
    features = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(8, 3, strides=4, use_bias=False)(inside)))
    first = layers.BatchNormalization(name="first_BN")(layers.Conv2D(8, 1, use_bias=False, name="first_conv")(features))
    second = layers.BatchNormalization(name="second_BN")(
        layers.Conv2D(8, 1, use_bias=False, name="second_conv")(features)
    )
    base = keras.Model(inside, layers.Add(name="sum_add")([first, second]), name="base")
    pixels = keras.Input((32, 32, 3))
    thin = layers.Conv2D(4, 1, name="thin")(base(layers.Rescaling(1 / 127.5, offset=-1)(pixels)))
    model = keras.Model(pixels, layers.Dense(4, name="points")(layers.Flatten(name="flat")(thin)))
    gains = np.ones(8, np.float32)
    gains[0] = loud
    for name in ("first_BN", "second_BN"):
        norm = base.get_layer(name)
        norm.set_weights([gains, *norm.get_weights()[1:]])
    kernel, bias = model.get_layer("thin").get_weights()
    kernel[:, :, 0] /= loud
    model.get_layer("thin").set_weights([kernel, bias])
    return model


def noise(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.std(found - truth))


def test_what_is_merged_into_one_operation_is_rounded_once() -> None:
    names = rounded_layers(residual_network(1.0))
    assert {"first_BN", "second_BN", "sum_add", "thin"} <= set(names)
    assert len(names) == 5  # and one ReLU; neither kernels with a norm behind them nor that norm


def test_after_the_block_the_network_computes_as_before() -> None:
    model, seen = residual_network(1.0), images().astype(np.float32)
    before = np.asarray(model(seen, training=False))
    with quantized(model):
        inside = np.asarray(model(seen, training=False))
    assert noise(inside, before) > 0
    assert np.array_equal(np.asarray(model(seen, training=False)), before)


def test_the_noise_is_nearly_that_of_the_exported_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("masquerade_train.exporting.quantize.layers_in_float", lambda model, seen: ())
    model, seen = residual_network(1.0), images()
    truth = np.asarray(model(seen.astype(np.float32), training=False))
    with quantized(model):
        simulated = noise(np.asarray(model(seen.astype(np.float32), training=False)), truth)
    exported = noise(run_tflite(open_content(to_int8(model, seen)), seen), truth)
    assert simulated == pytest.approx(exported, rel=0.35)


def test_a_stream_dominated_by_one_channel_stays_in_float_with_the_head() -> None:
    model, seen = residual_network(30.0), images()
    in_float = layers_in_float(model, seen)
    assert {"sum_add", "thin", "points"} <= set(in_float)
    content = to_int8(model, seen)
    truth = np.asarray(model(seen.astype(np.float32), training=False))
    with quantized(model):
        all_int8 = noise(np.asarray(model(seen.astype(np.float32), training=False)), truth)
    assert noise(run_tflite(open_content(content), seen), truth) < 0.3 * all_int8
    assert len(content) < len(to_float32(model))


def test_a_network_without_residual_sums_has_no_such_layer(tiny_run) -> None:  # type: ignore[no-untyped-def]
    model = keras.models.load_model(tiny_run / "model.keras", compile=False)
    crops = np.zeros((4, 48, 48, 3), np.uint8)
    assert layers_in_float(model, crops) == ()


def test_only_the_head_stays_in_float_if_no_channel_dominates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "masquerade_train.exporting.mixed_precision._SHARE", 2.0
    )  # no layer alone makes twice the whole noise
    assert set(layers_in_float(residual_network(1.0), images())) == {"thin", "flat", "points"}


def test_a_network_without_residual_streams_keeps_no_layer_in_float() -> None:
    pixels = keras.Input((32, 32, 3))
    thin = layers.Conv2D(4, 3, strides=4)(pixels)
    assert layers_in_float(keras.Model(pixels, layers.Dense(4)(layers.Flatten()(thin))), images()) == ()
