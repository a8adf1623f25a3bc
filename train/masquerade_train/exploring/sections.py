"""Describes the findings about a data set in words, tables and images: one function per section."""

from collections import Counter
from pathlib import Path

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.datasets.image_file import SUFFIXES
from masquerade_train.exploring import page
from masquerade_train.exploring.dataset_diff import Misplacement
from masquerade_train.exploring.images import content_of, encode, image_with_landmarks, plain_image
from masquerade_train.exploring.likeness import NEAR_BITS, Pair, count_groups
from masquerade_train.exploring.palette import ACCENT, colour_of, words_of
from masquerade_train.exploring.plots import plot_histograms, plot_places, plot_shape, plot_spread
from masquerade_train.exploring.survey import MEAN_REACH, Survey
from masquerade_train.exploring.suspicious_labels import Doubt

_SAMPLES = 24
_DOUBTS_SHOWN = 60
_BESIDE_SHOWN = 36
_PAIRS_SHOWN = 18


def source_section(faces: FaceSet) -> str:
    """Return how many images each source has in each set, and how many persons."""
    rows = []
    largest = Counter(faces.sources.tolist()).most_common()
    splits = [split for split in ("train", "validation", "test") if (faces.splits == split).any()]
    for source, count in largest:
        mine = faces.sources == source
        sizes = [f"{int((mine & (faces.splits == split)).sum()):,}" for split in splits]
        persons = len(np.unique(faces.persons[mine]))
        rows.append([source, *sizes, f"{persons:,}", page.bar(count / largest[0][1])])
    kept = 100 * float((faces.splits == "test").mean())
    lead = f"{counted(len(largest), 'source')}; {kept:.0f} % of the images are in the test set."
    return page.section("Sources", lead, page.table(("source", *splits, "persons", ""), rows))


def marked_section(faces: FaceSet) -> str:
    """Return how often each landmark is marked, and how many landmarks the faces have."""
    title, marked = "Missing labels", faces.marked[faces.has_face]
    count = len(marked)
    rows = [
        [words_of(name), f"{int(have):,}", f"{count - int(have):,}", page.bar(have / count, colour_of(name))]
        for name, have in zip(faces.names, marked.sum(axis=0), strict=True)
    ]
    per_face = Counter(marked.sum(axis=1).tolist())
    whole = per_face.get(len(faces.names), 0)
    if whole == count:
        return page.section(title, f"None: all {count:,} faces have all {len(faces.names)} landmarks.")
    lead = (
        f"{whole:,} of {count:,} faces have all {len(faces.names)} landmarks. Missing labels are no errors: recipes "
        "drop such images, fill the labels in, or leave them out of the loss."
    )
    faces_rows = [
        [counted(landmarks, "landmark"), f"{number:,}", page.bar(number / count)]
        for landmarks, number in sorted(per_face.items(), reverse=True)
    ]
    return page.section(
        title,
        lead,
        page.table(("landmark", "marked", "missing", ""), rows),
        page.heading("Landmarks per face"),
        page.table(("", "faces", ""), faces_rows),
    )


def sample_section(faces: FaceSet) -> str:
    """Return a few images of every source with their landmarks."""
    random = np.random.default_rng(0)
    with_face = faces.where(faces.has_face)
    pools = [
        random.permutation(with_face[faces.sources[with_face] == name]) for name in np.unique(faces.sources[with_face])
    ]
    chosen: list[int] = []
    for turn in range(_SAMPLES):
        chosen += [int(pool[turn]) for pool in pools if turn < len(pool)]
    figures = [
        page.tile(image_with_landmarks(faces, row), _short(faces, row), str(faces.sources[row]))
        for row in chosen[:_SAMPLES]
    ]
    kinds = dict.fromkeys((colour_of(name), _part(name)) for name in faces.names)
    lead = "A random choice of every source. Point at a landmark to see its name."
    return page.section("Samples", lead, page.tiles(figures), page.key(list(kinds)))


