"""Holds the figures that the five papers print, apart from anything measured here."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from masquerade_train.recipes.papers import LADDER_POOLS

# Short name, as in recipes -> title.
PAPERS = {
    "KLE": "KLE Technological University: facial key points detection with MobileNetV2",
    "Dileep": "Dileep, Bolla, Ethiraj: revisiting facial key point detection (2022)",
    "Padova": "Kartalovic, Albut (University of Padova): facial keypoints detection",
    "Nose": "Ha Duc Anh: recognition of landmarks on the nose (2022)",
    "SE": "Facial keypoint detection: base model and model_v1 with squeeze-and-excitation",
}


class Quantity(StrEnum):
    """What a figure measures."""

    PARAMETERS = "parameters"
    MEGABYTES = "megabytes"
    SECONDS_AN_EPOCH = "seconds an epoch"
    SECONDS_FOR_100 = "seconds for 100 images"
    RMSE_PX = "RMSE px"
    MAE_PX = "MAE px"
    MSE_PX = "MSE px^2"
    VALIDATION_MSE_PX = "validation MSE px^2"
    WITHIN_5 = "within 5 px"
    WITHIN_10 = "within 10 px"
    WITHIN_15 = "within 15 px"
    ACCURACY = "accuracy"
    VALIDATION_ACCURACY = "validation accuracy"
    TRAIN_LOSS = "train loss x 10^-3"
    TEST_LOSS = "test loss x 10^-3"
    VALID_LOSS = "valid loss x 10^-3"
    EPOCHS = "epochs until early stopping"


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed number.

    Attributes:
        recipe: the one that follows the system.
        value: as printed; percent are shares.
        source: table or section.
        epochs: after which it was measured; 0 = not printed.
        remark: under what conditions, where that matters.
    """

    recipe: str
    quantity: Quantity
    value: float
    source: str
    epochs: int = 0
    remark: str = ""


LOSS_EPOCHS = (100, 200, 400, 1000)
_LAPTOP = "1700 images, laptop CPU"


def _kle() -> Iterator[Figure]:
    yield from _losses("kle-hidden", "Table III", "6.25 3.64 2.50 1.09", "4.32 2.39 3.89 2.21", "6.27 5.09 3.98 2.53")
    yield from _losses("kle-mobilenet", "Table IV", "5.03 1.50 1.09 .95", "4.21 3.54 3.21 1.13", "4.32 3.23 2.32 1.15")
    yield Figure("kle-hidden", Quantity.ACCURACY, 0.799, "III.A", 400)
    yield Figure("kle-mobilenet", Quantity.ACCURACY, 0.84, "III.B", 400, "78 % in section IV.D, at the same 400 epochs")
    yield Figure("kle-mobilenet", Quantity.RMSE_PX, 1.2, "V", remark="about")
    for recipe, epoch, milliseconds in (("kle-hidden", 0.29, 0.102), ("kle-mobilenet", 39.0, 8.98)):
        yield Figure(recipe, Quantity.SECONDS_AN_EPOCH, epoch, "Table VI", remark=_LAPTOP)
        remark = f"{milliseconds} ms an image"
        yield Figure(recipe, Quantity.SECONDS_FOR_100, milliseconds / 10, "Table VI", remark=remark)


def _losses(recipe: str, source: str, train: str, test: str, valid: str) -> Iterator[Figure]:
    """Yield three rows of four numbers, at 100, 200, 400 and 1000 epochs."""
    for quantity, row in ((Quantity.TRAIN_LOSS, train), (Quantity.TEST_LOSS, test), (Quantity.VALID_LOSS, valid)):
        for epochs, text in zip(LOSS_EPOCHS, row.split(), strict=True):
            yield Figure(recipe, quantity, float(text), source, epochs)


# Without imputation, forward fill, KNN, augmentation: the columns of the second paper's tables 2 and 3.
TREATMENTS = ("", "+forward-fill", "+nearest", "+copies")
# Table 1: parameters and megabytes.
_SIZES = {
    "dileep-baseline": (1_890_366, 7.6),
    "dileep-manual": (235_834, 1.0),
    "dileep-tuned": (306_750, 1.27),
    "dileep-tuned+forward-fill": (246_478, 1.03),
    "dileep-tuned+nearest": (246_062, 1.58),
    "dileep-tuned+copies": (364_318, 1.50),
    "dileep-mobilenet": (2_257_984, 9.66),
    "dileep-nasnet": (4_301_426, 18.48),
}
# Table 3: seconds for 100 images on a Colab CPU.
_SECONDS = {
    "dileep-baseline": "1.99 1.97 1.98 2.01",
    "dileep-manual": "1.4 1.33 1.34 1.34",
    "dileep-tuned": "2.72 1.52 4.19 3.58",
    "dileep-mobilenet-frozen": "0.89 0.86 1 0.83",
    "dileep-mobilenet": "0.84 0.82 0.82 0.88",
    "dileep-nasnet-frozen": "8.46 8.4 8.17 7.87",
    "dileep-nasnet": "7.95 7.96 8.01 7.68",
}
# Table 2: "+" is better, "=" is "similar performance"; its RMSE values are drawn in figures 6 and 7 alone.
RATINGS = {
    "dileep-mobilenet-frozen": ("=", "=", "+", "+"),
    "dileep-mobilenet": ("=", "=", "++", "+++"),
    "dileep-nasnet-frozen": ("=", "=", "=", "+"),
    "dileep-nasnet": ("=", "=", "=", "+++"),
}


