"""Finds duplicate or nearly duplicate images by a perceptual hash."""

from dataclasses import dataclass

import cv2
import numpy as np
from masquerade.values import ByteArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet

# A hash has SIDE x SIDE bits.
_SIDE = 16
# Bits of 256 that may differ: the same image packed again, lighter or darker, differs by less.
NEAR_BITS = 32
_CHUNK = 1024


@dataclass(frozen=True, slots=True)
class Pair:
    """Two images that look alike, `first` < `second`; `bits` of 256 differ."""

    first: int
    second: int
    bits: int


def hash_image(image: ByteArray) -> NDArray[np.uint64]:
    """Return the hash (4,) uint64 of an image (H, W, 3) uint8, RGB.

    Each bit says whether the image grows lighter to the right at one of 16 x 16 places,
    so that light, contrast, size and packing hardly matter.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE + 1, _SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.packbits(small[:, 1:] > small[:, :-1]).view(np.uint64)


def find_pairs(hashes: NDArray[np.uint64], near_bits: int = NEAR_BITS) -> tuple[Pair, ...]:
    """Return the pairs of `hashes` (N, 4) that differ by at most `near_bits`, most alike first.

    Every image is compared with every other one: 6500 take a second, four times as many
    sixteen.
    """
    pairs = []
    for start in range(0, len(hashes), _CHUNK):
        part = hashes[start : start + _CHUNK]
        rest = hashes[start:]
        bits = np.zeros((len(part), len(rest)), np.uint16)
        for word in range(hashes.shape[1]):
            bits += np.bitwise_count(part[:, word, None] ^ rest[None, :, word])
        for first, second in np.argwhere(bits <= near_bits).tolist():
            if first < second:
                pairs.append(Pair(start + first, start + second, int(bits[first, second])))
    return tuple(sorted(pairs, key=lambda pair: (pair.bits, pair.first, pair.second)))


def across_split(pairs: tuple[Pair, ...], faces: FaceSet) -> tuple[Pair, ...]:
    """Return the pairs across the split, where a test image was also learnt."""
    return tuple(pair for pair in pairs if faces.splits[pair.first] != faces.splits[pair.second])


def between_persons(pairs: tuple[Pair, ...], faces: FaceSet) -> tuple[Pair, ...]:
    """Return the pairs whose labels name different people."""
    return tuple(pair for pair in pairs if faces.persons[pair.first] != faces.persons[pair.second])


def count_groups(pairs: tuple[Pair, ...]) -> int:
    """Return the number of groups of similar images that the pairs form."""
    leader: dict[int, int] = {}

    def lead(index: int) -> int:
        while leader.setdefault(index, index) != index:
            index = leader[index]
        return index

    for pair in pairs:
        leader[lead(pair.second)] = lead(pair.first)
    return sum(lead(index) == index for index in tuple(leader))
