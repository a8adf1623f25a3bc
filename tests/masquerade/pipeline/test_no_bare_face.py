"""No face that should be hidden is bare in any frame: in `render`, live, and live with dropped frames."""

from collections.abc import Iterator, Sequence

import pytest
from masquerade.compose import find_filters
from masquerade.filters.format.manifest import Filter
from masquerade.values import Frame

from tests.masquerade.pipeline.hiding_clips import CLIPS, film
from tests.masquerade.pipeline.privacy_coverage import View, live, measure, rendered


@pytest.fixture(scope="module")
def blur() -> tuple[Filter, ...]:
    return find_filters(["blur"])


def dropping(clip: Iterator[tuple[Frame, list[View]]]) -> Iterator[tuple[Frame, Sequence[View]]]:
    """Two of three frames are lost, as on a busy machine."""
    return (each for each in clip if each[0].index % 3 == 0)


def bare(judged: list[View]) -> list[str]:
    return [str(view) for view in judged if view.bare]


@pytest.mark.parametrize("name", CLIPS)
def test_no_face_is_bare_in_render(blur: tuple[Filter, ...], name: str) -> None:
    judged = measure(film(CLIPS[name]), rendered(blur), blur)
    assert len(judged) > 5
    assert not bare(judged)


@pytest.mark.parametrize("name", CLIPS)
def test_no_face_is_bare_live(blur: tuple[Filter, ...], name: str) -> None:
    assert not bare(measure(film(CLIPS[name]), live(blur), blur))


@pytest.mark.parametrize("name", CLIPS)
def test_no_face_is_bare_live_with_dropped_frames(blur: tuple[Filter, ...], name: str) -> None:
    assert not bare(measure(dropping(film(CLIPS[name])), live(blur), blur))