def _dileep() -> Iterator[Figure]:
    for recipe, (parameters, megabytes) in _SIZES.items():
        remark = "without the dense layer" if recipe == "dileep-mobilenet" else ""
        yield Figure(recipe, Quantity.PARAMETERS, parameters, "Table 1", remark=remark)
        yield Figure(recipe, Quantity.MEGABYTES, megabytes, "Table 1")
    for recipe, row in _SECONDS.items():
        for suffix, text in zip(TREATMENTS, row.split(), strict=True):
            yield Figure(recipe + suffix, Quantity.SECONDS_FOR_100, float(text), "Table 3")


_LADDER = """
1.3782 0.8898 1.5209 0.8915
1.461 0.8978 1.334 0.9017
0.9367 0.9131 1.2849 0.9009
1.5881 0.8961 1.3861 0.9017
1.1488 0.8987 1.1798 0.9103
1.788 0.9185 1.1013 0.9096
1.3769 0.914 1.3842 0.9162
0.6517 0.922 0.9463 0.9192
1.4289 0.9149 1.0213 0.8991
0.9924 0.9068 1.2149 0.8996
0.6926 0.9229 0.9192 0.9194
0.7169 0.9122 0.7051 0.9184
0.7337 0.9337 0.7246 0.9199
2.3566 0.845 2.7675 0.827
7.1156 0.7536 5.9656 0.7581
3.5023 0.7867 3.5831 0.7919
"""
_DROPOUT = {
    "padova-15-dropout-0": "1.2837 0.914 1.0102 0.9205",
    "padova-15": "1.2842 0.9274 0.6964 0.9238",
    "padova-15-dropout-20": "0.7538 0.9247 0.8698 0.9182",
    "padova-15-dropout-30": "0.7842 0.9158 0.9723 0.9062",
}
_DENSE = {
    "padova-15-dense-3": "1.2691 0.9059 0.9305 0.9238",
    "padova-15-dense-2": "0.9777 0.8862 1.2785 0.8941",
    "padova-15": "1.2842 0.9274 0.6964 0.9309",
}
_QUARTET = (
    Quantity.VALIDATION_MSE_PX,
    Quantity.VALIDATION_ACCURACY,
    Quantity.MSE_PX,
    Quantity.ACCURACY,
)
_LEAK = "copies of one face on both sides of the split"


def _padova() -> Iterator[Figure]:
    rungs = [
        f"padova-{convolutions}-pools-{pools}" for convolutions in LADDER_POOLS for pools in LADDER_POOLS[convolutions]
    ]
    rows = dict(zip(rungs, _LADDER.strip().splitlines(), strict=True))
    # Table 5 last: of two test accuracies of one network the text gives its 93.09 %.
    for source, table in (("Table 5", _DENSE), ("Table 4", _DROPOUT), ("Table 3", rows)):
        for recipe, row in table.items():
            for quantity, text in zip(_QUARTET, row.split(), strict=True):
                yield Figure(recipe, quantity, float(text), source, remark=_LEAK)


def _nose() -> Iterator[Figure]:
    for recipe, error, images in (
        ("nose-frontal", 1.5026, 784),
        ("nose-side", 2.7939, 350),
        ("nose-nine", 2.0194, 412),
    ):
        yield Figure(recipe, Quantity.MAE_PX, error, "Section 4", remark=f"{images} images, validation set")


def _squeezed() -> Iterator[Figure]:
    limits = (Quantity.WITHIN_5, Quantity.WITHIN_10, Quantity.WITHIN_15)
    for recipe, parameters, epochs, row in (
        ("base-cnn", 6_662_750, 102, "3.438 77.962 94.676 98.572"),
        ("model-v1-se", 6_668_378, 112, "2.023 92.988 99.177 99.806"),
    ):
        error, *percent = map(float, row.split())
        yield Figure(recipe, Quantity.PARAMETERS, parameters, "Table 2")
        yield Figure(recipe, Quantity.MAE_PX, error, "Table 1")
        for limit, share in zip(limits, percent, strict=True):
            yield Figure(recipe, limit, share / 100, "Table 1")
        yield Figure(recipe, Quantity.EPOCHS, epochs, "Figures 4 and 5")


FIGURES = (*_kle(), *_dileep(), *_padova(), *_nose(), *_squeezed())


def find_figure(recipe: str, quantity: Quantity, epochs: int = 0) -> Figure | None:
    """Return what the paper prints for a system; None if it prints nothing.

    Args:
        recipe: name of the recipe that rebuilds the system.
        quantity: what the figure counts.
        epochs: after which it was measured; 0 = whatever it was.
    """
    return next(
        (
            figure
            for figure in FIGURES
            if (figure.recipe, figure.quantity) == (recipe, quantity) and (not epochs or figure.epochs == epochs)
        ),
        None,
    )
