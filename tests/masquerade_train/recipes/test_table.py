"""Tests what is promised of recipes and metrics: that they answer without tensorflow."""

import subprocess
import sys

import pytest
from masquerade_train.recipes.augmentation import DETECTOR_LIKE
from masquerade_train.recipes.table import RECIPES

from tests.shared import REPO

ROOMS = (
    "masquerade_train.recipes.table",
    "masquerade_train.metrics.landmark_error",
    "masquerade_train.inputs.augment",
    "masquerade_train.inputs.maker",
    "masquerade_train.datasets.prepare",
    "masquerade_train.__main__",
)


def test_what_needs_no_network_imports_no_tensorflow() -> None:
    code = f"import sys, {', '.join(ROOMS)}; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPO, check=False).returncode == 0


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_stands_under_its_own_name(name: str) -> None:
    assert RECIPES[name].name == name


def test_the_crops_for_measuring_change_no_light() -> None:
    chances = [getattr(DETECTOR_LIKE, field) for field in DETECTOR_LIKE.__slots__ if field.endswith("_chance")]
    assert set(chances) == {0.0}
