"""Art is drawn at the size needed, smooth at its border, and kept within a bound."""

import ctypes
import sys

import cv2
import numpy as np
import pytest
from masquerade.filters.compositing.idle_cache import IDLE_FRAMES
from masquerade.filters.compositing.rasters import Raster, RasterCache
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.art.svg import ArtBox

from tests.masquerade.filters.package_writer import svg


class MallocInfo(ctypes.Structure):
    """What glibc's mallinfo2 gives."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks")),
        *((name, ctypes.c_size_t) for name in ("uordblks", "fordblks", "keepcost")),
    )


MALLOC = ctypes.CDLL(None) if sys.platform == "linux" else None
if hasattr(MALLOC, "mallinfo2"):
    MALLOC.mallinfo2.restype = MallocInfo

DISC = svg('<circle cx="50" cy="50" r="30" fill="#fff"/>')


def art_of(text: str = DISC, box: tuple[float, float, float, float] = (0, 0, 100, 100)) -> Art:
    return Art(text.encode(), True, ArtBox(*box))


def drawn(art: Art, pixels_per_unit: float) -> Raster:
    return RasterCache().get(art, pixels_per_unit)


def middle_of(raster: Raster) -> tuple[float, float]:
    """The centre of what is drawn, units of the art."""
    alpha = raster.pixels[..., 3].astype(float)
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]]
    column, row = (x * alpha).sum() / alpha.sum(), (y * alpha).sum() / alpha.sum()
    return raster.left + (column + 0.5) / raster.scale, raster.top + (row + 0.5) / raster.scale


@pytest.mark.parametrize("pixels_per_unit", [0.05, 0.2, 0.7, 1.0, 1.3, 4.0, 9.0])
def test_art_is_never_shrunk_by_more_than_a_step(pixels_per_unit: float) -> None:
    scale = drawn(art_of(), pixels_per_unit).scale
    assert 1 / 1.06 <= scale / pixels_per_unit <= 1.42


@pytest.mark.parametrize("pixels_per_unit", [0.1, 0.33, 1.0, 5.0])
def test_art_stays_in_its_place_at_every_size(pixels_per_unit: float) -> None:
    assert middle_of(drawn(art_of(), pixels_per_unit)) == pytest.approx((50, 50), abs=0.25)


def test_a_view_box_may_begin_anywhere() -> None:
    art = art_of(svg('<circle cx="0" cy="-20" r="30" fill="#fff"/>', "-50 -70 100 100"), (-50, -70, 100, 100))
    assert middle_of(drawn(art, 2.0)) == pytest.approx((0, -20), abs=0.25)


def test_what_lies_outside_the_view_box_is_cut_off() -> None:
    raster = drawn(art_of(svg('<rect x="-500" y="40" width="2000" height="20"/>')), 1.0)
    assert raster.pixels.shape[1] <= 106


def test_empty_borders_are_not_kept() -> None:
    height, width = drawn(art_of(), 2.0).pixels.shape[:2]
    assert (height, width) == pytest.approx((120, 120), abs=10)


@pytest.mark.parametrize("pixels_per_unit", [0.1, 1.0, 5.0])
def test_the_border_is_transparent(pixels_per_unit: float) -> None:
    pixels = drawn(art_of(svg('<rect width="100" height="100" fill="#f00"/>')), pixels_per_unit).pixels
    border = np.ones(pixels.shape[:2], bool)
    border[2:-2, 2:-2] = False
    assert not pixels[border].any()


def test_colours_are_premultiplied() -> None:
    pixels = drawn(art_of(svg('<rect width="100" height="100" fill="#ff8000" fill-opacity=".5"/>')), 1.0).pixels
    assert pixels[50, 50].tolist() == pytest.approx([0, 64, 128, 128], abs=2)


def test_art_without_anything_in_it_is_empty() -> None:
    assert not drawn(art_of(svg("")), 1.0).pixels.any()


def test_sizes_are_limited() -> None:
    assert max(drawn(art_of(), 1e9).pixels.shape) <= 2048


def test_the_same_size_is_drawn_once() -> None:
    rasters, art = RasterCache(), art_of()
    assert rasters.get(art, 2.0) is rasters.get(art, 2.01)


def test_memory_is_bounded() -> None:
    rasters, arts = RasterCache(max_bytes=200_000), [art_of() for _ in range(20)]
    first = rasters.get(arts[0], 1.5)
    for art in arts:
        rasters.begin_frame()
        rasters.get(art, 1.5)
    assert rasters.get(arts[0], 1.5) is not first


def test_at_most_one_known_piece_of_art_is_drawn_again_in_a_frame() -> None:
    rasters, arts = RasterCache(), [art_of(), art_of()]
    for art in arts:
        rasters.get(art, 1.0)
    rasters.begin_frame()
    scales = [rasters.get(art, 1.5).scale for art in arts]
    rasters.begin_frame()
    assert scales[0] > scales[1] == 1.0
    assert rasters.get(arts[1], 1.5).scale == scales[0]


def test_a_shadow_counts_as_black() -> None:
    assert drawn(art_of(svg('<rect width="50" height="50" fill="#000" fill-opacity=".3"/>')), 1.0).black
    assert not drawn(art_of(), 1.0).black


def png_art(width: int, height: int) -> Art:
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = (0, 128, 255, 255)
    content = cv2.imencode(".png", pixels)[1].tobytes()
    return Art(content, False, ArtBox(0, 0, width, height))


@pytest.mark.parametrize("pixels_per_unit", [0.1, 0.5, 1.0, 3.0])
def test_a_png_keeps_its_place_and_is_not_enlarged(pixels_per_unit: float) -> None:
    raster = drawn(png_art(200, 120), pixels_per_unit)
    assert middle_of(raster) == pytest.approx((100, 60), abs=0.3)
    assert raster.scale <= 1.0


def test_a_png_that_is_broken_off_is_empty() -> None:
    art = png_art(200, 120)
    broken = Art(art.content[:60], False, art.box)
    assert not drawn(broken, 1.0).pixels.any()


LACE = svg("".join(f'<circle cx="{x}" cy="{y}" r="4" fill="#fff"/>' for x in range(5, 96, 3) for y in range(5, 96, 3)))


def test_a_realtime_drawing_goes_on_over_the_frames_and_comes_out_the_same() -> None:
    """The nearest size is given until it is done; no frame draws for long."""
    rasters, art = RasterCache(realtime=True), art_of(LACE)
    first, wanted = rasters.get(art, 4.0), drawn(art, 9.0)
    given = []
    for _ in range(400):
        rasters.begin_frame()
        given.append(rasters.get(art, 9.0))
        if given[-1] is not first:
            break
    assert given[0] is first
    assert len(given) < 400
    assert given[-1].scale == wanted.scale
    assert (given[-1].pixels == wanted.pixels).all()
    rasters.begin_frame()
    assert rasters.get(art, 9.0) is given[-1]


def test_a_realtime_drawing_begins_again_where_the_size_has_changed_again() -> None:
    rasters, art = RasterCache(realtime=True), art_of(LACE)
    rasters.get(art, 4.0)
    for size in (8.0, 6.0):
        rasters.begin_frame()
        rasters.get(art, size)
    for _ in range(400):
        rasters.begin_frame()
        found = rasters.get(art, 6.0)
    assert (found.pixels == drawn(art, 6.0).pixels).all()


def test_in_real_time_art_is_not_enlarged_many_times_either() -> None:
    rasters, art = RasterCache(realtime=True), art_of(LACE)
    rasters.get(art, 0.5)
    rasters.begin_frame()
    assert rasters.get(art, 9.0).scale == drawn(art, 9.0).scale


def test_without_realtime_the_size_wanted_is_drawn_at_once() -> None:
    rasters, art = RasterCache(), art_of(LACE)
    rasters.get(art, 4.0)
    rasters.begin_frame()
    assert rasters.get(art, 9.0).scale == drawn(art, 9.0).scale


def parsed_bytes() -> int:
    """Bytes that glibc has handed out: a parsed SVG is not in Python's memory."""
    return int(MALLOC.mallinfo2().uordblks)


@pytest.mark.skipif(not hasattr(MALLOC, "mallinfo2"), reason="only glibc says what it has handed out")
def test_art_that_is_not_drawn_any_more_keeps_its_pixels_and_not_its_tree() -> None:
    rasters, arts = RasterCache(), [art_of(LACE.replace("#fff", f"#{number:03x}")) for number in range(10)]
    before = parsed_bytes()
    first = [rasters.get(art, 1.0) for art in arts]
    drawn_bytes = parsed_bytes() - before
    pixel_bytes = sum(raster.pixels.nbytes for raster in first)
    assert drawn_bytes > 3 * pixel_bytes
    for _ in range(2 * IDLE_FRAMES):
        rasters.begin_frame()
    assert parsed_bytes() - before < 1.5 * pixel_bytes
    assert [rasters.get(art, 1.0) for art in arts] == first
    assert (rasters.get(arts[3], 4.0).pixels == drawn(arts[3], 4.0).pixels).all()
