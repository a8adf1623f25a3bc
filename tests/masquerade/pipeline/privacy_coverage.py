"""Measures how many faces of a clip a privacy filter leaves bare.

Run `python -m tests.masquerade.pipeline.privacy_coverage CLIP`.

The reference looks harder than any line does: the detector at every frame, whole and in
2 x 2 to 7 x 7 parts, down to a score of 0.5; a find counts as a face when the landmarker
is surer than not. The line's scenes are then painted on noise instead of the image, and
a face is bare when any of that noise is left at its points.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from masquerade.compose import build_line, find_filters
from masquerade.filters.format.manifest import Filter
from masquerade.filters.render import Painter
from masquerade.pipeline.sources.videos.video_file import VideoFile
from masquerade.resources import bundled
from masquerade.values import ByteArray, FloatArray, Frame, Scene
from masquerade.vision.card import read_card
from masquerade.vision.detector import BlazeFace
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.models import find_landmarker
from masquerade.vision.search.downscaled import add_new, detect_in, split_image

FILTERS = ("blur", "pixelate", "emoji-head")
_PARTS_A_SIDE = (1, 2, 3, 4, 5, 7)
_SURE = 0.5
# Of a face 10 pixels wide, nothing but eyes, nose and mouth themselves.
_ROUND_A_POINT = 1
_GREY = 128

Sight = Callable[[Iterable[Frame]], Iterable[Scene]]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One face in one frame.

    Attributes:
        index: of the frame.
        points: (15, 2), pixels of the frame.
        score: the detector's.
        bare: the filters that do not hide it.
    """

    index: int
    points: FloatArray
    score: float
    bare: tuple[str, ...] = ()

    @property
    def side_pixels(self) -> float:
        """From eye to eye, or from the eyes to the mouth where that is longer, as it is from the side."""
        eyes, mouth = self.points[:2], self.points[11:15].mean(axis=0)
        return float(max(np.hypot(*(eyes[0] - eyes[1])), np.hypot(*(eyes.mean(axis=0) - mouth))))

    def __str__(self) -> str:
        x, y = self.points.mean(axis=0)
        where = f"frame {self.index:4d}  at ({x:4.0f}, {y:4.0f})  {self.side_pixels:3.0f} px"
        return f"{where}  score {self.score:.2f}  bare: {', '.join(self.bare) or 'no'}"


class Reference:
    """Finds the faces of a frame by looking as hard as the networks allow; on one thread."""

    def __init__(self) -> None:
        self._detector = BlazeFace(read_card(bundled("model") / "blazeface_full_range"))
        self._finder = Landmarker(find_landmarker(""))

    def find(self, frame: Frame) -> list[View]:
        """Returns the faces, none of them marked as bare."""
        pixels = frame.pixels
        found = []
        for count in _PARTS_A_SIDE:
            for part in split_image(pixels.shape[1], pixels.shape[0], count):
                add_new(found, detect_in(self._detector, pixels, part))
        wide = [each for each in found if np.ptp(each.anchors, axis=0).max() >= 1]
        seen = [(each.score, self._finder.find(pixels, each.anchors)) for each in wide]
        return [View(frame.index, each.points, score) for score, each in seen if each.score >= _SURE]


def ignore_rest(pixels: ByteArray) -> None:
    """Looks at nothing."""


def measure(
    clip: Iterable[tuple[Frame, Sequence[View]]],
    sight: Sight,
    filters: tuple[Filter, ...],
    on_rest: Callable[[ByteArray], None] = ignore_rest,
) -> list[View]:
    """Returns the views again, each with the filters that leave it bare.

    Args:
        clip: the frames in order, and the faces that can be seen in each.
        sight: gives a scene for each frame, in which faces and detections are reported.
        filters: each is tried alone.
        on_rest: gets each frame with nothing but what a filter leaves of it; all else is grey.
    """
    waiting: dict[int, Sequence[View]] = {}

    def shown() -> Iterator[Frame]:
        for frame, views in clip:
            waiting[frame.index] = views
            yield frame

    painters = [(chosen, Painter()) for chosen in filters]
    judged: list[View] = []
    for scene in sight(shown()):
        bare = {chosen.manifest.folder.name: _paint_noise(painter, scene, chosen) for chosen, painter in painters}
        for untouched in bare.values():
            on_rest(np.where(untouched[..., None] == 1, scene.frame.pixels, np.uint8(_GREY)))
        for view in waiting.pop(scene.frame.index):
            left = tuple(name for name, pixels in bare.items() if _is_bare(pixels, view))
            judged.append(replace(view, bare=left))
    return judged


def live(filters: tuple[Filter, ...]) -> Sight:
    """Returns the line of the window."""
    line = build_line()
    line.choose(filters)
    return lambda frames: map(line.see, frames)


def rendered(filters: tuple[Filter, ...]) -> Sight:
    """Returns the line of `masquerade render`."""
    line = build_line(thorough=True)
    line.choose(filters)
    return line.see_file


def _paint_noise(painter: Painter, scene: Scene, chosen: Filter) -> ByteArray:
    """Where the filter left an image of noise alone, with the scene's faces in it: (H, W), 1 or 0."""
    width, height = scene.frame.size_wh
    # Of two shades that no art consists of.
    noise = np.random.default_rng(0).integers(0, 2, (height, width, 1), np.uint8) * 164 + 37
    pixels = np.repeat(noise, 4, axis=2)
    pixels[..., 3] = 255
    painter.paint(replace(scene, frame=replace(scene.frame, pixels=pixels)), (chosen,))
    return (pixels[..., 0] == noise[..., 0]).astype(np.uint8)


def _is_bare(untouched: ByteArray, view: View) -> bool:
    """Whether half of the pixels round any point are as they were."""
    height, width = untouched.shape
    for x, y in view.points.round().astype(int):
        if not (0 <= x < width and 0 <= y < height):
            continue
        patch = untouched[
            max(y - _ROUND_A_POINT, 0) : y + _ROUND_A_POINT + 1, max(x - _ROUND_A_POINT, 0) : x + _ROUND_A_POINT + 1
        ]
        if patch.mean() > 0.5:
            return True
    return False


def _main() -> None:
    parser = argparse.ArgumentParser(description="Counts the faces that privacy filters leave bare in a clip.")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--filter", action="append", help="default: " + ", ".join(FILTERS))
    arguments = parser.parse_args()
    filters = find_filters(arguments.filter or FILTERS)
    reference = Reference()
    for name, sight in (("live", live(filters)), ("render", rendered(filters))):
        with VideoFile(arguments.clip) as source:
            frames = iter(source.read, None)
            clip = ((frame, reference.find(frame)) for frame in frames if frame is not None)
            judged = measure(clip, sight, filters)
        bare = [view for view in judged if view.bare]
        print(f"{name}: {len(bare)} of {len(judged)} views bare")
        for view in bare:
            print("  ", view)


if __name__ == "__main__":
    _main()
