"""Holds the stages that a frame runs through, each (Scene, FramePlan) -> Scene."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np

from masquerade.filters.render import Painter
from masquerade.filters.triggers.triggers import Triggers
from masquerade.geometry.pose import fit_pose
from masquerade.pipeline.plan import FramePlan
from masquerade.values import ByteArray, Detection, Face, Scene
from masquerade.vision.detector import Detector
from masquerade.vision.search.tiled import TiledDetector
from masquerade.vision.tracker import FaceTracker

_IDLE_WATCH_SECONDS = 0.1
# Half of the time between two frames at 30 a second.
_SLOW_SEGMENT_SECONDS = 0.016
# Heads are measured so often at first, and then so often: they stay as large as they are.
_MEASURE_SECONDS, _MEASURE_AGAIN_SECONDS, _FIRST_MEASUREMENTS = 0.25, 2.0, 8


class Stage(Protocol):
    """One step of the line.

    A stage may remember earlier frames; what it does with this one depends on the scene and
    the plan alone.
    """

    name: str

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        """Return a richer scene."""


class Find:
    """Run the detector, the most expensive stage, only if the tracker needs it.

    While faces are hidden the detector looks at every frame, and at parts of it, so that small
    faces are not missed; a `thorough` stage then looks for even smaller ones. A `live` stage
    puts off the search for newcomers until the frame is on its way to the screen (`catch_up`)
    and reports it with the next frame, so that no frame waits for it.
    """

    name = "find"

    def __init__(
        self,
        detector: Detector,
        tracker: FaceTracker,
        thorough: bool = False,
        live: bool = False,
        weak_detector: Detector | None = None,
    ) -> None:
        self._detector = detector
        self._tiled = TiledDetector(detector, tracker.verify, thorough, weak_detector)
        self._tracker = tracker
        self._live = live
        # The frame whose search was put off, as it was before anything was painted; one buffer for all.
        self._kept: ByteArray | None = None
        self._owes_search = False
        self._found: tuple[Detection, ...] | None = None

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        """Fill `detections` where the detector looked."""
        if plan.hides_faces:
            return self._search_closely(scene)
        self._tiled.start_over()
        self.catch_up()
        found, self._found = self._found, None
        if not self._tracker.wants_look(scene.frame):
            return scene
        if not (self._live and self._tracker.is_calm):
            return replace(scene, detections=self._detector.detect(scene.frame.pixels))
        if found is None:
            self._put_off(scene.frame.pixels)
            return scene
        return replace(scene, detections=found)

    def catch_up(self) -> None:
        """Run the postponed search, if there is one."""
        if self._owes_search and self._kept is not None:
            self._owes_search = False
            self._found = self._detector.detect(self._kept)

    def _search_closely(self, scene: Scene) -> Scene:
        self._owes_search, self._found = False, None
        detections = self._tiled.detect(scene.frame.pixels)
        return replace(scene, detections=detections, frames_per_scan=self._tiled.passes_per_scan)

    def _put_off(self, pixels: ByteArray) -> None:
        if self._kept is None or self._kept.shape != pixels.shape:
            self._kept = np.empty_like(pixels)
        np.copyto(self._kept, pixels)
        self._owes_search = True


class Track:
    """Follow the faces and smooth their landmarks."""

    name = "points"

    def __init__(self, tracker: FaceTracker, raw: bool = False) -> None:
        """Follow by `tracker`; `raw` gives the landmarks as they were found in each frame, not smoothed."""
        self._tracker = tracker
        self._raw = raw

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        """Fill `faces`."""
        faces = self._tracker.step(
            scene.frame, scene.detections, scene.frames_per_scan, ends_doubtful=plan.hides_by_identity
        )
        return replace(scene, faces=tuple(map(_unsmoothed, faces)) if self._raw else faces)


def _unsmoothed(face: Face) -> Face:
    """Return a face with its raw landmarks, which are not smoothed later."""
    return face if face.measured is None else replace(face, keypoints=face.measured, followed_since=None)


class FitPose:
    """Find how every head is turned."""

    name = "pose"

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        """Fill `pose` of every face."""
        faces = tuple(replace(face, pose=fit_pose(face.keypoints.points)) for face in scene.faces)
        return replace(scene, faces=faces)


class Watch:
    """Find which triggers are on.

    While no filter waits for one, it only looks now and then, so that each face's expression
    at rest is known when a filter does.
    """

    name = "trigger"

    def __init__(self, watch: Triggers) -> None:
        self._watch = watch
        self._watched_at: float | None = None

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        """Fill `active` of every face, if any trigger is needed."""
        taken_at = scene.frame.taken_at
        passed = None if self._watched_at is None else taken_at - self._watched_at
        if not plan.waits_for_triggers and passed is not None and 0 <= passed < _IDLE_WATCH_SECONDS:
            return scene
        self._watched_at = taken_at
        return replace(scene, faces=self._watch.watch(scene.faces, taken_at))


class Segmenter(Protocol):
    """Separates people from the background in one stream."""

    def segment(self, pixels: ByteArray) -> ByteArray:
        """Return (h, w) uint8, 255 where there is a person."""


class Segment:
    """Compute the person mask, if a filter needs it.

    A network that is too slow for the frame rate is asked at every second frame only: the
    preview never waits for it. Where only heads are measured, it is asked now and then, and
    `person` stays None in between.
    """

    name = "person"

    def __init__(self, load: Callable[[], Segmenter], clock: Callable[[], float] = time.perf_counter) -> None:
        """Store the factory of the segmenter, which is loaded when first needed.

        Args:
            load: makes the segmenter.
            clock: seconds, to see how long it takes.
        """
        self._load = load
        self._clock = clock
        self._segmenter: Segmenter | None = None
        self._last: ByteArray | None = None
        self._seconds = 0.0
        self._measured_at: float | None = None
        self._measurements = 0
        self._measured: frozenset[int] = frozenset()

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        """Fill `person`."""
        if not (plan.needs_person or plan.measures_heads):
            self._segmenter = self._last = self._measured_at = None
            return scene
        if not plan.needs_person and not self._measures_now(scene):
            return scene
        last, self._last = self._last, None
        if last is not None and self._seconds > _SLOW_SEGMENT_SECONDS:
            return replace(scene, person=last)
        start = self._clock()
        self._segmenter = self._segmenter or self._load()
        self._last = self._segmenter.segment(scene.frame.pixels)
        self._seconds = self._clock() - start
        return replace(scene, person=self._last)

    def _measures_now(self, scene: Scene) -> bool:
        """Return whether to measure heads in this frame; new faces are measured more often."""
        here = frozenset(face.identity for face in scene.faces)
        if here - self._measured:
            self._measurements, self._measured_at = 0, None
        self._measured = here
        wait = _MEASURE_SECONDS if self._measurements < _FIRST_MEASUREMENTS else _MEASURE_AGAIN_SECONDS
        taken_at = scene.frame.taken_at
        passed = wait if self._measured_at is None else taken_at - self._measured_at
        if not here or 0 <= passed < wait:
            return False
        self._measured_at = taken_at
        self._measurements += 1
        # What was found some time ago is no mask of this frame.
        self._last = None
        return True


class Draw:
    """Paint the plan's filters into the frame."""

    name = "draw"

    def __init__(self, painter: Painter) -> None:
        self._painter = painter

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        """Paint; the frame of the scene that is returned is read-only."""
        return self._painter.paint(scene, plan.filters, plan.intensity, plan.overrides, plan.intensities)
