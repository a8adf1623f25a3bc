"""Enlarges small pictures."""

import cv2
import numpy as np

from app.values import ByteArray


def enlarge(small: ByteArray, target: ByteArray) -> None:
    """Fills (h, w, 4) with a picture (n, m, 4), smooth between its pixels."""
    rows, columns = target.shape[:2]
    if not cv2.ipp.useIPP():
        cv2.resize(small, (columns, rows), dst=target, interpolation=cv2.INTER_LINEAR)
        return
    # The same picture in half the time: of the two ways, Intel's library speeds up only this one.
    # Without it, this one takes twice as long.
    across, down = small.shape[1] / columns, small.shape[0] / rows
    matrix = np.array([[across, 0.0, (across - 1.0) / 2.0], [0.0, down, (down - 1.0) / 2.0]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(small, matrix, (columns, rows), dst=target, flags=how, borderMode=cv2.BORDER_REPLICATE)
