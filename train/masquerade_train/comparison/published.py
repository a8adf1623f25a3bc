"""Holds the figures that the five papers print, apart from anything measured here."""

from dataclasses import dataclass
from enum import StrEnum

# Short name, as recipes bear it -> what it stands for.
PAPERS = {
    "KLE": "KLE Technological University: facial keypoints with MobileNetV2 (2022)",
    "Dileep": "Dileep, Bolla, Ethiraj: facial keypoints with custom CNNs and pretrained nets (2022)",
    "Padova": "Kartalovic, Albut (University of Padova): a ladder of CNNs",
    "Nose": "Ha Duc Anh: an inception net for the points of the nose",
    "SE": "Base CNN and model_v1 with squeeze-and-excitation",
}


class Quantity(StrEnum):
    """What a figure counts."""

    PARAMETERS = "parameters"
    MEGABYTES = "megabytes"
    SECONDS_AN_EPOCH = "seconds an epoch"
    SECONDS_FOR_100 = "seconds for 100 images"
    RMSE_PX = "RMSE px"
    MAE_PX = "MAE px"
    MSE_PX = "MSE px^2"
    WITHIN_5 = "within 5 px"
    WITHIN_10 = "within 10 px"
    WITHIN_15 = "within 15 px"
    ACCURACY = "accuracy"
    TRAIN_LOSS = "train loss x 10^-3"
    TEST_LOSS = "test loss x 10^-3"
    VALID_LOSS = "valid loss x 10^-3"


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed number.

    Attributes:
        recipe: ours that follows the system it is of.
        value: as printed; where the paper gives a range, its lower end and `upper`.
        epochs: after which it was measured; 0 = not told.
        remark: under what conditions, where that matters.
    """

    recipe: str
    quantity: Quantity
    value: float
    upper: float = float("nan")
    epochs: int = 0
    remark: str = ""


def _losses(recipe: str, train: str, test: str, valid: str) -> tuple[Figure, ...]:
    """Return three rows of four numbers, at 100, 200, 400 and 1000 epochs."""
    rows = ((Quantity.TRAIN_LOSS, train), (Quantity.TEST_LOSS, test), (Quantity.VALID_LOSS, valid))
    return tuple(
        Figure(recipe, quantity, float(text), epochs=epochs)
        for quantity, row in rows
        for epochs, text in zip((100, 200, 400, 1000), row.split(), strict=True)
    )


def _shares(recipe: str, mean_absolute: float, *percent: float) -> tuple[Figure, ...]:
    limits = (Quantity.WITHIN_5, Quantity.WITHIN_10, Quantity.WITHIN_15)
    shares = zip(limits, percent, strict=True)
    return (
        Figure(recipe, Quantity.MAE_PX, mean_absolute),
        *(Figure(recipe, limit, share / 100) for limit, share in shares),
    )


_LEAK = "copies of one face on both sides of the split"

FIGURES = (
    *_losses("kle-hidden", "6.25 3.64 2.50 1.09", "4.32 2.39 3.89 2.21", "6.27 5.09 3.98 2.53"),
    *_losses("kle-mobilenet", "5.03 1.50 1.09 0.95", "4.21 3.54 3.21 1.13", "4.32 3.23 2.32 1.15"),
    Figure("kle-hidden", Quantity.ACCURACY, 0.799),
    Figure("kle-mobilenet", Quantity.ACCURACY, 0.84),
    Figure("kle-mobilenet", Quantity.RMSE_PX, 1.2, remark="about"),
    Figure("kle-hidden", Quantity.SECONDS_AN_EPOCH, 0.29, remark="1700 images, laptop CPU"),
    Figure("kle-mobilenet", Quantity.SECONDS_AN_EPOCH, 39.0, remark="1700 images, laptop CPU"),
    Figure("kle-hidden", Quantity.SECONDS_FOR_100, 0.0102, remark="0.102 ms an image"),
    Figure("kle-mobilenet", Quantity.SECONDS_FOR_100, 0.898, remark="8.98 ms an image"),
    Figure("dileep-baseline", Quantity.PARAMETERS, 1_890_366),
    Figure("dileep-baseline", Quantity.MEGABYTES, 7.6),
    Figure("dileep-baseline", Quantity.SECONDS_FOR_100, 2.0),
    Figure("dileep-manual", Quantity.PARAMETERS, 235_834),
    Figure("dileep-manual", Quantity.MEGABYTES, 1.0),
    Figure("dileep-manual", Quantity.SECONDS_FOR_100, 1.34),
    Figure("dileep-tuned", Quantity.PARAMETERS, 246_062, upper=364_318),
    Figure("dileep-tuned", Quantity.MEGABYTES, 1.03, upper=1.58),
    Figure("dileep-tuned", Quantity.SECONDS_FOR_100, 1.5, upper=4.2),
    Figure("dileep-mobilenet", Quantity.PARAMETERS, 2_257_984),
    Figure("dileep-mobilenet", Quantity.MEGABYTES, 9.66),
    Figure("dileep-mobilenet", Quantity.SECONDS_FOR_100, 0.82, upper=1.0),
    Figure("dileep-nasnet", Quantity.PARAMETERS, 4_301_426),
    Figure("dileep-nasnet", Quantity.MEGABYTES, 18.48),
    Figure("dileep-nasnet", Quantity.SECONDS_FOR_100, 7.7, upper=8.5),
    Figure("padova-15", Quantity.MSE_PX, 0.6964, remark=_LEAK),
    Figure("padova-15", Quantity.ACCURACY, 0.9309, remark=_LEAK),
    Figure("padova-15-leak", Quantity.MSE_PX, 0.6964, remark=_LEAK),
    Figure("padova-15-leak", Quantity.ACCURACY, 0.9309, remark=_LEAK),
    Figure("nose-frontal", Quantity.MAE_PX, 1.5026, remark="784 images"),
    Figure("nose-side", Quantity.MAE_PX, 2.7939, remark="350 images"),
    Figure("nose-nine", Quantity.MAE_PX, 2.0194, remark="412 images"),
    Figure("base-cnn", Quantity.PARAMETERS, 6_662_750),
    Figure("model-v1-se", Quantity.PARAMETERS, 6_668_378),
    *_shares("base-cnn", 3.438, 77.96, 94.68, 98.57),
    *_shares("model-v1-se", 2.023, 92.99, 99.18, 99.81),
)


def find_figure(recipe: str, quantity: Quantity, epochs: int = 0) -> Figure | None:
    """Return what the paper prints of a system; None where it prints nothing."""
    wanted = (recipe, quantity, epochs)
    return next((figure for figure in FIGURES if (figure.recipe, figure.quantity, figure.epochs) == wanted), None)
