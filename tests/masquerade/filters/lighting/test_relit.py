"""Lit art stays premultiplied, and is kept within a bound."""

import numpy as np
import pytest
from masquerade.filters.compositing.rasters import Raster
from masquerade.filters.lighting.image_light import GOOD_LIGHT, Light
from masquerade.filters.lighting.relit import Relit

GLASS = np.array([90, 100, 110, 120], np.uint8)


def raster_of(black: bool = False) -> Raster:
    return Raster(np.tile(GLASS, (40, 50, 1)), 2.0, -3.0, 4.0, black)


def test_good_light_and_shadows_cost_nothing() -> None:
    raster, shadow = raster_of(), raster_of(black=True)
    assert Relit().get(raster, GOOD_LIGHT) is raster
    assert Relit().get(shadow, Light(9, 2)) is shadow


@pytest.mark.parametrize("dimness", [0, 1, 8, 15])
@pytest.mark.parametrize(("red", "blue"), [(0, 0), (20, -12), (-8, 28), (1, -1), (-28, -28)])
def test_no_colour_becomes_brighter_and_transparency_stays(dimness: int, red: int, blue: int) -> None:
    lit = Relit().get(raster_of(), Light(dimness, red, blue))
    assert (lit.pixels <= GLASS).all()
    assert (lit.pixels[..., 3] == GLASS[3]).all()
    assert (lit.scale, lit.left, lit.top) == (2.0, -3.0, 4.0)


def test_every_step_is_darker_by_little() -> None:
    wholes = [sum(Light(step).gains_bgr) for step in range(16)]
    shares = np.array(wholes[1:]) / wholes[:-1]
    assert (shares < 1).all()
    assert (shares > 0.95).all()


def test_the_same_light_is_laid_on_once() -> None:
    relit, raster = Relit(), raster_of()
    assert relit.get(raster, Light(3)) is relit.get(raster, Light(3))
    assert relit.get(raster, Light(3)) is not relit.get(raster, Light(4))


def test_memory_is_bounded_and_the_oldest_goes() -> None:
    raster = raster_of()
    relit = Relit(max_bytes=3 * raster.pixels.nbytes)
    first = relit.get(raster, Light(1))
    for step in range(2, 5):
        relit.get(raster, Light(step))
    assert relit.get(raster, Light(1)) is not first
