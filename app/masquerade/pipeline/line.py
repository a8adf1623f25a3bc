"""Runs a frame through all stages and measures each: Line."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import FaceOverride
from masquerade.pipeline.hindsight import hold_back
from masquerade.pipeline.look_ahead import LookAhead
from masquerade.pipeline.look_behind import Locate, LookBehind
from masquerade.pipeline.plan import CurrentPlan, FramePlan
from masquerade.pipeline.stages import Stage
from masquerade.values import Frame, Scene, StageTime

# Eight frames of 4K; who is hidden needs all of FRAMES_BEHIND, smoothing gains little beyond these.
_MAX_HELD_BYTES = 2**28


class Line:
    """Runs the stages one after the other, for the frames of one stream.

    Called on one thread; `choose` may be called on any.
    """

    def __init__(
        self,
        seeing: Sequence[Stage],
        painting: Sequence[Stage],
        plan: CurrentPlan | None = None,
        catch_up: Callable[[], None] | None = None,
        locate: Locate | None = None,
    ) -> None:
        """Join the stages.

        Args:
            seeing: what finds and follows faces, in this order.
            painting: what looks at their landmarks and paints, in this order.
            plan: read at the start of every frame; None gives the line one of its own, without a filter.
            catch_up: does what a stage has put off; called between two frames.
            locate: finds a face near given eyes and mouth, without remembering it; None = nowhere.
        """
        self._seeing = tuple(seeing)
        self._painting = tuple(painting)
        self._plan = plan or CurrentPlan()
        self._catch_up = catch_up
        self._locate = locate

    def choose(
        self, filters: tuple[Filter, ...], intensity: float = 1.0, overrides: tuple[FaceOverride, ...] = ()
    ) -> None:
        """Use other filters from the next frame on.

        Args:
            filters: painted in this order; empty = none.
            intensity: 0 to 1.
            overrides: the filters of single faces, by `Face.identity`.

        Raises:
            ValueError: the intensity is out of range.
        """
        self._plan.value = FramePlan(filters, intensity, overrides)

    @property
    def hides(self) -> bool:
        """Whether any chosen filter hides faces."""
        return self._plan.value.hides_faces

    def __call__(self, frame: Frame) -> Scene:
        """Run one frame through all stages; `times` has one entry for each."""
        plan = self._plan.value
        clean = frame.pixels.copy() if self._plan.keeps_clean and not plan.hides_faces else None
        return _run((*self._seeing, *self._painting), Scene(frame, clean=clean), plan)

    def see(self, frame: Frame) -> Scene:
        """Find and follow the faces of one frame; nothing is painted, and no pose is known yet."""
        return _run(self._seeing, Scene(frame), self._plan.value)

    def see_file(self, frames: Iterable[Frame]) -> Iterator[Scene]:
        """Like `see`, for all frames of a file: some frames late, so that each is improved by later ones.

        Landmarks are smoothed without lag, and who is hidden is hidden from the first frame
        on, before the detector finds the face.

        Args:
            frames: up to FRAMES_BEHIND of them are held in memory.
        """
        seen, ahead = map(self.see, frames), LookAhead()
        if self.hides:
            return hold_back(seen, (LookBehind(self._locate), ahead))
        return hold_back(seen, (ahead,), max_bytes=_MAX_HELD_BYTES)

    def paint(self, scene: Scene) -> Scene:
        """Run a scene from `see` or `see_file` through the other stages; scenes must come in order."""
        return _run(self._painting, scene, self._plan.value)

    def catch_up(self) -> None:
        """Run the work that a live line postponed, in the pause before the next frame."""
        if self._catch_up is not None:
            self._catch_up()


def _run(stages: Sequence[Stage], scene: Scene, plan: FramePlan) -> Scene:
    times = list(scene.times)
    for stage in stages:
        start = time.perf_counter()
        scene = stage(scene, plan)
        times.append(StageTime(stage.name, 1000 * (time.perf_counter() - start)))
    return replace(scene, times=tuple(times))
