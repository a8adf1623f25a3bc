"""Reads folders in the style of 300-W: beside each image a .pts file with the 68 landmarks of one face."""

from pathlib import Path

import numpy as np
from masquerade.progress import Progress
from masquerade.values import LANDMARK_NAMES, FloatArray

from masquerade_train.datasets.duplicates import SAME, DuplicateFinder
from masquerade_train.datasets.face_cut import cut_face
from masquerade_train.datasets.face_set import LeftOut, Reading, Row
from masquerade_train.datasets.image_file import SUFFIXES, find_label_error, read_image
from masquerade_train.datasets.landmark_table import Errors
from masquerade_train.datasets.people import place_image

# Which of the 68 landmarks, counted from 0, make each of the 15; of several the mean is taken.
# Source: the mark-up of 300-W (https://ibug.doc.ic.ac.uk/resources/facial-point-annotations/), where 36 to 41 go
# round the eye on the image's left, which is the person's right.
_OF_68: dict[str, tuple[int, ...]] = {
    "left_eye_center": (42, 43, 44, 45, 46, 47),
    "right_eye_center": (36, 37, 38, 39, 40, 41),
    "left_eye_inner_corner": (42,),
    "left_eye_outer_corner": (45,),
    "right_eye_inner_corner": (39,),
    "right_eye_outer_corner": (36,),
    "left_eyebrow_inner_end": (22,),
    "left_eyebrow_outer_end": (26,),
    "right_eyebrow_inner_end": (21,),
    "right_eyebrow_outer_end": (17,),
    "nose_tip": (30,),
    "mouth_left_corner": (54,),
    "mouth_right_corner": (48,),
    "mouth_center_top_lip": (51,),
    "mouth_center_bottom_lip": (57,),
}
_MARKS = 68
_VAL_FOLDERS = {"test", "testset", "valset"}


def read_pts_folder(folder: Path, source: str) -> Reading:
    """Read every .pts in `folder` and the folders in it, and cut the faces out of their images.

    Faces in folders called test, testset, val or valset are the test set; where there are
    none, a tenth is, by the images' content.

    Raises:
        TrainError: a file cannot be understood or has no image; all errors at once.
    """
    paths = sorted(folder.rglob("*.pts"))
    has_val = any(_is_val(path, folder) for path in paths)
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    twins, errors = DuplicateFinder(), Errors(str(folder))
    with Progress(f"reading {folder.name}", len(paths), "files", stays=False) as progress:
        for path in paths:
            progress.step()
            name = str(path.relative_to(folder))
            with errors.at(name):
                split = ("test" if _is_val(path, folder) else "train") if has_val else ""
                taken = _read_face(path, name, source, split, twins)
                if isinstance(taken, Row):
                    rows.append(taken)
                else:
                    left_out.append(taken)
    errors.raise_any()
    return Reading(tuple(rows), tuple(left_out), notes=(f"The faces were cut out of their images ({len(rows)}).",))


def _is_val(path: Path, folder: Path) -> bool:
    return bool(_VAL_FOLDERS & {part.lower() for part in path.relative_to(folder).parts[:-1]})


def _read_face(path: Path, name: str, source: str, split: str, twins: DuplicateFinder) -> Row | LeftOut:
    image_path = next((found for suffix in SUFFIXES if (found := _beside(path, suffix)).is_file()), None)
    if image_path is None:
        raise ValueError(f"there is no image beside it ({path.stem}{', '.join(SUFFIXES)})")
    landmarks, image = fifteen_of_68(read_pts(path)), read_image(image_path)
    height, width = image.pixels.shape[:2]
    error = find_label_error(landmarks, (width, height))
    twin = twins.find(image.digest, landmarks, name)
    # Another face of the same image is as good as any: each is cut out.
    if error or (twin and twin.reason == SAME):
        return LeftOut(name, error) if error or not twin else twin
    cut = cut_face(image.pixels, landmarks)
    if cut is None:
        return LeftOut(name, "the face is too small")
    # All faces of one image stand on one side of the split.
    place = place_image(image.digest, split=split)
    distance = float(np.linalg.norm(landmarks[0] - landmarks[1]))
    return Row(cut.encoded, cut.landmarks, source, place.person, place.split, name, eye_distance=distance)


def _beside(path: Path, suffix: str) -> Path:
    upper = path.with_suffix(suffix.upper())
    return upper if upper.is_file() else path.with_suffix(suffix)


def read_pts(path: Path) -> FloatArray:
    """Return the 68 landmarks of a .pts file, (68, 2) float32, pixels from (0, 0).

    Raises:
        ValueError: the file holds another number of landmarks, or something else than numbers.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    if "\0" in text:
        raise ValueError("it is UTF-16 or binary, not text")
    if "{" not in text or "}" not in text:
        raise ValueError("it has no list of landmarks in braces")
    try:
        values = np.array(text[text.index("{") + 1 : text.rindex("}")].split(), np.float32)
    except ValueError:
        raise ValueError("a coordinate is not a number") from None
    if values.size != 2 * _MARKS:
        raise ValueError(f"it has {values.size / 2:g} landmarks, wanted {_MARKS}")
    if not np.isfinite(values).all():
        raise ValueError("a coordinate is not finite")
    # The files count pixels from 1, as Matlab does.
    return values.reshape(_MARKS, 2) - 1


def fifteen_of_68(marks: FloatArray) -> FloatArray:
    """Return the 15 landmarks (15, 2) float32 out of the 68 marks (68, 2)."""
    return np.stack([marks[list(_OF_68[name])].mean(axis=0) for name in LANDMARK_NAMES]).astype(np.float32)
