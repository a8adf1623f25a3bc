"""The recipes of the five papers; each function says what is the paper's and what is ours where it is silent."""

from collections.abc import Iterator
from dataclasses import replace

from masquerade_train.recipes.recipe import Copies, Loss, Missing, Optimizer, Pictures, Recipe, Schedule

_NINE = (
    "nose_bridge_top",
    "nose_bridge_upper",
    "nose_bridge_lower",
    "nose_tip",
    "nostril_right_outer",
    "nostril_right_inner",
    "nose_base_center",
    "nostril_left_inner",
    "nostril_left_outer",
)
_FRONTAL = ("nose_bridge_top", *_NINE[3:])
_PROFILE = (*_NINE[:4], "nose_base_center")
# |yaw proxy| from which a nose is seen from the side: about a quarter of the faces.
_SIDE_FROM = 0.35

_ROUND = ((-8.0, -8.0), (-8.0, 8.0), (8.0, -8.0), (8.0, 8.0))


def _kle() -> Iterator[Recipe]:
    """KLE Tech, MobileNetV2 (2022): nets, Nesterov, Euclidean loss, batch 1, Adam, 400 epochs; learning rates ours."""
    grey = Pictures()
    nesterov = Optimizer("sgd", 1e-4, momentum=0.9, nesterov=True)
    yield Recipe(
        "kle-hidden",
        paper="KLE",
        net="hidden_layer_100",
        input=grey,
        batch=1,
        epochs=400,
        optimizer=nesterov,
        loss=Loss.EUCLIDEAN,
    )
    # The CNN's optimizer, loss and batch are ours, too.
    for name, net in (("kle-cnn", "three_convolutions"), ("kle-mobilenet", "mobilenet_v2_pooled")):
        optimizer = Optimizer("adam", 1e-3)
        yield Recipe(
            name, paper="KLE", net=net, input=grey, batch=32, epochs=400, optimizer=optimizer, loss=Loss.MEAN_SQUARED
        )


_DILEEP_COPIES = Copies(
    rotations_degrees=(-10.0, 10.0),
    brightness=(0.8, 1.2),
    shifts_px=((-6.0, 0.0), (6.0, 0.0), (0.0, -6.0), (0.0, 6.0)),
    noise_sigma=(5.0,),
)
# Beside the plain recipe, which drops images that lack a label.
_TREATMENTS = {
    "forward-fill": Pictures(missing=Missing.FORWARD_FILL),
    "nearest": Pictures(missing=Missing.NEAREST),
    "copies": Pictures(copies=_DILEEP_COPIES),
    "mask": Pictures(missing=Missing.MASK),
}


def _dileep() -> Iterator[Recipe]:
    """Dileep, Bolla, Ethiraj (2022): counts of parameters, 224x224x3 bases, treatments; the rest is ours."""
    for name, net in (
        ("dileep-baseline", "dileep_baseline"),
        ("dileep-manual", "dileep_manual"),
        ("dileep-tuned", "dileep_tuned"),
        ("dileep-tuned-small", "dileep_tuned_small"),
    ):
        yield from _treated(_dileep_recipe(name, net, side=96, learning_rate=1e-3))
    # Ours: what a split after copying is worth, on a net small enough to see it in minutes.
    leaking = Pictures(channels=3, copies=_DILEEP_COPIES, split_after_copies=True)
    small = _dileep_recipe("dileep-tuned-small+copies-leak", "dileep_tuned_small", side=96, learning_rate=1e-3)
    yield replace(small, input=leaking)
    for base, net in (("mobilenet", "mobilenet_v2_pooled"), ("nasnet", "nasnet_mobile_pooled")):
        yield from _treated(_dileep_recipe(f"dileep-{base}", net, side=224, learning_rate=1e-4))
        frozen = _dileep_recipe(f"dileep-{base}-frozen", net, side=224, learning_rate=1e-3)
        yield from _treated(replace(frozen, frozen_until="all"))


def _dileep_recipe(name: str, net: str, side: int, learning_rate: float) -> Recipe:
    return Recipe(
        name,
        paper="Dileep",
        net=net,
        input=Pictures(side=side, channels=3),
        batch=32,
        epochs=100,
        optimizer=Optimizer("adam", learning_rate),
        loss=Loss.MEAN_SQUARED,
    )


