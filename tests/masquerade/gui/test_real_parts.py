"""Runs what compose gives the window: the real line, sources and filters."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade import compose
from masquerade.errors import AppError, FilterError
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.pipeline.engine import Engine
from masquerade.settings import FilterIntensity
from masquerade.values import Scene


@pytest.fixture(scope="module")
def parts() -> Backend:
    return compose.load_backend("blazeface", None, ())


@pytest.fixture
def collect(parts: Backend) -> Iterator[Callable[[str, int], list[Scene]]]:
    engines: list[Engine] = []

    def run(source_text: str, count: int) -> list[Scene]:
        scenes: list[Scene] = []
        enough = threading.Event()

        def on_scene(scene: Scene) -> None:
            scenes.append(scene)
            if len(scenes) >= count:
                enough.set()

        def on_end(error: AppError | None) -> None:
            enough.set()

        engine = parts.start_engine(source_text, on_scene, on_end)
        engines.append(engine)
        assert enough.wait(30)
        engine.stop(10)
        return scenes

    yield run
    for engine in engines:
        engine.stop(10)


def test_the_faces_of_one_source_are_forgotten_in_the_next(
    collect: Callable[[str, int], list[Scene]], tmp_path: Path
) -> None:
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((720, 1280, 3), 90, np.uint8))
    assert collect("demo", 5)[-1].faces
    assert collect(str(grey), 1)[0].faces == ()


def test_the_filter_stays_on_when_the_source_changes(
    parts: Backend, collect: Callable[[str, int], list[Scene]]
) -> None:
    collect("demo", 1)
    parts.choose(FilterSelection(("clown-nose",)))
    scene = collect("demo", 5)[-1]
    nose_x, nose_y = scene.faces[0].keypoints.points[10].astype(int)
    blue, green, red, _ = (int(value) for value in scene.frame.pixels[nose_y, nose_x])
    assert red > 2 * max(blue, green)
    parts.choose(FilterSelection())


def test_a_filter_can_be_put_on_before_all_have_been_read(parts: Backend) -> None:
    parts.choose(FilterSelection(("crown",), (FilterIntensity("crown", 0.5),)))
    with pytest.raises(FilterError, match="unicorn-of-old"):
        parts.choose(FilterSelection(("unicorn-of-old",)))
    parts.choose(FilterSelection())


def test_every_bundled_filter_comes_into_the_gallery_whole(parts: Backend) -> None:
    cards = parts.read_filters()
    assert [card.id for card in cards if card.problem is not None] == []
    assert {"tortoiseshell", "sunglasses", "handlebar", "fedora", "crown", "dog", "cat", "blur"} <= {
        card.id for card in cards
    }


def test_intensities_reach_the_single_filters(parts: Backend, collect: Callable[[str, int], list[Scene]]) -> None:
    def nose(*intensities: FilterIntensity) -> list[int]:
        parts.choose(FilterSelection(("clown-nose", "crown"), intensities))
        scene = collect("demo", 4)[-1]
        x, y = scene.faces[0].keypoints.points[10].astype(int)
        return [int(value) for value in scene.frame.pixels[y, x, :3]]

    whole = nose(FilterIntensity("crown", 0.1))
    bare = nose(FilterIntensity("clown-nose", 0.0))
    weak = nose(FilterIntensity("clown-nose", 0.5))
    parts.choose(FilterSelection())
    redness = [red - max(blue, green) for blue, green, red in (bare, weak, whole)]
    assert redness == sorted(redness)
    assert redness[2] - redness[0] > 60
