"""Tests the papers' figures against their tables, whose numbers stand here once more, row by row."""

import pytest
from masquerade_train.comparison.published import (
    FIGURES,
    LOSS_EPOCHS,
    PAPERS,
    RATINGS,
    TREATMENTS,
    Quantity,
    find_figure,
)
from masquerade_train.recipes.table import RECIPES

# KLE, tables III and IV: epochs, train, test, valid; times 10^-3.
KLE = {
    "kle-hidden": "100 6.25 4.32 6.27 | 200 3.64 2.39 5.09 | 400 2.50 3.89 3.98 | 1000 1.09 2.21 2.53",
    "kle-mobilenet": "100 5.03 4.21 4.32 | 200 1.50 3.54 3.23 | 400 1.09 3.21 2.32 | 1000 .95 1.13 1.15",
}
# Dileep, table 1: total parameters, megabytes.
SIZES = {
    "dileep-baseline": (1890366, 7.6),
    "dileep-manual": (235834, 1.0),
    "dileep-tuned": (306750, 1.27),
    "dileep-tuned+forward-fill": (246478, 1.03),
    "dileep-tuned+nearest": (246062, 1.58),
    "dileep-tuned+copies": (364318, 1.50),
    "dileep-mobilenet": (2257984, 9.66),
    "dileep-nasnet": (4301426, 18.48),
}
# Dileep, table 3: no impute, forward fill, KNN impute, augmentation.
SECONDS = {
    "dileep-baseline": (1.99, 1.97, 1.98, 2.01),
    "dileep-manual": (1.4, 1.33, 1.34, 1.34),
    "dileep-tuned": (2.72, 1.52, 4.19, 3.58),
    "dileep-mobilenet-frozen": (0.89, 0.86, 1, 0.83),
    "dileep-mobilenet": (0.84, 0.82, 0.82, 0.88),
    "dileep-nasnet-frozen": (8.46, 8.4, 8.17, 7.87),
    "dileep-nasnet": (7.95, 7.96, 8.01, 7.68),
}
# Padova, table 3: convolutions, pools, val_loss, val_acc, test_loss, test_acc.
LADDER = """
5 3 1.3782 0.8898 1.5209 0.8915
6 3 1.461 0.8978 1.334 0.9017
7 3 0.9367 0.9131 1.2849 0.9009
8 3 1.5881 0.8961 1.3861 0.9017
9 3 1.1488 0.8987 1.1798 0.9103
10 3 1.788 0.9185 1.1013 0.9096
11 3 1.3769 0.914 1.3842 0.9162
12 3 0.6517 0.922 0.9463 0.9192
13 3 1.4289 0.9149 1.0213 0.8991
14 3 0.9924 0.9068 1.2149 0.8996
14 4 0.6926 0.9229 0.9192 0.9194
14 5 0.7169 0.9122 0.7051 0.9184
15 5 0.7337 0.9337 0.7246 0.9199
16 5 2.3566 0.845 2.7675 0.827
16 6 7.1156 0.7536 5.9656 0.7581
16 7 3.5023 0.7867 3.5831 0.7919
"""
# Padova, table 4 by dropout rate, table 5 by dense layers.
DROPOUT = {
    "padova-15-dropout-0": (1.2837, 0.914, 1.0102, 0.9205),
    "padova-15": (1.2842, 0.9274, 0.6964, 0.9238),
    "padova-15-dropout-20": (0.7538, 0.9247, 0.8698, 0.9182),
    "padova-15-dropout-30": (0.7842, 0.9158, 0.9723, 0.9062),
}
DENSE = {
    "padova-15-dense-3": (1.2691, 0.9059, 0.9305, 0.9238),
    "padova-15-dense-2": (0.9777, 0.8862, 1.2785, 0.8941),
    "padova-15": (1.2842, 0.9274, 0.6964, 0.9309),
}
FOUR = (Quantity.VALIDATION_MSE_PX, Quantity.VALIDATION_ACCURACY, Quantity.MSE_PX, Quantity.ACCURACY)


def value(recipe: str, quantity: Quantity, epochs: int = 0) -> float:
    figure = find_figure(recipe, quantity, epochs)
    assert figure is not None
    return figure.value


def printed(source: str, recipe: str, quantity: Quantity) -> float:
    (figure,) = (f for f in FIGURES if (f.source, f.recipe, f.quantity) == (source, recipe, quantity))
    return figure.value


