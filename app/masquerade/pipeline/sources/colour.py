"""Converts the colours of HDR and wide-gamut material to sRGB."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from masquerade.values import FloatArray

# Numbers of ITU-T H.273, in which H.264, HEVC, AV1, MP4 and HEIF name their colours.
BT709_PRIMARIES, BT2020_PRIMARIES, DCI_P3_PRIMARIES, DISPLAY_P3_PRIMARIES = 1, 9, 11, 12
PQ_TRANSFER, HLG_TRANSFER = 16, 18
_XY = {
    BT709_PRIMARIES: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    BT2020_PRIMARIES: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    DCI_P3_PRIMARIES: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    DISPLAY_P3_PRIMARIES: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_D65 = (0.3127, 0.3290)

# BT.2408: diffuse white is at 203 cd/m2, and material is mastered for 1000.
_WHITE_NITS, _PEAK_NITS = 203.0, 1000.0
# Faces are brighter in SDR than in HDR relative to white (BT.2408, 5.1), so the curve
# starts steeper than 1 and leaves room for highlights above the knee.
_SLOPE, _KNEE = 1.7, 0.7
_LUT_SIDE = 33


@dataclass(frozen=True, slots=True)
class ColourEncoding:
    """How the colours of an image are encoded, as codes of ITU-T H.273.

    Attributes:
        primaries: 1 = BT.709 and sRGB, 9 = BT.2020, 11 and 12 = P3; others count as 1.
        transfer: 16 = PQ, 18 = HLG; all others count as the sRGB curve.
    """

    primaries: int
    transfer: int

    @property
    def is_hdr(self) -> bool:
        """Whether values above diffuse white are coded."""
        return self.transfer in (PQ_TRANSFER, HLG_TRANSFER)

    @property
    def needs_conversion(self) -> bool:
        """False where the values can be shown as they are."""
        return self.is_hdr or self.primaries in (BT2020_PRIMARIES, DCI_P3_PRIMARIES, DISPLAY_P3_PRIMARIES)


def to_srgb(coded: FloatArray, encoding: ColourEncoding) -> FloatArray:
    """Convert coded colours to sRGB; HDR is tone-mapped, and what sRGB cannot show is clipped.

    Args:
        coded: (..., 3) float32, R G B from 0 to 1.
        encoding: how they are coded.

    Returns:
        (..., 3) float32, R G B from 0 to 1.
    """
    if encoding.transfer == PQ_TRANSFER:
        linear = _tone_map(_decode_pq(coded))
    elif encoding.transfer == HLG_TRANSFER:
        linear = _tone_map(_decode_hlg(coded, encoding.primaries))
    else:
        linear = _decode_srgb(coded)
    return _encode_srgb(np.clip(linear @ _to_bt709(encoding.primaries).T, 0, 1))


def from_srgb(shown: FloatArray, encoding: ColourEncoding) -> FloatArray:
    """Convert sRGB to encoded colours, the inverse of `to_srgb`.

    Args:
        shown: (..., 3) float32, R G B from 0 to 1.
        encoding: how they are to be coded.

    Returns:
        (..., 3) float32, R G B from 0 to 1; at white as bright as material is mastered for.
    """
    linear = np.maximum(_decode_srgb(shown) @ np.linalg.inv(_to_bt709(encoding.primaries)).T, 0).astype(np.float32)
    if encoding.transfer == PQ_TRANSFER:
        return _encode_pq(_undo_tone_map(linear))
    if encoding.transfer == HLG_TRANSFER:
        return _encode_hlg(_undo_tone_map(linear), encoding.primaries)
    return _encode_srgb(np.clip(linear, 0, 1))


def write_lut(encoding: ColourEncoding) -> Path:
    """Write the conversion as a .cube file for FFmpeg's lut3d filter; the caller deletes it."""
    steps = np.linspace(0, 1, _LUT_SIDE, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    table = to_srgb(np.stack([red, green, blue], axis=-1).reshape(-1, 3), encoding)
    with tempfile.NamedTemporaryFile("w", suffix=".cube", delete=False) as file:
        file.write(f"LUT_3D_SIZE {_LUT_SIDE}\n")
        np.savetxt(file, table, fmt="%.6f")
    return Path(file.name)


def _decode_pq(coded: FloatArray) -> FloatArray:
    """Return cd/m2 over diffuse white.

    Source:
        SMPTE ST 2084; ITU-R BT.2100-2, table 4.
    """
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = np.maximum(coded, 0) ** (1 / m2)
    nits = 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    return np.asarray(nits / _WHITE_NITS, np.float32)


def _decode_hlg(coded: FloatArray, primaries: int) -> FloatArray:
    """Return cd/m2 over diffuse white on a display of 1000 cd/m2, whose system gamma is 1.2.

    Source:
        ITU-R BT.2100-2, table 5.
    """
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - c) / a) + b) / 12)
    luminance = scene @ _to_xyz(primaries)[1]
    nits = _PEAK_NITS * scene * np.maximum(luminance, 1e-6)[..., None] ** 0.2
    return np.asarray(nits / _WHITE_NITS, np.float32)


