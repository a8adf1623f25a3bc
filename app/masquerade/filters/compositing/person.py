"""Cut the mask of the people to a part of the frame, to hide what is behind them."""

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.values import ByteArray


def background_mask(
    person: ByteArray, left_top: tuple[int, int], patch_wh: tuple[int, int], size_wh: tuple[int, int]
) -> ByteArray:
    """Return (h, w) uint8 of a patch: 255 where there is no person.

    Args:
        person: (rows, columns) uint8, 255 where there are people, in the frame's proportions.
        left_top: column and row of the frame under the patch's first pixel.
        patch_wh: of the patch.
        size_wh: of the frame.
    """
    across, down = person.shape[1] / size_wh[0], person.shape[0] / size_wh[1]
    left, top = left_top
    # Pixel 0 has its centre half a pixel from the edge in both.
    matrix = np.array([[across, 0.0, (left + 0.5) * across - 0.5], [0.0, down, (top + 0.5) * down - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return as_bytes(
        cv2.bitwise_not(cv2.warpAffine(person, matrix, patch_wh, flags=flags, borderMode=cv2.BORDER_REPLICATE))
    )