def mean_section(_: FaceSet, seen: Survey) -> str:
    """Return the mean face of every source, aligned by their landmarks."""
    figures = [
        page.tile(plain_image(encode(mean.image), f"mean face of {mean.source}"), mean.source, f"{mean.count:,} faces")
        for mean in seen.mean_faces
    ]
    lead = (
        "The mean of all faces of a source, aligned by their landmarks. Sharp eyes and lips mean exact labels; a "
        "blurred mean face means inexact labels, or faces that differ much in pose and light."
    )
    return page.section("The mean face", lead, page.tiles(figures, is_large=True))


def spread_section(faces: FaceSet, seen: Survey) -> str:
    """Return the distribution of the landmarks in the images and around the mean shape."""
    shares = (faces.landmarks + 0.5) / seen.sizes_wh[:, None]
    laid = seen.alignment.landmarks
    unit, per_unit = _unit(faces, seen.alignment.mean)
    distances = np.linalg.norm(laid - seen.alignment.mean, axis=2) / per_unit
    middle = np.nanmedian(distances, axis=0)
    known = np.flatnonzero(np.isfinite(middle))
    widest, narrowest = known[np.argmax(middle[known])], known[np.argmin(middle[known])]
    lead = (
        "Left: all landmarks in their images. Right: after the faces were aligned, so that only shape, expression, "
        "pose and label errors remain. "
        f"The {words_of(faces.names[widest])} varies most (median distance from its mean: {middle[widest]:.1f} % of "
        f"the {unit}), the {words_of(faces.names[narrowest])} least ({middle[narrowest]:.1f} %)."
    )
    return page.section(
        "Distribution of the landmarks",
        lead,
        page.plots(
            plot_places(shares.astype(np.float32), seen.mean_image, faces.names),
            plot_shape(laid, seen.mean_faces[0].image, MEAN_REACH, faces.names),
        ),
        page.heading("Distance from the mean position: 50 % (full), 90 % (pale) and 99 % of the faces (thin)"),
        page.plots(plot_spread(distances.astype(np.float32), faces.names, f"% of the {unit}")),
    )


def faces_section(faces: FaceSet, seen: Survey) -> str:
    """Return the distribution of size, roll and brightness."""
    roll, extent = seen.alignment.roll_degrees, seen.alignment.extents
    quantities = [
        ("extent of the landmarks, px", extent),
        ("roll, ° clockwise", roll),
        ("mean grey, 0 to 255", seen.brightness),
    ]
    if np.isfinite(faces.eye_distances).any():
        quantities.append(("eye distance in the original, px", faces.eye_distances))
    steep = int((np.abs(np.nan_to_num(roll)) > 30).sum())
    dark = int((seen.brightness < 40).sum())
    lead = f"Roll of more than 30°: {counted(steep, 'face')}. Darker than 40 of 255: {counted(dark, 'image')}."
    return page.section("Size, roll and light", lead, page.plots(plot_histograms(quantities)))


def doubt_section(faces: FaceSet, doubts: tuple[Doubt, ...]) -> str:
    """Return faces with landmarks far from where the rest of the face suggests."""
    title = "Suspicious labels"
    if not doubts:
        return page.section(title, "No landmark is far from where the rest of its face suggests.")
    figures = [
        page.tile(
            image_with_landmarks(faces, doubt.row, doubt), _short(faces, doubt.row), _describe_doubt(faces, doubt)
        )
        for doubt in doubts[:_DOUBTS_SHOWN]
    ]
    shown = f" The {_DOUBTS_SHOWN} most suspicious are shown." if len(doubts) > _DOUBTS_SHOWN else ""
    lead = (
        f"{counted(len(doubts), 'face')} with a landmark far from where the other landmarks suggest. Some of these "
        "labels are wrong; others are right, but the face is unusual: in profile, with a wide open mouth, a raised "
        f"eyebrow, or half hidden. Check before you remove one.{shown}"
    )
    legend = page.key([(ACCENT, "as labelled"), ("#ffffff", "ring: expected position")])
    return page.section(title, lead, page.tiles(figures, is_large=True), legend)