def _tone_map(light: FloatArray) -> FloatArray:
    """Compress highlights by the brightest channel, which keeps the hue; straight up to the knee.

    Source:
        Reinhard et al., Photographic Tone Reproduction for Digital Images (2002), equation 4, above the knee.
    """
    brightest = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
    scaled = np.minimum(brightest, _PEAK_NITS / _WHITE_NITS) * _SLOPE
    over = np.maximum(scaled - _KNEE, 0) / (1 - _KNEE)
    top = (_PEAK_NITS / _WHITE_NITS * _SLOPE - _KNEE) / (1 - _KNEE)
    mapped = np.where(scaled <= _KNEE, scaled, _KNEE + (1 - _KNEE) * over * (1 + over / top**2) / (1 + over))
    return np.asarray(light * (mapped / brightest), np.float32)


def _undo_tone_map(mapped: FloatArray) -> FloatArray:
    """Return the light before `_tone_map`."""
    brightest = np.clip(mapped.max(axis=-1, keepdims=True), 1e-6, 1)
    top = (_PEAK_NITS / _WHITE_NITS * _SLOPE - _KNEE) / (1 - _KNEE)
    # Above the knee: over + over^2 / top^2 = y (1 + over).
    y = np.maximum(brightest - _KNEE, 0) / (1 - _KNEE)
    over = top**2 / 2 * (y - 1 + np.sqrt((1 - y) ** 2 + 4 * y / top**2))
    scaled = np.where(brightest <= _KNEE, brightest, _KNEE + (1 - _KNEE) * over)
    return np.asarray(mapped * (scaled / _SLOPE / brightest), np.float32)


def _encode_pq(light: FloatArray) -> FloatArray:
    """Return the code values of cd/m2 over diffuse white; see `_decode_pq`."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = (np.maximum(light, 0) * (_WHITE_NITS / 10_000)) ** m1
    return np.asarray(((c1 + c2 * power) / (1 + c3 * power)) ** m2, np.float32)


def _encode_hlg(light: FloatArray, primaries: int) -> FloatArray:
    """Return the code values of cd/m2 over diffuse white; see `_decode_hlg`."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    shown = light * (_WHITE_NITS / _PEAK_NITS)
    luminance = shown @ _to_xyz(primaries)[1]
    # The luminance of the scene to the power of 1.2 is that of the display.
    scene = np.clip(shown * np.maximum(luminance, 1e-7)[..., None] ** (-0.2 / 1.2), 0, 1)
    bright = a * np.log(np.maximum(12 * scene - b, 1e-6)) + c
    return np.asarray(np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright), np.float32)


def _decode_srgb(coded: FloatArray) -> FloatArray:
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4), np.float32)


def _encode_srgb(linear: FloatArray) -> FloatArray:
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(coded, np.float32)


def _to_bt709(primaries: int) -> FloatArray:
    """Return (3, 3): linear R G B of these primaries -> linear R G B of BT.709."""
    return cast(FloatArray, (np.linalg.inv(_to_xyz(BT709_PRIMARIES)) @ _to_xyz(primaries)).astype(np.float32))


def _to_xyz(primaries: int) -> FloatArray:
    """Return (3, 3): linear R G B -> X Y Z, with white at D65."""
    xy = np.array(_XY.get(primaries, _XY[BT709_PRIMARIES]))
    columns = np.stack([xy[:, 0] / xy[:, 1], np.ones(3), (1 - xy.sum(axis=1)) / xy[:, 1]])
    white = np.array([_D65[0] / _D65[1], 1, (1 - sum(_D65)) / _D65[1]])
    return cast(FloatArray, (columns * np.linalg.solve(columns, white)).astype(np.float32))
