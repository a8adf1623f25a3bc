"""The best match comes first: name, word of the name, inside the name, tag or keyword, near spelling."""

import pytest
from masquerade.compose import build_catalog
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.gallery.filter_model import FilterModel
from masquerade.gui.gallery.filter_search import FilterSearch, fold


@pytest.fixture(scope="module")
def bundled_search() -> FilterSearch:
    return FilterSearch(sorted(build_catalog().entries, key=lambda entry: fold(entry.name)))


def test_each_kind_of_match_comes_before_the_next() -> None:
    entries = [
        FilterEntry("near", "Capp"),
        FilterEntry("inside-tag", "A", tags=("skycaptain",)),
        FilterEntry("second-keyword", "B", keywords=("hat", "captain")),
        FilterEntry("first-keyword", "C", keywords=("captain",)),
        FilterEntry("inside", "Madcaptain"),
        FilterEntry("word", "Red captain"),
        FilterEntry("start", "Captain Red"),
    ]
    found = FilterSearch(entries).find("captain")
    assert [entry.id for entry in found] == [
        "start",
        "word",
        "inside",
        "first-keyword",
        "second-keyword",
        "inside-tag",
    ]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("mous", "Mouse"),
        ("moustache", "Handlebar"),
        ("mustache", "Handlebar"),
        ("MUSTACHE", "Handlebar"),
        ("spectacles", "Tortoiseshell"),
        ("eyeglasses", "Tortoiseshell"),
        ("B\u00e4r", "Black bar"),
        ("ours", "Bear"),
        ("oculos de sol", "Sunglasses"),
        ("\u00f3culos de sol", "Sunglasses"),
        ("gorro de fiesta", "Party hat"),
        ("christmas", "Santa hat"),
        ("hide", "Blur"),
        ("rabbit", "Bunny"),
        ("clwon", "Clown"),
        ("sunglases", "Sunglasses"),
        ("b&w", "Noir"),
        ("hat santa", "Santa hat"),
        ("super hero", "Superhero"),
        ("super-hero", "Superhero"),
        ("glasses", "Sunglasses"),
    ],
)
def test_people_find_the_bundled_filter_they_mean(bundled_search: FilterSearch, query: str, first: str) -> None:
    assert bundled_search.find(query)[0].name == first


def test_bear_is_among_those_found_by_its_german_name(bundled_search: FilterSearch) -> None:
    assert "Bear" in [entry.name for entry in bundled_search.find("b\u00e4r")]


@pytest.mark.parametrize("query", ["xqzt", "\U0001f600", "\u4e2d", " ?! ", "a" * 500])
def test_a_query_unlike_any_filter_finds_nothing(bundled_search: FilterSearch, query: str) -> None:
    assert bundled_search.find(query) == ()


def test_an_empty_query_finds_everything(bundled_search: FilterSearch) -> None:
    assert len(bundled_search.find("  ")) == len(build_catalog().entries)


def test_a_broken_package_is_found_but_never_chosen() -> None:
    model = FilterModel()
    model.show_cards((FilterEntry("wolf", "Wolf", problem="broken"), FilterEntry("x", "Werewolf")))
    model.search("wolf")
    match = model.first_match()
    assert match is not None
    assert match.id == "x"
