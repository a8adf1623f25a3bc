"""Follows every face from frame to frame, keeps its identity, and decides when to run the detector."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from masquerade.geometry.smoothing import SmoothingSettings
from masquerade.values import ByteArray, Detection, Face, FloatArray, Frame, Keypoints
from masquerade.vision.appearance import appearance_of, blend_appearance, cosine_similarity
from masquerade.vision.crop import crop_side
from masquerade.vision.doubts import IdentityDoubts
from masquerade.vision.landmarker import LandmarkFinder
from masquerade.vision.search.changes import ChangeMap
from masquerade.vision.search.tiled import is_at_border
from masquerade.vision.track import SMALLEST_FACE_PIXELS, Track, spread_of

_SMOOTHING = SmoothingSettings()


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """The limits of a tracker; times in seconds, distances as shares of the crop's side.

    Attributes:
        lost_score: below it a face is lost.
        odd_score: below it a detection is no face; from here to `lost_score` it is looked at once more at the border.
        sure_score: below it the detector is asked to look at the next frame.
        look_every: how often the detector looks for newcomers while all is well.
        look_every_lost: the same while a face is lost.
        coast_seconds: how long a lost face is still reported, at its last place, while the image there is unchanged.
        max_age_seconds: how long a lost face may come back under its identity.
        same_place: two finds nearer than this are one face.
        match_radius: a detection within this of a track confirms it.
        gate_radius: a lost face may have moved by this much, and as much again each second.
        unconfirmed_looks: so many looks in a row without a find end a track.
        agreement: two looks at a newcomer that differ by more are no face.
        same_person: least cosine similarity of a followed face with how it has looked.
        same_after_jump: the same where the image under it changes from one frame to the next.
        same_after_loss: the same for a face that comes back after it was lost ...
        same_after_cut: ... and after a cut, where everything else has changed as well.
    """

    lost_score: float = 0.35
    odd_score: float = 0.1
    sure_score: float = 0.7
    look_every: float = 0.5
    look_every_lost: float = 0.05
    coast_seconds: float = 0.35
    max_age_seconds: float = 3.0
    same_place: float = 0.13
    match_radius: float = 0.22
    gate_radius: float = 1.0
    unconfirmed_looks: int = 4
    agreement: float = 0.12
    same_person: float = 0.4
    same_after_jump: float = 0.65
    same_after_loss: float = 0.5
    same_after_cut: float = 0.75
    smoothing: SmoothingSettings = _SMOOTHING


def _face_of(track: Track) -> Face:
    if track.lost_since is not None:
        return Face(track.identity, track.keypoints, held=True)
    return Face(track.identity, track.keypoints, measured=track.measured, followed_since=track.followed_since)


class FaceTracker:
    """Follows faces; called on one thread, with frames in the order of their time."""

    def __init__(
        self,
        finder: LandmarkFinder,
        settings: TrackerSettings | None = None,
        identities: Iterator[int] | None = None,
    ) -> None:
        """Start with no face known.

        Args:
            finder: finds the landmarks.
            settings: None takes the defaults.
            identities: gives every new face its identity; None counts from 1. Trackers that share one
                never give two faces the same.
        """
        self._finder = finder
        self._settings = settings or TrackerSettings()
        self._tracks: list[Track] = []
        self._identities = itertools.count(1) if identities is None else identities
        self._last_look: float | None = None
        self._doubtful = False
        self._changes = ChangeMap()
        self._doubts = IdentityDoubts()
        self._noticed: tuple[int, float] | None = None

    def wants_look(self, frame: Frame) -> bool:
        """Return whether the detector should run on the next frame."""
        time = frame.taken_at
        self._notice_cut(frame)
        if self._last_look is None or self._doubtful or not self._followed():
            return True
        lost = any(track.lost_since is not None for track in self._tracks)
        every = self._settings.look_every_lost if lost else self._settings.look_every
        return not 0 <= time - self._last_look < every

    @property
    def is_calm(self) -> bool:
        """Whether all known faces are tracked reliably, so that the search for new ones may be a frame late."""
        followed = self._followed()
        return bool(followed) and len(followed) == len(self._tracks) and not self._doubtful

    def verify(self, pixels: ByteArray, anchors: FloatArray) -> bool:
        """Return whether there is a face at `anchors` (3, 2), pixels, confirmed by two passes."""
        return self._look_twice(pixels, anchors) is not None

    def locate(self, pixels: ByteArray, anchors: FloatArray) -> FloatArray | None:
        """Return eyes and mouth (3, 2) of the face near `anchors`, without tracking it; None where there is none."""
        if not spread_of(anchors) >= SMALLEST_FACE_PIXELS:
            return None
        found = self._finder.find(pixels, anchors)
        return found.anchors if self._is_face(found) else None

    def step(
        self,
        frame: Frame,
        detections: Sequence[Detection] | None,
        frames_per_scan: int = 1,
        *,
        ends_doubtful: bool = False,
    ) -> tuple[Face, ...]:
        """Process the next frame and return its faces, sorted by identity.

        Args:
            frame: its `taken_at` is the clock of everything here.
            detections: what the detector sees in this frame; None = it did not look.
            frames_per_scan: the detector looks at the image part by part, and has seen all of it after so many frames.
            ends_doubtful: a face that may be somebody else gets a new identity, as it must if who is hidden
                depends on who it is; otherwise it keeps that of the face that it most probably is.
        """
        time = frame.taken_at
        self._notice_cut(frame)
        self._follow_all(frame.pixels, detections or (), time)
        self._resolve_duplicates(frame.pixels, time)
        if detections is not None:
            self._last_look = time
            self._confirm(detections, time, frames_per_scan)
            self._start_tracks(frame.pixels, detections, time)
        self._check_identities(frame.pixels, time, was_looked=detections is not None)
        self._forget(time)
        if ends_doubtful:
            self._end_doubtful(frame.pixels, time)
        else:
            self._doubts.forget()
        self._doubtful = any(track.score < self._settings.sure_score for track in self._followed())
        return self._visible_faces(frame.pixels, time)

    def _followed(self) -> list[Track]:
        return [track for track in self._tracks if track.lost_since is None]

    def _notice_cut(self, frame: Frame) -> None:
        """Lose all faces if the frame begins a new scene; each frame is checked once."""
        key = (frame.index, frame.taken_at)
        if key == self._noticed:
            return
        self._noticed = key
        if self._changes.see(frame.pixels):
            self._doubts.cut(frame.taken_at)
            for track in self._tracks:
                track.lose(frame.taken_at, is_cut=True)

    def _follow_all(self, pixels: ByteArray, detections: Sequence[Detection], time: float) -> None:
        tracks = self._followed()
        everyone = self._finder.detect_batch(pixels, [track.crop_anchors(time) for track in tracks])
        for track, found in zip(tracks, everyone, strict=True):
            sure = found.score >= self._settings.sure_score
            best = found if sure else self._second_try(pixels, track, detections, found)
            if self._is_face(best):
                track.follow(best, time)
            else:
                track.has_jumped = self._changes.has_jumped(track.box)
                track.lose(time)

    def _second_try(
        self, pixels: ByteArray, track: Track, detections: Sequence[Detection], found: Keypoints
    ) -> Keypoints:
        """Try again from where the detector sees the face, if it does."""
        near = [d for d in detections if track.distance_to(d.anchors) < 2 * self._settings.match_radius]
        if not near:
            return found
        nearest = min(near, key=lambda detection: track.distance_to(detection.anchors))
        again = self._finder.find(pixels, nearest.anchors)
        return again if again.score > found.score else found

    def _resolve_duplicates(self, pixels: ByteArray, time: float) -> None:
        """Lose one of two tracks on the same face: the one whose appearance does not match."""
        followed = self._followed()
        for index, track in enumerate(followed):
            for other in followed[index + 1 :]:
                if track.lost_since is None and other.lost_since is None:
                    self._part(track, other, pixels, time)

    def _part(self, track: Track, other: Track, pixels: ByteArray, time: float) -> None:
        if track.gap_to(other) >= self._settings.same_place:
            return
        seen = appearance_of(pixels, track.anchors)
        stranger = min((other, track), key=lambda each: cosine_similarity(each.appearance, seen))
        stranger.lose(time)

    def _confirm(self, detections: Sequence[Detection], time: float, frames_per_scan: int) -> None:
        for track in self._followed():
            confirmed = any(track.distance_to(d.anchors) < self._settings.match_radius for d in detections)
            track.unconfirmed = 0 if confirmed else track.unconfirmed + 1
            if track.unconfirmed >= self._settings.unconfirmed_looks * frames_per_scan:
                track.lose(time)

    def _start_tracks(self, pixels: ByteArray, detections: Sequence[Detection], time: float) -> None:
        """Start tracks for untracked detections, known faces first."""
        for detection in detections:
            if any(track.distance_to(detection.anchors) < self._settings.match_radius for track in self._followed()):
                continue
            found = self._look_twice(pixels, detection.anchors)
            if found is not None and not self._is_followed(found):
                self._reidentify(found, appearance_of(pixels, found.anchors), time)

    def _look_twice(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints | None:
        """Return the landmarks of a new face; None if two passes disagree, as on hair or plants."""
        if not spread_of(anchors) >= 1:
            return None
        first = self._finder.find(pixels, anchors)
        if self._settings.odd_score <= first.score < self._settings.lost_score and is_at_border(anchors, pixels):
            # The detector marks half a face badly: it is looked for from where the landmarks are.
            first = self._finder.find(pixels, first.anchors)
        if not self._is_face(first):
            return None
        second = self._finder.find(pixels, first.anchors)
        apart = float(np.abs(second.anchors - first.anchors).max())
        agree = self._is_face(second) and apart < self._settings.agreement * crop_side(second.anchors)
        return second if agree else None

    def _is_face(self, found: Keypoints) -> bool:
        return found.score >= self._settings.lost_score and spread_of(found.anchors) >= SMALLEST_FACE_PIXELS

    def _is_followed(self, found: Keypoints) -> bool:
        return any(track.distance_to(found.anchors) < self._settings.same_place for track in self._followed())

    def _reidentify(self, found: Keypoints, appearance: FloatArray, time: float) -> None:
        """Give a found face its old identity, or a new one if it matches no lost face."""
        known = [track for track in self._tracks if self._within_gate(track, found, time)]
        best = max(known, key=lambda track: cosine_similarity(track.appearance, appearance), default=None)
        if best is not None and cosine_similarity(best.appearance, appearance) >= self._least_similarity(best, found):
            best.follow(found, time)
            return
        self._start_track(found, appearance, time)

    def _start_track(self, found: Keypoints, appearance: FloatArray, time: float) -> None:
        track = Track(next(self._identities), found, appearance, self._settings.smoothing)
        track.follow(found, time)
        self._tracks.append(track)

    def _least_similarity(self, track: Track, found: Keypoints) -> float:
        if track.is_cut:
            return self._settings.same_after_cut
        if track.has_jumped:
            return self._settings.same_after_jump
        # Who comes out from behind another is still half hidden.
        is_alone = all(other.distance_to(found.anchors) > 1 for other in self._followed())
        return self._settings.same_after_loss if is_alone else 0.0

    def _within_gate(self, track: Track, found: Keypoints, time: float) -> bool:
        """Return whether a lost track could have moved as far as these landmarks; a cut moves everyone."""
        if track.lost_since is None:
            return False
        radius = self._settings.gate_radius * (1 + time - track.lost_since)
        return track.is_cut or track.distance_to(found.anchors) < radius

    def _check_identities(self, pixels: ByteArray, time: float, was_looked: bool) -> None:
        """Update the appearances; a face that looks like another person gets a new identity.

        At each look, and at once where the image under a face changes from one frame to the next:
        there a person of whom much the same is seen has to look much the same.
        """
        followed = self._followed()
        for track in followed:
            has_jumped = self._changes.has_jumped(track.box)
            alone = all(other is track or track.gap_to(other) > 1 for other in followed)
            if not (was_looked or has_jumped) or not alone or track.score < self._settings.sure_score:
                continue
            least = self._settings.same_after_jump if has_jumped else self._settings.same_person
            seen = appearance_of(pixels, track.anchors)
            if cosine_similarity(track.appearance, seen) >= least:
                track.appearance = blend_appearance(track.appearance, seen, 0.2)
            else:
                found = track.measured
                track.lose(time, is_cut=True)
                self._start_track(found, seen, time)

    def _end_doubtful(self, pixels: ByteArray, time: float) -> None:
        for track in self._doubts.find(self._tracks, pixels, time):
            old, track.identity = track.identity, next(self._identities)
            self._doubts.rename(old, track.identity)
        self._tracks.sort(key=lambda track: track.identity)

    def _forget(self, time: float) -> None:
        self._tracks = [
            track
            for track in self._tracks
            if track.lost_since is None or 0 <= time - track.lost_since <= self._settings.max_age_seconds
        ]

    def _visible_faces(self, pixels: ByteArray, time: float) -> tuple[Face, ...]:
        return tuple(
            _face_of(track) for track in self._tracks if track.lost_since is None or self._coasts(track, pixels, time)
        )

    def _coasts(self, track: Track, pixels: ByteArray, time: float) -> bool:
        """Return whether a lost face is still reported: only briefly, and not after a change of the image."""
        if track.is_cut or track.lost_since is None or time - track.lost_since > self._settings.coast_seconds:
            return False
        if cosine_similarity(track.appearance, appearance_of(pixels, track.anchors)) < self._settings.same_after_loss:
            track.is_ghost = True
        return not track.is_ghost
