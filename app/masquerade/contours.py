"""Names the 70 contour landmarks of a face, and says which of them run along which edge.

Source of the order: the mark-up of 300-W (https://ibug.doc.ic.ac.uk/resources/facial-point-annotations/),
counted from 0, which begins on the image's left, the person's right; two pupils follow.
"""


def _side(name: str, count: int, *, backwards: bool = False) -> tuple[str, ...]:
    numbers = range(count, 0, -1) if backwards else range(1, count + 1)
    return tuple(f"{name}_{number}" for number in numbers)


_LIDS = ("outer_corner", "upper_1", "upper_2", "inner_corner", "lower_2", "lower_1")
_OUTER_LIP = (
    *("right_lip_corner", "right_upper_lip_1", "right_upper_lip_2", "middle_upper_lip"),
    *("left_upper_lip_2", "left_upper_lip_1", "left_lip_corner", "left_lower_lip_1", "left_lower_lip_2"),
    *("middle_lower_lip", "right_lower_lip_2", "right_lower_lip_1"),
)
_INNER_LIP = (
    *("right_inner_corner_of_lips", "right_inner_upper_lip", "middle_inner_upper_lip", "left_inner_upper_lip"),
    *("left_inner_corner_of_lips", "left_inner_lower_lip", "middle_inner_lower_lip", "right_inner_lower_lip"),
)

# Left and right are the person's own. Numbers count from the outside of the face inwards.
CONTOUR_NAMES = (
    *_side("right_jaw", 8),
    "chin",
    *_side("left_jaw", 8, backwards=True),
    *_side("right_brow", 5),
    *_side("left_brow", 5, backwards=True),
    *_side("nose_bridge", 4),
    "right_nostril_1",
    "right_nostril_2",
    "nose_base",
    "left_nostril_2",
    "left_nostril_1",
    *(f"right_lid_{part}" for part in _LIDS),
    # Round the left eye the marks begin at the inner corner.
    *(f"left_lid_{_LIDS[index]}" for index in (3, 2, 1, 0, 5, 4)),
    *_OUTER_LIP,
    *_INNER_LIP,
    "right_pupil",
    "left_pupil",
)
CONTOUR_COUNT = len(CONTOUR_NAMES)


def _indices(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


# Along the edges of the face; eyes and lips are closed, their last landmark stands beside the first.
JAW = _indices(0, 16)
RIGHT_BROW, LEFT_BROW = _indices(17, 21), _indices(22, 26)
NOSE = _indices(27, 35)
RIGHT_EYE, LEFT_EYE = _indices(36, 41), _indices(42, 47)
OUTER_LIP, INNER_LIP = _indices(48, 59), _indices(60, 67)
RIGHT_PUPIL, LEFT_PUPIL = 68, 69