def _treated(plain: Recipe) -> Iterator[Recipe]:
    """Return the plain recipe, and the same with each other treatment of missing labels or with copies."""
    assert isinstance(plain.input, Pictures)
    yield plain
    for suffix, treatment in _TREATMENTS.items():
        changed = replace(plain.input, missing=treatment.missing, copies=treatment.copies)
        yield replace(plain, name=f"{plain.name}+{suffix}", input=changed)


# Twelve, as 2140 images became 26239; which shifts and noises they were is ours.
_PADOVA_COPIES = Copies(
    rotations_degrees=(-12.0, 12.0),
    brightness=(1.5, 0.8),
    shifts_px=_ROUND,
    noise_sigma=(2.0, 4.0, 8.0),
    flip=True,
)
# Of the ladder, by convolutions; between 3 and 7 pools each, which ones is ours.
_POOLS = {5: 3, 6: 3, 7: 4, 8: 4, 9: 4} | dict.fromkeys(range(10, 17), 5)


def _padova() -> Iterator[Recipe]:
    """Kartalovic, Albut: ladder, Adam, batch 64, plateau, early stopping, copies; rates and patiences are ours."""
    for convolutions, pools in _POOLS.items():
        yield _padova_recipe(f"padova-{convolutions}", convolutions, pools)
    for pools in (3, 4, 6, 7):
        yield _padova_recipe(f"padova-15-pools-{pools}", 15, pools)
    for percent in (0, 20, 30):
        yield _padova_recipe(f"padova-15-dropout-{percent}", 15, 5, percent=percent)
    for dense in (2, 3):
        yield _padova_recipe(f"padova-15-dense-{dense}", 15, 5, dense=dense)
    # As the paper split: copies of one face on both sides.
    leaking = Pictures(copies=_PADOVA_COPIES, split_after_copies=True)
    yield replace(_padova_recipe("padova-15-leak", 15, 5), input=leaking)


def _padova_recipe(name: str, convolutions: int, pools: int, percent: int = 10, dense: int = 1) -> Recipe:
    return Recipe(
        name,
        paper="Padova",
        net=f"padova_{convolutions}_pools_{pools}_dropout_{percent}_dense_{dense}",
        input=Pictures(copies=_PADOVA_COPIES),
        batch=64,
        epochs=200,
        # At 1e-3 the dense layer, which sees up to 36,864 numbers that move together, first runs far away.
        optimizer=Optimizer("adam", 1e-4),
        schedule=Schedule("plateau", patience=5, factor=0.5),
        loss=Loss.MEAN_SQUARED,
        stop_patience=20,
    )


def _nose() -> Iterator[Recipe]:
    """Ha Duc Anh: 7, 5 and 9 points on 96x96 grey, inception net; which points, and how it was trained, is ours."""
    for name, points, turned in (
        ("nose-frontal", _FRONTAL, (0.0, _SIDE_FROM)),
        ("nose-side", _PROFILE, (_SIDE_FROM, float("inf"))),
        ("nose-nine", _NINE, (0.0, float("inf"))),
    ):
        yield Recipe(
            name,
            paper="Nose",
            net="inception_nose",
            input=Pictures(points=points, turned=turned),
            batch=32,
            epochs=100,
            optimizer=Optimizer("adam", 1e-3),
            schedule=Schedule("plateau", patience=8, factor=0.5),
            loss=Loss.MEAN_SQUARED,
            stop_patience=25,
        )


def _squeezed() -> Iterator[Recipe]:
    """Return Base CNN and model_v1: Adam 1e-5, batch 32, up to 200 epochs, early stopping; our loss and patience."""
    for name, net in (("base-cnn", "base_cnn"), ("model-v1-se", "model_v1_se")):
        yield Recipe(
            name,
            paper="SE",
            net=net,
            input=Pictures(channels=3),
            batch=32,
            epochs=200,
            optimizer=Optimizer("adam", 1e-5),
            loss=Loss.MEAN_SQUARED,
            stop_patience=10,
        )


PAPERS = (*_kle(), *_dileep(), *_padova(), *_nose(), *_squeezed())
