import numpy as np
import pytest
from masquerade.studio.photos.photo_strip import make_strip


def _photo(value: int, size_wh: tuple[int, int] = (200, 100)) -> np.ndarray:
    pixels = np.full((size_wh[1], size_wh[0], 4), 255, np.uint8)
    pixels[:, : size_wh[0] // 2, :3] = value
    return pixels


def test_photos_stand_one_under_the_other_on_paper() -> None:
    strip = make_strip([_photo(10), _photo(20), _photo(30), _photo(40, (400, 200))])
    assert strip.shape == (4 * 108 + 16, 216, 4)
    assert [int(strip[8 + place * 108 + 50, 30, 0]) for place in range(4)] == [10, 20, 30, 40]
    assert strip[0, 0].tolist() == [250, 250, 250, 255]
    mirrored = make_strip([_photo(10)], mirrored=True)
    assert (int(mirrored[50, 30, 0]), int(mirrored[50, 190, 0])) == (255, 10)


def test_a_strip_of_large_photos_has_a_bound_and_none_is_refused() -> None:
    assert make_strip([_photo(10, (3840, 2160))] * 4).shape[1] == 1280 + 2 * 51
    with pytest.raises(ValueError, match="at least one"):
        make_strip([])
