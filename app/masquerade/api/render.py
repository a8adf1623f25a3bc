"""Draws filters on images and files: draw_filters, render."""

from collections.abc import Iterable
from pathlib import Path

from masquerade.api.filters import FilterLike, load_filters
from masquerade.api.images import Colour, Image, as_pixels, from_pixels
from masquerade.api.models import LandmarkModel
from masquerade.compose import build_line, build_still_line
from masquerade.rendering import render_image, render_video
from masquerade.values import ByteArray, Frame


def draw_filters(
    image: Image,
    filters: FilterLike | Iterable[FilterLike],
    *,
    intensity: float = 1.0,
    colour: Colour = "bgr",
    model: str | Path | LandmarkModel = "",
) -> ByteArray:
    """Return one image with filters on all its faces.

    Args:
        image: a path, or an array (H, W), (H, W, 3) or (H, W, 4) uint8. It is not changed.
        filters: one or several, drawn in this order: names, paths, or what `load_filter` returned.
        intensity: 0 to 1; filters that hide faces are always drawn whole.
        colour: order of the channels of an array, and of the image that is returned.
        model: finds the landmarks: as in `load_model`, or what that returned.

    Returns:
        (H, W, 3) uint8.

    Raises:
        FilterError: a filter is unknown or invalid.
        SourceError: the file is missing or not an image.
        ModelError: a model is missing or damaged.
        ValueError: the intensity is not within 0 and 1, or an array has another shape.
    """
    pixels = as_pixels(image, colour)
    line = build_still_line(model=_model(model))
    line.choose(load_filters(filters), intensity)
    return from_pixels(line(Frame(pixels, 0, 0.0)).frame.pixels, colour)


def render(
    source: str | Path,
    target: str | Path,
    filters: FilterLike | Iterable[FilterLike],
    *,
    intensity: float = 1.0,
    mirror: bool = False,
    keep_hdr: bool = False,
    model: str | Path | LandmarkModel = "",
) -> Path:
    """Draw filters on an image or a video and save it, as `masquerade render` does.

    Args:
        source: an image or a video; its sound is kept.
        target: .png or .jpg for an image, .mp4 or .mkv for a video; replaced where it exists.
        filters: one or several, drawn in this order: names, paths, or what `load_filter` returned.
        intensity: 0 to 1; filters that hide faces are always drawn whole.
        mirror: True saves it as seen in a mirror.
        keep_hdr: True keeps an HDR video in 10 bits with its own colours; else it is tone-mapped.
        model: finds the landmarks: as in `load_model`, or what that returned.

    Returns:
        The target's path.

    Raises:
        FilterError: a filter is unknown or invalid.
        SourceError: the source is missing or damaged.
        RecordingError: the target cannot be written.
        ModelError: a model is missing or damaged.
        ValueError: the intensity is not within 0 and 1.
    """
    from masquerade.pipeline.sources.opening import open_video  # noqa: PLC0415 (loads OpenCV)
    from masquerade.pipeline.sources.photos.kinds import is_still  # noqa: PLC0415 (loads OpenCV)

    source, target, chosen = Path(source), Path(target), load_filters(filters)
    if is_still(source):
        still_line = build_still_line(model=_model(model))
        still_line.choose(chosen, intensity)
        render_image(source, target, still_line, mirror)
        return target
    with open_video(source, keep_hdr) as video:
        line = build_line(model=_model(model), thorough=True)
        line.choose(chosen, intensity)
        render_video(video, source, target, line, mirror=mirror, on_frame=lambda: None)
    return target


def _model(model: str | Path | LandmarkModel) -> str | LandmarkModel:
    return model if isinstance(model, LandmarkModel) else str(model)
