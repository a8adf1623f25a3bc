"""Lets a real person walk past another one, near the camera: the head of one clip moves across another clip."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from masquerade.compose import build_line
from masquerade.filters.compositing.outline import HEAD, outline_of, outside_mask
from masquerade.pipeline.sources.videos.video_file import VideoFile
from masquerade.values import ByteArray, Face, FloatArray, Frame

SIZE_WH = (1280, 720)
STEP = 1 / 30


@dataclass(frozen=True)
class Walk:
    """How the walker goes: the eyes' middle from one place to the other, evenly; pixels and seconds."""

    begin_xy: tuple[float, float]
    end_xy: tuple[float, float]
    seconds: float
    eye_distance: float

    def at(self, time: float) -> FloatArray:
        """Where the eyes' middle is, (2,)."""
        share = min(max(time / self.seconds, 0.0), 1.0)
        return np.asarray((1 - share) * np.array(self.begin_xy) + share * np.array(self.end_xy), np.float32)


def heads(path: Path) -> Iterator[tuple[ByteArray, Face]]:
    """Each image of a clip with its one face; images without are passed over."""
    line = build_line()
    with VideoFile(path) as clip:
        while (frame := clip.read()) is not None:
            faces = [face for face in line(frame).faces if not face.held]
            if faces:
                yield frame.pixels, faces[0]


def crossing(behind: Path, before: Path, walk: Walk) -> Iterator[tuple[Frame, FloatArray]]:
    """Frames in which the head of `before` passes the person of `behind`, and where its eyes' middle is, (2,)."""
    with VideoFile(behind) as stage:
        for index, (image, face) in enumerate(heads(before)):
            frame = stage.read()
            if frame is None or index * STEP > walk.seconds:
                return
            pixels = cv2.resize(frame.pixels, SIZE_WH)
            place = walk.at(index * STEP)
            _put(pixels, image, face, place, walk.eye_distance)
            yield Frame(pixels, index, index * STEP), place


def _put(pixels: ByteArray, image: ByteArray, face: Face, place: FloatArray, eye_distance: float) -> None:
    """Lays the head on the frame, in place, its edge soft."""
    assert face.pose is not None
    eyes = face.keypoints.points[:2]
    scale = eye_distance / face.pose.scale
    matrix = np.column_stack([scale * np.eye(2), place - scale * eyes.mean(axis=0)]).astype(np.float32)
    outside = outside_mask(outline_of(HEAD, face.pose).grown(1.1), 0, 0, (image.shape[1], image.shape[0]))
    inside = cv2.GaussianBlur(255 - outside, (0, 0), 0.06 * face.pose.scale).astype(np.float32) / 255
    shares = cv2.warpAffine(inside, matrix, SIZE_WH)[..., np.newaxis]
    head = cv2.warpAffine(image, matrix, SIZE_WH, flags=cv2.INTER_CUBIC)
    pixels[:] = np.round(shares * head + (1 - shares) * pixels)
