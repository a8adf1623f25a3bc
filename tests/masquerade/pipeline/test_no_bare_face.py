"""No face that should be hidden is bare in any frame: in `render`, live, and live with dropped frames."""

from collections.abc import Iterator, Sequence

import pytest
from masquerade.compose import find_filters
from masquerade.filters.format.manifest import Filter
from masquerade.values import ByteArray, Frame

from tests.masquerade.pipeline.hiding_clips import CLIPS, film
from tests.masquerade.pipeline.mtcnn import FoundFace, Mtcnn
from tests.masquerade.pipeline.privacy_coverage import View, live, measure, rendered


@pytest.fixture(scope="module")
def blur() -> tuple[Filter, ...]:
    return find_filters(["blur"])


def dropping(clip: Iterator[tuple[Frame, list[View]]]) -> Iterator[tuple[Frame, Sequence[View]]]:
    """Two of three frames are lost, as on a busy machine."""
    return (each for each in clip if each[0].index % 3 == 0)


def bare(judged: list[View]) -> list[str]:
    return [str(view) for view in judged if view.bare]


class Witness:
    """An independent detector that looks at what a filter leaves of the frames, and at some frames as they are."""

    def __init__(self, every: int) -> None:
        self._detector = Mtcnn()
        self._every = every
        self._given = 0
        self.found: list[FoundFace] = []

    def look(self, pixels: ByteArray) -> None:
        self._given += 1
        if self._given % self._every == 0:
            self.found += self._detector.find(pixels)


@pytest.fixture
def witness() -> Witness:
    return Witness(every=4)


# What the witness finds without a cover: it knows neither heads that lie or stand on their heads, nor half ones.
SEEN_BY_WITNESS = {"half at the left edge", "half at the lower edge", "in a corner", "slow entry", "quick entry"}
SEEN_BY_WITNESS |= {"rolling over", "fast pan", "behind a post", "cut", "dark", "small", "crowd"}


@pytest.mark.parametrize("name", sorted(SEEN_BY_WITNESS))
def test_the_independent_detector_finds_the_faces_without_a_cover(witness: Witness, name: str) -> None:
    """Else it could find none below either."""
    for frame, _ in film(CLIPS[name]):
        witness.look(frame.pixels)
    assert witness.found


@pytest.mark.parametrize("name", CLIPS)
def test_no_face_is_bare_in_render(blur: tuple[Filter, ...], witness: Witness, name: str) -> None:
    judged = measure(film(CLIPS[name]), rendered(blur), blur, witness.look)
    assert len(judged) > 5
    assert not bare(judged)
    assert not witness.found


@pytest.mark.parametrize("name", CLIPS)
def test_no_face_is_bare_live(blur: tuple[Filter, ...], witness: Witness, name: str) -> None:
    assert not bare(measure(film(CLIPS[name]), live(blur), blur, witness.look))
    assert not witness.found


@pytest.mark.parametrize("name", CLIPS)
def test_no_face_is_bare_live_with_dropped_frames(blur: tuple[Filter, ...], name: str) -> None:
    every = Witness(every=1)
    assert not bare(measure(dropping(film(CLIPS[name])), live(blur), blur, every.look))
    assert not every.found
