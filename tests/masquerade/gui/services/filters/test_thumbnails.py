"""Checks that the small images are made once, kept on the disk, and made again when a package changes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import FilterError
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.services.filters.thumbnails import Thumbnails, content_key
from masquerade.values import ByteArray
from pytestqt.qtbot import QtBot


class Renderer:
    """Paints every filter in one colour and counts."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def __call__(self, identity: str, side: int) -> ByteArray:
        self.rendered.append(identity)
        if identity == "broken":
            raise FilterError("broken: no art")
        return np.full((side, side, 4), (10, 20, 30, 255), np.uint8)


@pytest.fixture
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def card(tmp_path: Path) -> FilterEntry:
    folder = tmp_path / "dog"
    folder.mkdir()
    (folder / "filter.toml").write_text("format = 1")
    return FilterEntry("dog", "Dog", folder=folder)


@pytest.fixture
def thumbnails(renderer: Renderer, tmp_path: Path) -> Iterator[Thumbnails]:
    thumbnails = Thumbnails(renderer, tmp_path / "cache" / "deep", 256)
    yield thumbnails
    thumbnails.close(5.0)


def get(qtbot: QtBot, thumbnails: Thumbnails, *cards: FilterEntry) -> list[tuple[str, tuple[int, int, int]]]:
    found: list[tuple[str, tuple[int, int, int]]] = []

    def enough() -> bool:
        for thumbnail in thumbnails.take():
            colour = thumbnail.image.pixelColor(3, 3)
            found.append((thumbnail.filter_id, (colour.red(), colour.green(), colour.blue())))
        return len(found) == len(cards)

    thumbnails.order(cards)
    qtbot.waitUntil(enough, timeout=5000)
    return found


def test_a_thumbnail_is_rendered_once_and_then_read(
    qtbot: QtBot, thumbnails: Thumbnails, renderer: Renderer, card: FilterEntry, tmp_path: Path
) -> None:
    assert get(qtbot, thumbnails, card) == [("dog", (30, 20, 10))]
    next_start = Thumbnails(renderer, tmp_path / "cache" / "deep", 256)
    assert get(qtbot, next_start, card) == [("dog", (30, 20, 10))]
    next_start.close(5.0)
    assert renderer.rendered == ["dog"]


def test_what_has_not_changed_is_not_shown_again(
    qtbot: QtBot, thumbnails: Thumbnails, renderer: Renderer, card: FilterEntry
) -> None:
    get(qtbot, thumbnails, card)
    thumbnails.order((card,))
    assert get(qtbot, thumbnails, replace(card, id="cat")) == [("cat", (30, 20, 10))]


def test_a_changed_package_is_rendered_again(
    qtbot: QtBot, thumbnails: Thumbnails, renderer: Renderer, card: FilterEntry
) -> None:
    get(qtbot, thumbnails, card)
    assert card.folder is not None
    (card.folder / "ear.svg").write_text("<svg/>")
    get(qtbot, thumbnails, card)
    assert renderer.rendered == ["dog", "dog"]


def test_a_filter_that_cannot_be_drawn_does_not_stop_the_next(
    qtbot: QtBot, thumbnails: Thumbnails, renderer: Renderer, card: FilterEntry
) -> None:
    thumbnails.order((FilterEntry("broken", "Broken"),))
    assert get(qtbot, thumbnails, card) == [("dog", (30, 20, 10))]


def test_a_broken_package_is_not_tried(
    qtbot: QtBot, thumbnails: Thumbnails, renderer: Renderer, card: FilterEntry
) -> None:
    thumbnails.order((FilterEntry("wolf", "wolf", problem="no art"),))
    get(qtbot, thumbnails, card)
    assert renderer.rendered == ["dog"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    qtbot: QtBot, renderer: Renderer, tmp_path: Path, card: FilterEntry
) -> None:
    (tmp_path / "file").write_text("")
    thumbnails = Thumbnails(renderer, tmp_path / "file" / "cache", 256)
    assert get(qtbot, thumbnails, card) == [("dog", (30, 20, 10))]
    thumbnails.close(5.0)


def test_each_filter_has_a_key_of_its_own(card: FilterEntry) -> None:
    assert content_key(card, 128) != content_key(replace(card, id="cat"), 128)
    assert content_key(card, 128) != content_key(card, 256)
