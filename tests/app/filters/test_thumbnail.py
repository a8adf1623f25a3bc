"""A thumbnail shows the filter on the face, sharp and with the head in it."""

from pathlib import Path

import numpy as np
import pytest

from app.filters.manifest import load_filter
from app.filters.thumbnail import thumbnail
from tests.app.filters.packages import HEAD, STICKER, package
from tests.app.filters.portrait import portrait_face, portrait_pixels


@pytest.mark.parametrize("side", [32, 180, 512])
def test_the_face_is_in_the_same_place_at_every_size(side: int) -> None:
    square = thumbnail(portrait_pixels(), portrait_face(), None, side)
    assert square.shape == (side, side, 4)
    # Skin between the eyes, background in the corner.
    middle = square[round(side * 0.56), side // 2, :3].astype(int)
    assert middle[2] > middle[0] + 30


def test_the_filter_is_painted_and_the_picture_is_left_alone(tmp_path: Path) -> None:
    picture = portrait_pixels()
    bare = thumbnail(picture, portrait_face(), None, 120)
    filtered = thumbnail(picture, portrait_face(), load_filter(package(tmp_path, HEAD + STICKER)), 120)
    assert (bare != filtered).any()
    assert (picture == portrait_pixels()).all()


def test_layers_that_wait_for_a_trigger_are_shown(tmp_path: Path) -> None:
    waiting = load_filter(package(tmp_path, HEAD + STICKER + '[layer.trigger]\non = "mouth_open"\n'))
    bare = thumbnail(portrait_pixels(), portrait_face(), None, 120)
    assert np.abs(thumbnail(portrait_pixels(), portrait_face(), waiting, 120).astype(int) - bare).max() > 100
