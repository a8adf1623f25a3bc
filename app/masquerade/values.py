"""The values that pass through the line: Frame, Detection, Keypoints, Pose, Face, Scene."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from masquerade.contours import CONTOUR_COUNT, CONTOUR_NAMES

FloatArray = NDArray[np.float32]
ByteArray = NDArray[np.uint8]
DeepArray = NDArray[np.uint16]
Matrix = NDArray[np.float64]

# Kaggle's column order (Facial Keypoints Detection). Left and right are the person's own.
LANDMARK_NAMES = (
    "left_eye_center",
    "right_eye_center",
    "left_eye_inner_corner",
    "left_eye_outer_corner",
    "right_eye_inner_corner",
    "right_eye_outer_corner",
    "left_eyebrow_inner_end",
    "left_eyebrow_outer_end",
    "right_eyebrow_inner_end",
    "right_eyebrow_outer_end",
    "nose_tip",
    "mouth_left_corner",
    "mouth_right_corner",
    "mouth_center_top_lip",
    "mouth_center_bottom_lip",
)
LANDMARK_COUNT = len(LANDMARK_NAMES)
# Of a model with contours, in the order of its output.
ALL_LANDMARK_NAMES = (*LANDMARK_NAMES, *CONTOUR_NAMES)
LANDMARK_INDEX = {name: index for index, name in enumerate(LANDMARK_NAMES)}

# The landmarks whose mean is each anchor: left eye, right eye, middle of the mouth.
_ANCHOR_LANDMARKS = (
    ("left_eye_center",),
    ("right_eye_center",),
    ("mouth_left_corner", "mouth_right_corner", "mouth_center_top_lip", "mouth_center_bottom_lip"),
)


def _anchor_weights() -> FloatArray:
    """Return (3, 15), the share of each landmark in each anchor."""
    weights = np.zeros((len(_ANCHOR_LANDMARKS), LANDMARK_COUNT), np.float32)
    for row, names in enumerate(_ANCHOR_LANDMARKS):
        weights[row, [LANDMARK_INDEX[name] for name in names]] = 1 / len(names)
    return weights


_ANCHOR_WEIGHTS = _anchor_weights()


class Trigger(StrEnum):
    """An event of the face that a filter's layer may wait for."""

    MOUTH_OPEN = "mouth_open"
    MOUTH_CLOSED = "mouth_closed"
    BROWS_UP = "brows_up"
    SMILE = "smile"
    KISS = "kiss"
    BLINK = "blink"
    WINK_LEFT = "wink_left"
    WINK_RIGHT = "wink_right"
    EYES_CLOSED = "eyes_closed"
    HEAD_TILT_LEFT = "head_tilt_left"
    HEAD_TILT_RIGHT = "head_tilt_right"
    NOD = "nod"
    SHAKE = "shake"
    FACE_FOUND = "face_found"
    FACE_LOST = "face_lost"


def _check_array(name: str, array: NDArray[np.generic], shape: tuple[int, ...], dtype: type) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, got {array.shape}")
    if array.dtype != dtype:
        raise TypeError(f"{name} must be {np.dtype(dtype)}, got {array.dtype}")