def beside_section(faces: FaceSet, beside: tuple[Misplacement, ...]) -> str:
    """Return images in which the face fits better beside its labels."""
    title = "Misplaced labels"
    if not beside:
        return page.section(title, "None: every face is where its landmarks are.")
    figures = [
        page.tile(
            image_with_landmarks(faces, entry.row),
            _short(faces, entry.row),
            f"matches better {100 * entry.distance:.0f} % of the face away",
        )
        for entry in beside[:_BESIDE_SHOWN]
    ]
    lead = (
        f"{counted(len(beside), 'image')} in which another position matches the mean face better than that of the "
        "landmarks: labels of another face, shifted labels, hidden faces, or faces in profile."
    )
    return page.section(title, lead, page.tiles(figures))


def likeness_section(
    faces: FaceSet, pairs: tuple[Pair, ...], crossing: tuple[Pair, ...], strangers: tuple[Pair, ...]
) -> str:
    """Return duplicate or nearly duplicate images, those across the split first."""
    title = "Duplicates"
    if not pairs:
        return page.section(title, "None.")
    same = sum(pair.bits == 0 for pair in pairs)
    lead = (
        f"The hashes of {counted(len(pairs), 'pair')} in {counted(count_groups(pairs), 'group')} differ in at most "
        f"{NEAR_BITS} of 256 bits ({same} in none): the same image again, or neighbouring frames of a video."
    )
    spoilt = len({row for pair in crossing for row in (pair.first, pair.second) if faces.splits[row] == "test"})
    across = (
        f"{counted(spoilt, 'test image')} with a near duplicate in the training or validation set"
        if crossing
        else "No test image has a near duplicate in the training or validation set"
    )
    parts = [page.heading(across), _pairs(faces, crossing)]
    rest = [pair for pair in strangers if pair not in set(crossing)]
    if rest:
        parts += [page.heading("Labelled as different persons, in the same set"), _pairs(faces, tuple(rest))]
    others = [pair for pair in pairs if pair not in set(crossing) | set(rest)]
    if others:
        parts += [page.heading("Of the same person"), _pairs(faces, tuple(others[: _PAIRS_SHOWN // 3]))]
    return page.section(title, lead, *parts)


def _pairs(faces: FaceSet, pairs: tuple[Pair, ...]) -> str:
    figures = []
    for pair in pairs[:_PAIRS_SHOWN]:
        names = [_short(faces, row) for row in (pair.first, pair.second)]
        images = [
            plain_image(content_of(faces, row), name)
            for row, name in zip((pair.first, pair.second), names, strict=True)
        ]
        splits = f"{faces.splits[pair.first]} / {faces.splits[pair.second]}"
        figures.append(page.pair(images[0], images[1], f"{names[0]} · {names[1]} · {splits} · {pair.bits} bits"))
    return page.tiles(figures, is_large=True) if figures else ""


def _describe_doubt(faces: FaceSet, doubt: Doubt) -> str:
    if doubt.swapped:
        return " and ".join(words_of(faces.names[index]) for index in doubt.swapped) + " seem swapped"
    strays = ", ".join(f"{words_of(faces.names[s.index])} {100 * s.distance:.0f} %" for s in doubt.landmarks)
    return f"{strays} of the face off" if strays else "several landmarks slightly off"


def _short(faces: FaceSet, row: int) -> str:
    """Return the name of an image without what all names end in."""
    name = str(faces.files[row])
    return name[: -len(Path(name).suffix)] if Path(name).suffix.lower() in SUFFIXES else name


def _unit(faces: FaceSet, mean: FloatArray) -> tuple[str, float]:
    """Return (name, how much of an Alignment's frame one per cent of it is): the eye distance where eyes are marked."""
    eyes = ("left_eye_center", "right_eye_center")
    if all(eye in faces.names for eye in eyes):
        left, right = (mean[faces.names.index(eye)] for eye in eyes)
        if np.isfinite(left).all() and np.isfinite(right).all():
            return "eye distance", float(np.linalg.norm(left - right)) / 100
    return "face's extent", 0.01


def counted(number: int, noun: str) -> str:
    """Return "1 face" or "1,234 faces"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _part(name: str) -> str:
    for part, words in (("brow", "eyebrows"), ("eye", "eyes"), ("nos", "nose"), ("mouth", "mouth"), ("lip", "mouth")):
        if part in name:
            return words
    return "other landmarks"
