"""Applies a look to an image or a part of it: colours, lines, and effects of lens and film."""

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes, blend_patch
from masquerade.filters.compositing.resizing import enlarge, reduced
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.image_layers import Curve, LookLayer
from masquerade.filters.format.layers import Blend
from masquerade.filters.looks.comic import (
    Shades,
    blurred,
    light_lines,
    line_gaps,
    line_shades,
    line_table,
    posterise,
    step_ratio,
)
from masquerade.filters.looks.film import Film
from masquerade.filters.looks.glow import glow_of, grading_glow, shrunk
from masquerade.filters.looks.grading import (
    apply_gradient,
    colour_shades,
    common_slope,
    curve_table,
    grade,
    grade_channels,
    gradient_table,
    grey_of,
    look_up,
)
from masquerade.values import ByteArray

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


class Drawing:
    """Applies one look layer to images. For one thread."""

    def __init__(self, layer: LookLayer, scratch: ScratchBuffers) -> None:
        self._layer = layer
        self._film = Film(layer.vignette, layer.grain)
        self._curves = _curves(layer)
        self._gradient = _gradient(layer, self._curves)
        self._line_light_bgr = _line_light_bgr(layer, self._curves)
        self._glow_slope = _glow_slope(layer, self._gradient, self._curves)
        self._scratch = scratch

    def apply(self, pixels: ByteArray) -> None:
        """Change (h, w, 4) BGRA, contiguous and writable, in place."""
        layer = self._layer
        if layer.levels > 0 or layer.soft:
            enlarge(self._redrawn(pixels), pixels)
        elif self._glow_slope is not None:
            blend_patch(pixels, self._grading_glow(pixels, self._glow_slope), (0, 0), Blend.NORMAL, 1.0)
        else:
            overlays = self._overlays(pixels)
            self._colour(pixels)
            for overlay in overlays:
                blend_patch(pixels, overlay, (0, 0), Blend.NORMAL, 1.0)
        self._film.lay_over(pixels)

    def _grading_glow(self, pixels: ByteArray, slope: float) -> ByteArray:
        """Return a glow that also applies the curves, in one step instead of six."""
        small = shrunk(pixels)
        graded = small.copy()
        self._colour(graded)
        glow = grading_glow(small, graded, glow_of(graded, self._layer.glow), slope)
        return self._enlarged("glow", glow, pixels.shape)

    def _overlays(self, pixels: ByteArray) -> tuple[ByteArray, ...]:
        """Return the overlays of the graded image: lines, and the glow of the result."""
        layer, overlays = self._layer, []
        lines = None
        if layer.lines > 0.0:
            grey = grey_of(reduced(pixels, self._scratch), self._scratch)
            lines = self._lines(blurred(grey, self._scratch))
            overlays.append(self._enlarged("lines", lines, pixels.shape))
        if layer.glow > 0.0:
            small = shrunk(pixels)
            self._colour(small)
            if lines is not None:
                thin = cv2.resize(lines, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA)
                blend_patch(small, as_bytes(thin), (0, 0), Blend.NORMAL, 1.0)
            overlays.append(self._enlarged("glow", glow_of(small, layer.glow), pixels.shape))
        return tuple(overlays)

    def _redrawn(self, pixels: ByteArray) -> ByteArray:
        """Return the image graded at a reduced size, which is enough for few shades or soft looks."""
        small = reduced(pixels, self._scratch)
        grey = grey_of(small, self._scratch)
        if self._layer.levels > 0 and self._gradient is None:
            self._grade_steps(small, grey)
        elif self._layer.levels > 0 or self._layer.lines > 0.0:
            self._colour_drawing(small, grey)
        else:
            self._colour_shades(small, grey)
        if self._layer.glow > 0.0:
            glow = self._enlarged("glow", glow_of(shrunk(small), self._layer.glow), small.shape)
            blend_patch(small, glow, (0, 0), Blend.NORMAL, 1.0)
        return small

    def _grade_steps(self, small: ByteArray, grey: ByteArray) -> None:
        """Apply steps of shades, and lines; black lines are already part of the steps."""
        layer, scratch = self._layer, self._scratch
        shades = blurred(grey, scratch)
        channels = scratch.split(small)
        ratio, gaps = step_ratio(shades, layer.levels, scratch), None
        if layer.lines > 0.0:
            gaps = line_gaps(shades, layer.lines, scratch)
            cv2.multiply(ratio, gaps, dst=ratio, scale=1 / 255)
        posterise(channels[:3], grey, ratio, scratch)
        grade_channels(channels[:3], grey, layer.saturation, self._curves)
        if gaps is not None:
            light_lines(channels[:3], gaps, self._line_light_bgr, scratch)
        np.copyto(small, scratch.merged(channels))

    def _colour_drawing(self, small: ByteArray, grey: ByteArray) -> None:
        """Draw lines over colours without steps, or made of the steps."""
        layer, scratch = self._layer, self._scratch
        shades = blurred(grey, scratch)
        if layer.levels > 0:
            # Shades alone are to be coloured: noise in them shows more.
            cv2.medianBlur(grey, 3, dst=grey)
            posterise((), grey, step_ratio(shades, layer.levels, scratch), scratch)
        self._colour_shades(small, grey)
        if layer.lines > 0.0:
            blend_patch(small, self._lines(shades), (0, 0), Blend.NORMAL, 1.0)

    def _colour_shades(self, small: ByteArray, grey: ByteArray) -> None:
        if self._gradient is not None:
            colour_shades(grey, self._gradient, small)
        else:
            self._colour(small)

    def _lines(self, shades: Shades) -> ByteArray:
        """Premultiplied (h, w, 4): lines where an image is darker than round about."""
        lines = self._scratch.get("thin lines", *shades.near.shape, 4)
        table = line_table(self._layer.lines, self._layer.line_colour)
        look_up(line_shades(shades, self._scratch), table, lines)
        return lines

    def _enlarged(self, use: str, small: ByteArray, shape: tuple[int, ...]) -> ByteArray:
        whole = self._scratch.get(use, *shape)
        enlarge(small, whole)
        return whole

    def _colour(self, pixels: ByteArray) -> None:
        if self._gradient is not None:
            apply_gradient(pixels, self._gradient, self._scratch)
        elif self._layer.saturation != 1.0 or self._curves is not None:
            grade(pixels, self._layer.saturation, self._curves, self._scratch)


