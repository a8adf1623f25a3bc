"""Bundled filters made of several stickers look as they were approved, one or two of each group."""

from itertools import combinations

import cv2
import numpy as np
import pytest
from masquerade.compose import build_catalog, find_filters
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.packages.catalog import Catalog
from masquerade.filters.packages.entry import FORMER_IDS
from masquerade.filters.render import paint_still
from masquerade.resources import bundled
from masquerade.values import ByteArray, Trigger

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.portrait import face_of, portrait_pixels, turned_points

ANIMALS = ("bear", "bunny", "cat", "dog", "fox", "mouse", "panda", "tiger")
OPEN = frozenset({Trigger.MOUTH_OPEN})


def test_every_bundled_filter_goes_by_its_name_and_has_keywords() -> None:
    entries = Catalog((bundled("assets") / "filters",)).entries
    assert {entry.id for entry in entries} == {entry.name.lower().replace(" ", "-") for entry in entries}
    assert [entry.id for entry in entries if len(entry.keywords) < 3] == []


@pytest.mark.parametrize(("former", "name"), FORMER_IDS.items())
def test_a_former_id_still_finds_its_filter(former: str, name: str) -> None:
    assert build_catalog().load(former).id == name
    assert [each.id for each in find_filters((former, former.upper()))] == [name, name]


@pytest.mark.parametrize(
    ("name", "yaw"),
    [
        ("aviators", 25.0),
        ("top-hat", 0.0),
        ("crown", 25.0),
        ("dog", 0.0),
        ("mouse", -25.0),
        ("full-beard", 0.0),
        ("kitsune", 0.0),
        ("luchador", 0.0),
        ("eye-patch", 25.0),
        ("emoji-head", 0.0),
    ],
)
def test_a_bundled_filter_looks_as_approved(name: str, yaw: float) -> None:
    pixels = portrait_pixels()
    face = face_of(turned_points(yaw), active=OPEN)
    paint_still(pixels, (face,), (load_filter(bundled("assets") / "filters" / name),))
    assert_looks_like(f"bundled_{name}", pixels[0:230, 110:330])


def test_animals_differ_at_a_glance_in_the_face_and_in_the_ears() -> None:
    # Rows and columns, and the share of them in which any two of the animals must differ.
    parts = ((slice(0, 50), slice(10, 110)), 0.10), ((slice(55, 115), slice(30, 90)), 0.03)
    seen = {name: _at_a_glance(name).astype(int) for name in ANIMALS}
    alike = [
        (first, second, where)
        for where, share in parts
        for first, second in combinations(ANIMALS, 2)
        if (np.abs(seen[first][where] - seen[second][where]).max(axis=2) > 40).mean() < share
    ]
    assert alike == []


def _at_a_glance(name: str) -> ByteArray:
    """Return (120, 120, 3): a head that wears a filter, on grey."""
    pixels = portrait_pixels()
    pixels[..., :3] = 150
    paint_still(pixels, (face_of(turned_points(0.0)),), (load_filter(bundled("assets") / "filters" / name),))
    return np.asarray(cv2.resize(pixels[0:230, 110:340, :3], (120, 120), interpolation=cv2.INTER_AREA), np.uint8)
