"""Tests that no order of threads lets a choice of filters get lost, or fall to another face, as the source changes."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade import compose
from masquerade.errors import AppError
from masquerade.filters.format.manifest import Filter
from masquerade.gui.services.filter_selection import FaceChoice, FilterSelection
from masquerade.library import FilterLibrary
from masquerade.pipeline.line import Line
from masquerade.pipeline.plan import CurrentPlan, FramePlan
from masquerade.session import Session
from masquerade.values import Frame, Scene

from tests.masquerade.filters.portrait import portrait_pixels

LONG = 30.0


class SteppedSource:
    """Gives a frame each time that it is asked to."""

    live = True
    name = "stepped"

    def __init__(self) -> None:
        self._go = threading.Semaphore(0)
        self._closed = threading.Event()
        self._index = 0

    def __enter__(self) -> "SteppedSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def step(self) -> None:
        self._go.release()

    def read(self) -> Frame | None:
        self._go.acquire()
        if self._closed.is_set():
            return None
        self._index += 1
        return Frame(np.zeros((4, 4, 4), np.uint8), self._index, self._index / 30)

    def close(self) -> None:
        self._closed.set()
        self._go.release()


class NotePlan:
    """The last stage: notes what it was to paint."""

    name = "draw"

    def __init__(self, painted: list[tuple[str, ...]]) -> None:
        self._painted = painted

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        self._painted.append(tuple(each.id for each in plan.filters))
        return scene


class GatedLibrary(FilterLibrary):
    """Loads at once, but for the ids that have a gate: their loading waits until the gate opens."""

    def __init__(self) -> None:
        super().__init__(compose.build_catalog, lambda _: None)
        self.gates: dict[str, threading.Event] = {}
        self.begun = threading.Event()

    def load(self, identities: Sequence[str]) -> tuple[Filter, ...]:
        for identity in identities:
            if identity in self.gates:
                self.begun.set()
                assert self.gates[identity].wait(LONG)
        return compose.find_filters(identities)


class Stage:
    """A session on sources that are stepped by hand, and what its lines painted, in order."""

    def __init__(self) -> None:
        self.painted: list[tuple[str, ...]] = []
        self.library = GatedLibrary()
        self.session = Session(self._line, self.library, lambda _: self._source)
        self._seen = threading.Semaphore(0)
        self._stops: list[object] = []
        self._source = SteppedSource()

    def _line(self, plan: CurrentPlan, _: Iterator[int]) -> Line:
        return Line((), (NotePlan(self.painted),), plan)

    def change_source(self) -> None:
        self._source = SteppedSource()
        self._stops.append(self.session.start_engine("next", lambda _: self._seen.release(), lambda _: None))

    def frame(self) -> tuple[str, ...]:
        """Lets the present source give one frame, and returns what was painted on it."""
        self._source.step()
        assert self._seen.acquire(timeout=LONG)
        return self.painted[-1]

    def close(self) -> None:
        for engine in self._stops:
            engine.stop()


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


def test_a_choice_that_is_loaded_while_the_source_changes_is_on_the_next_frame(stage: Stage) -> None:
    stage.change_source()
    stage.session.choose(("sunglasses",), {}, {})
    assert stage.frame() == ("sunglasses",)
    gate = stage.library.gates["blur"] = threading.Event()
    choosing = threading.Thread(target=stage.session.choose, args=(("blur",), {}, {}))
    choosing.start()
    assert stage.library.begun.wait(LONG)
    stage.change_source()
    gate.set()
    choosing.join(LONG)
    assert stage.frame() == ("blur",)
    stage.change_source()
    assert stage.frame() == ("blur",)


def test_a_line_that_is_being_built_while_a_choice_arrives_paints_the_new_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that once lost a choice: the line is half built, the choice comes, the line is finished."""
    stage.change_source()
    stage.session.choose(("sunglasses",), {}, {})
    real = Line.__init__

    def built_late(line: Line, *arguments: object, **settings: object) -> None:
        real(line, *arguments, **settings)
        worker = threading.Thread(target=stage.session.choose, args=(("blur",), {}, {}))
        worker.start()
        worker.join(LONG)

    monkeypatch.setattr(Line, "__init__", built_late)
    stage.change_source()
    assert stage.frame() == ("blur",)


def test_of_two_choices_the_later_one_counts_though_it_is_loaded_first(stage: Stage) -> None:
    stage.change_source()
    gate = stage.library.gates["sunglasses"] = threading.Event()
    slow = threading.Thread(target=stage.session.choose, args=(("sunglasses",), {}, {}))
    slow.start()
    assert stage.library.begun.wait(LONG)
    stage.session.choose(("blur",), {}, {})
    gate.set()
    slow.join(LONG)
    assert stage.frame() == ("blur",)


def test_a_choice_that_cannot_be_loaded_leaves_the_one_before(stage: Stage) -> None:
    stage.change_source()
    stage.session.choose(("blur",), {}, {})
    with pytest.raises(AppError):
        stage.session.choose(("no-such-filter",), {}, {})
    with pytest.raises(ValueError, match="between 0 and 1"):
        stage.session.choose(("sunglasses",), {"sunglasses": 1.5}, {})
    assert stage.frame() == ("blur",)


def test_a_face_of_the_next_source_never_gets_the_bare_face_that_another_one_chose(tmp_path: Path) -> None:
    """Everyone is blurred but face 1; whoever comes first in the next source is somebody else."""
    portrait = portrait_pixels()
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), portrait)
    parts = compose.load_backend("blazeface", "", ())
    scenes: list[Scene] = []
    enough = threading.Semaphore(0)

    def show(scene: Scene) -> None:
        scenes.append(replace(scene, frame=Frame(scene.frame.pixels.copy(), scene.frame.index, scene.frame.taken_at)))
        enough.release()

    def play() -> list[Scene]:
        scenes.clear()
        engine = parts.start_engine(str(path), show, lambda _: None)
        for _ in range(3):
            assert enough.acquire(timeout=LONG)
        engine.stop(LONG)
        return list(scenes)

    def changed(scene: Scene) -> float:
        (face,) = scene.faces
        (left, top), (right, bottom) = face.keypoints.points.min(axis=0), face.keypoints.points.max(axis=0)
        inside = np.s_[int(top) : int(bottom), int(left) : int(right), :3]
        return float(np.abs(scene.frame.pixels[inside].astype(int) - portrait[inside]).mean())

    (first, *_) = play()
    bare_owner = first.faces[0].identity
    parts.choose(FilterSelection(("blur",), own=(FaceChoice(bare_owner, ()),)))
    assert all(scene.faces[0].identity != bare_owner and changed(scene) > 4 for scene in play())
