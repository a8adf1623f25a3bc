"""Holds the stages that a frame runs through, each Scene -> Scene, and the line they form."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import FaceOverride, all_filters, uses_privacy, uses_triggers
from masquerade.filters.render import Painter
from masquerade.filters.triggers.triggers import Triggers
from masquerade.geometry.pose import fit_pose
from masquerade.values import ByteArray, Detection, Frame, Scene, StageTime
from masquerade.vision.detector import Detector
from masquerade.vision.search.tiled import TiledDetector
from masquerade.vision.tracker import FaceTracker

_IDLE_LOOK_SECONDS = 0.1


class Stage(Protocol):
    """One step of the line; it keeps its memory of earlier frames to itself."""

    name: str

    def __call__(self, scene: Scene) -> Scene:
        """Return a richer scene."""


class Find:
    """Lets the detector look, but only when the tracker needs it: it is the dearest stage.

    With `always` it looks at every frame, and closer, so that small faces are not missed;
    where it is also `thorough`, as close as it can, whatever time that takes. Where it is
    `live`, a look for newcomers is put off until the frame is on its way to the screen
    (`catch_up`), and told with the next one: no frame then waits for it.
    """

    name = "find"

    def __init__(self, detector: Detector, tracker: FaceTracker, thorough: bool = False, live: bool = False) -> None:
        self._detector = detector
        self._closer = TiledDetector(detector, tracker.verify)
        self._tracker = tracker
        self._thorough = thorough
        self._live = live
        # What is still to be looked at, as it was before anything was painted; one buffer for all looks.
        self._kept: ByteArray | None = None
        self._owes_look = False
        self._found: tuple[Detection, ...] | None = None
        self.always = False

    def __call__(self, scene: Scene) -> Scene:
        """Fill `detections` where the detector looked."""
        self._tracker.passes_per_scan = self._closer.passes_per_scan if self.always and not self._thorough else 1
        if self.always:
            self._owes_look, self._found = False, None
            look = self._closer.detect_all if self._thorough else self._closer.detect
            return replace(scene, detections=look(scene.frame.pixels))
        self._closer.begin_anew()
        self.catch_up()
        found, self._found = self._found, None
        if not self._tracker.wants_look(scene.frame.taken_at):
            return scene
        if not (self._live and self._tracker.is_calm):
            return replace(scene, detections=self._detector.detect(scene.frame.pixels))
        if found is None:
            self._put_off(scene.frame.pixels)
            return scene
        return replace(scene, detections=found)

    def catch_up(self) -> None:
        """Make the look that was put off; does nothing where none was."""
        if self._owes_look and self._kept is not None:
            self._owes_look = False
            self._found = self._detector.detect(self._kept)

    def _put_off(self, pixels: ByteArray) -> None:
        if self._kept is None or self._kept.shape != pixels.shape:
            self._kept = np.empty_like(pixels)
        np.copyto(self._kept, pixels)
        self._owes_look = True


class Track:
    """Gives the faces with their smoothed points."""

    name = "points"

    def __init__(self, tracker: FaceTracker) -> None:
        self._tracker = tracker

    def __call__(self, scene: Scene) -> Scene:
        """Fill `faces`."""
        return replace(scene, faces=self._tracker.step(scene.frame, scene.detections))


class FitPose:
    """Gives every face its pose."""

    name = "pose"

    def __call__(self, scene: Scene) -> Scene:
        """Fill `pose` of every face."""
        faces = tuple(replace(face, pose=fit_pose(face.keypoints.points)) for face in scene.faces)
        return replace(scene, faces=faces)


class Watch:
    """Tells which triggers are on.

    While no filter waits for one, it only looks now and then, so that each face's rest is
    known when a filter does.
    """

    name = "trigger"

    def __init__(self, watch: Triggers) -> None:
        self._watch = watch
        self._looked_at: float | None = None
        self.always = False

    def __call__(self, scene: Scene) -> Scene:
        """Fill `active` of every face, where it looks."""
        taken_at = scene.frame.taken_at
        rested = None if self._looked_at is None else taken_at - self._looked_at
        if not self.always and rested is not None and 0 <= rested < _IDLE_LOOK_SECONDS:
            return scene
        self._looked_at = taken_at
        return replace(scene, faces=self._watch.watch(scene.faces, taken_at))


class Draw:
    """Paints the chosen filters into the frame."""

    name = "draw"

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self.filters: tuple[Filter, ...] = ()
        self.intensity = 1.0
        self.outfits: tuple[FaceOverride, ...] = ()

    def __call__(self, scene: Scene) -> Scene:
        """Paint; the frame that comes back is read-only."""
        return self._painter.paint(scene, self.filters, self.intensity, self.outfits)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is worn, swapped whole; whether anything in it hides faces, or waits for a trigger."""

    filters: tuple[Filter, ...] = ()
    intensity: float = 1.0
    outfits: tuple[FaceOverride, ...] = ()
    hides: bool = False
    waits: bool = False


class Line:
    """Runs the stages one after the other and takes their time.

    Called on one thread, but for `choose`, which any thread may call.
    """

    def __init__(self, find: Find, between: Sequence[Stage], watch: Watch, draw: Draw) -> None:
        """Join the stages; with no filter chosen, the image stays as it is."""
        self._find = find
        self._watch = watch
        self._draw = draw
        self._seeing: tuple[Stage, ...] = (find, *between, watch)
        self._choice = _Choice()

    def choose(
        self, filters: tuple[Filter, ...], intensity: float = 1.0, outfits: tuple[FaceOverride, ...] = ()
    ) -> None:
        """Swap the filters, from the next frame on.

        Args:
            filters: painted in this order; empty = none.
            intensity: 0 to 1.
            outfits: of the faces that wear something else than `filters`, by Face.identity.

        Raises:
            ValueError: the intensity is out of range.
        """
        if not 0 <= intensity <= 1:
            raise ValueError(f"intensity must lie between 0 and 1, got {intensity}")
        everything = all_filters(filters, outfits)
        self._choice = _Choice(filters, intensity, outfits, uses_privacy(everything), uses_triggers(everything))

    def __call__(self, frame: Frame) -> Scene:
        """Take one frame down the line; `times` has one entry for each stage."""
        choice = self._choice
        return self._paint(self._see(frame, choice), choice)

    def catch_up(self) -> None:
        """Do what a live line has put off, in the pause before the next frame."""
        self._find.catch_up()

    @property
    def hides(self) -> bool:
        """Whether anything that is worn hides faces."""
        return self._choice.hides

    def see(self, frame: Frame) -> Scene:
        """Take one frame through all stages but the last: nothing is painted yet."""
        return self._see(frame, self._choice)

    def paint(self, scene: Scene) -> Scene:
        """Paint into a scene that was seen; scenes must come in the order of their frames."""
        return self._paint(scene, self._choice)

    def _see(self, frame: Frame, choice: _Choice) -> Scene:
        # A face that nobody has found yet cannot be covered: look at every frame.
        self._find.always = choice.hides
        self._watch.always = choice.waits
        scene = Scene(frame)
        for stage in self._seeing:
            scene = _timed(stage, scene)
        return scene

    def _paint(self, scene: Scene, choice: _Choice) -> Scene:
        self._draw.filters, self._draw.intensity, self._draw.outfits = choice.filters, choice.intensity, choice.outfits
        return _timed(self._draw, scene)


def _timed(stage: Stage, scene: Scene) -> Scene:
    """Return the scene after a stage, with the time that it took."""
    start = time.perf_counter()
    after = stage(scene)
    return replace(after, times=(*scene.times, StageTime(stage.name, 1000 * (time.perf_counter() - start))))
