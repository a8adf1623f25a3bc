"""Tests that a thumbnail shows the demo face, large enough for a hat, with the filter on it."""

import numpy as np
from masquerade.compose import build_catalog, build_segmenter, build_still_finder
from masquerade.studio.photos.thumbnail import ThumbnailPainter


def test_a_thumbnail_is_sharp_at_any_size_and_differs_by_the_filter() -> None:
    painter = ThumbnailPainter(lambda: build_still_finder().find, lambda: build_segmenter().segment)
    bare = painter.paint((), 128)
    masked = painter.paint((build_catalog().load("sunglasses"),), 128)
    assert bare.shape == masked.shape == (128, 128, 4)
    changed = np.abs(bare.astype(int) - masked).max(axis=2) > 40
    rows, columns = np.nonzero(changed)
    # The glasses lie on the eyes, a little below the middle, and nowhere else.
    assert 50 < rows.mean() < 90
    assert 50 < columns.mean() < 78
    assert rows.min() > 30
    assert painter.paint((), 256).shape == (256, 256, 4)
