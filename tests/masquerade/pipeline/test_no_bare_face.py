"""No face that should be hidden is bare in any frame: in `render`, live, and live with dropped frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class Clip:
    """A clip that is drawn once and played several times."""

    name: str
    frames: tuple[tuple[Frame, list[View]], ...]

    def play(self) -> Iterator[tuple[Frame, list[View]]]:
        """Filters paint into what they are given."""
        return ((replace(frame, pixels=frame.pixels.copy()), views) for frame, views in self.frames)

    def play_dropping(self) -> Iterator[tuple[Frame, Sequence[View]]]:
        """Two of three frames are lost, as on a busy machine."""
        return (each for each in self.play() if each[0].index % 3 == 0)


@pytest.fixture(scope="module", params=CLIPS)
def clip(request: pytest.FixtureRequest) -> Clip:
    return Clip(request.param, tuple(film(CLIPS[request.param])))


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


def test_the_independent_detector_finds_the_faces_without_a_cover(witness: Witness, clip: Clip) -> None:
    """Else it could find none below either."""
    for frame, _ in clip.frames:
        witness.look(frame.pixels)
    assert witness.found or clip.name not in SEEN_BY_WITNESS


def test_no_face_is_bare_in_render(blur: tuple[Filter, ...], witness: Witness, clip: Clip) -> None:
    judged = measure(clip.play(), rendered(blur), blur, witness.look)
    assert len(judged) > 5
    assert not bare(judged)
    assert not witness.found


def test_no_face_is_bare_live(blur: tuple[Filter, ...], witness: Witness, clip: Clip) -> None:
    assert not bare(measure(clip.play(), live(blur), blur, witness.look))
    assert not witness.found


def test_no_face_is_bare_live_with_dropped_frames(blur: tuple[Filter, ...], clip: Clip) -> None:
    every = Witness(every=1)
    assert not bare(measure(clip.play_dropping(), live(blur), blur, every.look))
    assert not every.found