def _curves(layer: LookLayer) -> ByteArray | None:
    """Return (3, 256) tables of blue, green and red; None where there is no curve."""
    if not any((layer.curve, layer.red, layer.green, layer.blue)):
        return None
    whole = _table(layer.curve)
    return np.stack([_table(each)[whole] for each in (layer.blue, layer.green, layer.red)])


def _table(curve: Curve) -> ByteArray:
    return curve_table(curve or ((0.0, 0.0), (255.0, 255.0)))


def _gradient(layer: LookLayer, curves: ByteArray | None) -> ByteArray | None:
    """Return (256, 4): with grey or graded shades the curves cost nothing more, they are in it."""
    if not layer.gradient and layer.saturation > 0.0:
        return None
    table = gradient_table(layer.gradient or (_BLACK, _WHITE))
    if curves is not None:
        table[:, :3] = np.stack([curves[channel][table[:, channel]] for channel in range(3)], axis=1)
    return table


def _line_light_bgr(layer: LookLayer, curves: ByteArray | None) -> tuple[float, ...]:
    """Return how much brighter than black, as it is graded, lines are to be; they are never darker."""
    black = (0, 0, 0) if curves is None else curves[:, 0].tolist()
    return tuple(max(float(wanted - shade), 0.0) for wanted, shade in zip(layer.line_colour[::-1], black, strict=True))


def _glow_slope(layer: LookLayer, gradient: ByteArray | None, curves: ByteArray | None) -> float | None:
    """Return the slope of fine detail where a glow can do the work of the curves, too; else None."""
    if layer.glow == 0.0 or layer.lines > 0.0 or layer.saturation != 1.0 or gradient is not None:
        return None
    return common_slope(curves)