def test_every_figure_belongs_to_a_recipe_that_can_be_run() -> None:
    assert {figure.recipe for figure in FIGURES} <= set(RECIPES)
    assert {RECIPES[figure.recipe].paper for figure in FIGURES} == set(PAPERS)


@pytest.mark.parametrize("recipe", KLE)
def test_the_24_losses_of_kle(recipe: str) -> None:
    rows = [row.split() for row in KLE[recipe].split("|")]
    assert tuple(int(row[0]) for row in rows) == LOSS_EPOCHS
    for epochs, *losses in rows:
        for quantity, loss in zip((Quantity.TRAIN_LOSS, Quantity.TEST_LOSS, Quantity.VALID_LOSS), losses, strict=True):
            assert value(recipe, quantity, int(epochs)) == float(loss)


def test_the_other_figures_of_kle() -> None:
    assert value("kle-hidden", Quantity.ACCURACY, 400) == 0.799
    assert value("kle-mobilenet", Quantity.ACCURACY, 400) == 0.84
    figure = find_figure("kle-mobilenet", Quantity.ACCURACY)
    assert figure is not None
    assert "78 %" in figure.remark
    assert value("kle-mobilenet", Quantity.RMSE_PX) == 1.2
    # Table VI: seconds an epoch of 1700 images, milliseconds an image.
    assert (value("kle-hidden", Quantity.SECONDS_AN_EPOCH), value("kle-mobilenet", Quantity.SECONDS_AN_EPOCH)) == (
        0.29,
        39,
    )
    times = [value(name, Quantity.SECONDS_FOR_100) * 10 for name in ("kle-hidden", "kle-mobilenet")]
    assert times == pytest.approx([0.102, 8.98])


@pytest.mark.parametrize("recipe", SIZES)
def test_the_sizes_of_dileep(recipe: str) -> None:
    assert (value(recipe, Quantity.PARAMETERS), value(recipe, Quantity.MEGABYTES)) == SIZES[recipe]


@pytest.mark.parametrize("recipe", SECONDS)
def test_the_28_times_of_dileep(recipe: str) -> None:
    assert tuple(value(recipe + suffix, Quantity.SECONDS_FOR_100) for suffix in TREATMENTS) == SECONDS[recipe]


def test_the_ratings_of_dileeps_table_2() -> None:
    assert RATINGS["dileep-mobilenet"][2:] == ("++", "+++")
    assert RATINGS["dileep-nasnet"][2:] == ("=", "+++")
    assert RATINGS["dileep-mobilenet-frozen"][2:] == ("+", "+")
    assert RATINGS["dileep-nasnet-frozen"][2:] == ("=", "+")


@pytest.mark.parametrize("row", LADDER.strip().splitlines())
def test_table_3_of_padova(row: str) -> None:
    convolutions, pools, *numbers = row.split()
    recipe = f"padova-{convolutions}-pools-{pools}"
    assert [printed("Table 3", recipe, quantity) for quantity in FOUR] == list(map(float, numbers))


def test_tables_4_and_5_of_padova() -> None:
    for source, table in (("Table 4", DROPOUT), ("Table 5", DENSE)):
        for recipe, numbers in table.items():
            assert tuple(printed(source, recipe, quantity) for quantity in FOUR) == numbers
    assert sum(figure.source in {"Table 3", "Table 4", "Table 5"} for figure in FIGURES) == 92 + 28
    assert value("padova-15", Quantity.ACCURACY) == 0.9309  # of two printed ones that of the text, 93.09 %


def test_the_nose_and_the_thresholds() -> None:
    errors = [value(f"nose-{kind}", Quantity.MAE_PX) for kind in ("frontal", "side", "nine")]
    assert errors == [1.5026, 2.7939, 2.0194]
    limits = (Quantity.WITHIN_5, Quantity.WITHIN_10, Quantity.WITHIN_15)
    for recipe, error, percent, parameters, epochs in (
        ("base-cnn", 3.438, (77.962, 94.676, 98.572), 6662750, 102),
        ("model-v1-se", 2.023, (92.988, 99.177, 99.806), 6668378, 112),
    ):
        assert value(recipe, Quantity.MAE_PX) == error
        assert tuple(100 * value(recipe, limit) for limit in limits) == pytest.approx(percent)
        assert value(recipe, Quantity.PARAMETERS) == parameters
        assert value(recipe, Quantity.EPOCHS) == epochs
