"""Bundled filters made of several stickers look as they were approved, one or two of each group."""

import pytest
from masquerade.compose import build_catalog, find_filters
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.packages.catalog import Catalog
from masquerade.filters.packages.entry import FORMER_IDS
from masquerade.filters.render import paint_still
from masquerade.resources import bundled
from masquerade.values import Trigger

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.portrait import face_of, portrait_pixels, turned_points

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
