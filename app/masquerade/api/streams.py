"""Follows faces through videos, cameras and a caller's own loop: FaceStream, track."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from masquerade.api.filters import FilterLike, load_filters
from masquerade.api.images import Colour, Image, as_pixels, from_pixels
from masquerade.api.models import LandmarkModel
from masquerade.compose import build_line
from masquerade.pipeline.sources.opening import open_source
from masquerade.pipeline.sources.source import Source
from masquerade.values import ByteArray, Face, Frame, Scene


@dataclass(frozen=True, slots=True, eq=False)
class FaceFrame:
    """One frame of a stream.

    Attributes:
        image: (H, W, 3) uint8 with the filters drawn, in the stream's order of channels.
        faces: in the order of their identity. A face that is lost for a moment stays where it
            was last, with `held` True.
        index: number of the frame, from 0.
        time: seconds; the position in a file, else on the clock of `time.monotonic`.
    """

    image: ByteArray
    faces: tuple[Face, ...]
    index: int
    time: float


class FaceStream:
    """Follows the faces of one stream of frames, and draws filters on them.

    Faces keep their identity and are smoothed over time, so a stream takes the frames of one
    camera or video, in their order. Used on one thread; other threads have streams of their own.
    """

    def __init__(
        self,
        filters: FilterLike | Iterable[FilterLike] = (),
        *,
        intensity: float = 1.0,
        colour: Colour = "bgr",
        model: str | Path | LandmarkModel = "",
        detector: str = "blazeface",
    ) -> None:
        """Load the networks and the filters.

        Args:
            filters: one or several, drawn in this order: names, paths, or what `load_filter` returned.
            intensity: 0 to 1; filters that hide faces are always drawn whole.
            colour: order of the channels of the images, in and out: "bgr" or "rgb".
            model: finds the landmarks: as in `load_model`, or what that returned.
            detector: "blazeface", or "mediapipe" where that is installed.

        Raises:
            FilterError: a filter is unknown or invalid.
            ModelError: a model is missing or damaged.
            ValueError: the intensity is not within 0 and 1.
        """
        self._colour: Colour = colour
        self._line = build_line(detector, model if isinstance(model, LandmarkModel) else str(model))
        self._count = 0
        self.choose(filters, intensity)

    def choose(self, filters: FilterLike | Iterable[FilterLike], intensity: float = 1.0) -> None:
        """Draw other filters from the next frame on; may be called on any thread.

        Raises:
            FilterError: a filter is unknown or invalid; the ones before stay.
            ValueError: the intensity is not within 0 and 1.
        """
        self._line.choose(load_filters(filters), intensity)

    def process(self, image: Image, time_seconds: float | None = None) -> FaceFrame:
        """Find and follow the faces of the next frame and draw the filters.

        Args:
            image: an array (H, W), (H, W, 3) or (H, W, 4) uint8, or a path. It is not changed.
            time_seconds: when it was taken; None = now. Give the position in the file where
                frames come faster or slower than they were taken: smoothing depends on it.

        Raises:
            TypeError: the array is not of uint8.
            ValueError: the array has another shape.
            SourceError: the file is missing or not an image.
        """
        taken_at = time.monotonic() if time_seconds is None else time_seconds
        frame = Frame(as_pixels(image, self._colour), self._count, taken_at)
        self._count += 1
        return self._result(self._line(frame))

    def _scenes(self, source: Source) -> Iterator[Scene]:
        frames = iter(source.read, None)
        return map(self._line, frames) if source.live else map(self._line.paint, self._line.see_file(frames))

    def _result(self, scene: Scene) -> FaceFrame:
        frame = scene.frame
        return FaceFrame(from_pixels(frame.pixels, self._colour), scene.faces, frame.index, frame.taken_at)


def track(
    source: str | Path,
    filters: FilterLike | Iterable[FilterLike] = (),
    *,
    intensity: float = 1.0,
    colour: Colour = "bgr",
    model: str | Path | LandmarkModel = "",
    detector: str = "blazeface",
) -> Iterator[FaceFrame]:
    """Follow the faces of a video or a camera, frame by frame.

    Every frame of a file is given, as fast as it is processed; its landmarks are smoothed by the frames
    before and after, so that they do not lag. A camera gives the newest frame;
    it is released when the loop ends or the iterator is closed.

    Args:
        source: a video, an image, a folder of images, "camera:0", "camera:NAME" or "demo".
        filters: drawn into the images, as in `FaceStream`.
        intensity: 0 to 1; filters that hide faces are always drawn whole.
        colour: order of the channels of the images that are returned.
        model: finds the landmarks: as in `load_model`, or what that returned.
        detector: "blazeface", or "mediapipe" where that is installed.

    Raises:
        SourceError: the source is missing, damaged or in use; also while it is read.
        FilterError: a filter is unknown or invalid.
        ModelError: a model is missing or damaged.
        ValueError: the intensity is not within 0 and 1.
    """
    stream = FaceStream(filters, intensity=intensity, colour=colour, model=model, detector=detector)
    opened = open_source(str(source))

    def frames() -> Iterator[FaceFrame]:
        with opened:
            yield from map(stream._result, stream._scenes(opened))

    return frames()