def _read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One image of a stream.

    There is ONE buffer for a frame, so that nothing is copied on the way: the source
    fills it, the stages read it, the last stage (Draw) paints into it and hands on a
    frame whose `pixels` are read-only. Nobody else writes.

    Attributes:
        pixels: (H, W, 4) uint8, BGRA, C-contiguous; alpha is 255 throughout.
        index: capture number from 0; a gap means dropped frames.
        taken_at: seconds; on the `time.monotonic` clock for a live source, else the
            position in the file.
    """

    pixels: ByteArray
    index: int
    taken_at: float

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 4:
            raise ValueError(f"pixels must be (H, W, 4), got {self.pixels.shape}")
        if self.pixels.dtype != np.uint8:
            raise TypeError(f"pixels must be uint8, got {self.pixels.dtype}")
        if not self.pixels.flags.c_contiguous:
            raise ValueError("pixels must be C-contiguous: Qt reads them row after row")
        if 0 in self.pixels.shape:
            raise ValueError(f"pixels must not be empty, got {self.pixels.shape}")

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the frame; it may reach over the frame's edge."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        if not (self.width > 0 and self.height > 0):
            raise ValueError(f"a box needs a width and a height above 0, got {self.width} x {self.height}")


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face as the detector sees it.

    Attributes:
        box: pixels of the frame.
        anchors: (3, 2) float32, pixels of the frame: the person's left eye, right eye,
            and the middle of the mouth. They are what the crop is made from.
        score: 0 to 1.
    """

    box: Box
    anchors: FloatArray
    score: float

    def __post_init__(self) -> None:
        _check_array("anchors", self.anchors, (3, 2), np.float32)
        object.__setattr__(self, "anchors", _read_only(self.anchors))


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """The 15 points of one face, and its contours where the model gives them.

    Attributes:
        points: (15, 2) float32, pixels of the frame, in the order of LANDMARK_NAMES; the
            centre of the top-left pixel is (0, 0).
        score: 0 to 1, how sure the landmarker is that this is a face.
        contours: (70, 2) float32, pixels of the frame, in the order of CONTOUR_NAMES: jaw, brows, nose,
            lids, lips and pupils. None where the model does not find them.
        certainty: 0 to 1, how likely the landmarks are within 10 % of the eye distance on the average;
            1 if the model has no such output.
    """

    points: FloatArray
    score: float
    contours: FloatArray | None = None
    certainty: float = 1.0

    def __post_init__(self) -> None:
        _check_array("points", self.points, (LANDMARK_COUNT, 2), np.float32)
        object.__setattr__(self, "points", _read_only(self.points))
        if self.contours is not None:
            _check_array("contours", self.contours, (CONTOUR_COUNT, 2), np.float32)
            object.__setattr__(self, "contours", _read_only(self.contours))

    @property
    def anchors(self) -> FloatArray:
        """(3, 2) float32: left eye, right eye, middle of the mouth, as in a Detection."""
        return _ANCHOR_WEIGHTS @ self.points

    def __getitem__(self, name: str) -> FloatArray:
        """Return one landmark by its name, (2,) float32: x and y in pixels of the frame.

        Raises:
            KeyError: there is no landmark of that name in LANDMARK_NAMES.
        """
        landmark: FloatArray = self.points[LANDMARK_INDEX[name]]
        return landmark


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """How a head is turned, as a scaled orthographic view of the head model.

    The head model (geometry/head.py) has x to the right of the image, y down and z
    away from the camera when the person looks straight into it; its unit is the eye
    distance and its origin the middle between the eyes. A model point X is seen at
    `origin_xy + scale * (rotation @ X)[:2]`.

    Attributes:
        rotation: (3, 3) float32.
        scale: pixels of the frame for one eye distance seen from the front.
        origin_xy: (2,) float32, pixels of the frame.
        yaw: degrees; above 0 the face is turned to the right of the (unmirrored) image.
        pitch: degrees; above 0 the face looks down.
        roll: degrees; above 0 the head is turned clockwise in the image.
    """

    rotation: FloatArray
    scale: float
    origin_xy: FloatArray
    yaw: float
    pitch: float
    roll: float

    def __post_init__(self) -> None:
        _check_array("rotation", self.rotation, (3, 3), np.float32)
        _check_array("origin_xy", self.origin_xy, (2,), np.float32)
        object.__setattr__(self, "rotation", _read_only(self.rotation))
        object.__setattr__(self, "origin_xy", _read_only(self.origin_xy))


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One tracked face.

    Attributes:
        identity: stays the same for one person while in the image, through crossings
            and short losses.
        keypoints: smoothed.
        measured: as the landmarker found them in this very frame; None where it did not.
        followed_since: time of the frame in which the face was found, or found again after it was lost or
            after a cut; smoothing begins there. None outside of a stream.
        pose: None until the Pose stage has run.
        held: True while the face is lost for a moment and its last place is held.
        active: the triggers that are on.
    """

    identity: int
    keypoints: Keypoints
    pose: Pose | None = None
    held: bool = False
    active: frozenset[Trigger] = frozenset()
    measured: Keypoints | None = None
    followed_since: float | None = None

    @property
    def landmarks(self) -> Keypoints:
        """The 15 landmarks: by name as in `landmarks["nose_tip"]`, all of them as `landmarks.points`."""
        return self.keypoints

    @property
    def contours(self) -> FloatArray | None:
        """(70, 2) float32, see Keypoints; None where the model does not find them."""
        return self.keypoints.contours

    @property
    def score(self) -> float:
        """0 to 1, how likely this is a face whose landmarks are within 10 % of the eye distance."""
        return self.keypoints.score * self.keypoints.certainty


@dataclass(frozen=True, slots=True)
class StageTime:
    """Milliseconds that one stage took for one frame."""

    name: str
    milliseconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A frame with everything known about it; every stage adds to it.

    Attributes:
        detections: None where the detector did not look at this frame.
        faces: in the order of their identity.
        times: one for each stage that has run.
        failed_filters: ids of the filters that could not be painted; see `Painter`.
        frames_per_scan: the detector looks at the image part by part, and has seen all of it after so many frames.
        person: (h, w) uint8, 255 where there is a person, of any size in the frame's proportions; None where
            nobody asked for it.
        clean: (H, W, 4) uint8, BGRA, the frame as it was before anything was painted; None where it was
            not asked for, and always where a filter hides faces.
        hidden: where filters that hide faces have painted.
    """

    frame: Frame
    detections: tuple[Detection, ...] | None = None
    faces: tuple[Face, ...] = ()
    times: tuple[StageTime, ...] = field(default=())
    frames_per_scan: int = 1
    person: ByteArray | None = None
    failed_filters: tuple[str, ...] = ()
    clean: ByteArray | None = None
    hidden: tuple[Box, ...] = ()
