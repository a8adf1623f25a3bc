"""Writes the report on a data set: its images, missing labels and possible errors, on one page."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from masquerade_train.datasets.face_set import FaceSet, load_faces
from masquerade_train.errors import TrainError, replacing, writing
from masquerade_train.exploring.alignment import Alignment
from masquerade_train.exploring.dataset_diff import Misplacement, find_misplaced
from masquerade_train.exploring.likeness import Pair, across_split, between_persons, count_groups, find_pairs
from masquerade_train.exploring.page import Fact, page
from masquerade_train.exploring.sections import (
    beside_section,
    counted,
    doubt_section,
    faces_section,
    likeness_section,
    marked_section,
    mean_section,
    sample_section,
    source_section,
    spread_section,
)
from masquerade_train.exploring.shape_model import ShapeModel
from masquerade_train.exploring.survey import Survey, survey
from masquerade_train.exploring.suspicious_labels import Doubt, find_doubts
from masquerade_train.exploring.suspicious_table import write_suspicious


@dataclass(frozen=True, slots=True, eq=False)
class DataFindings:
    """The findings about a data set."""

    faces: FaceSet
    survey: Survey
    doubts: tuple[Doubt, ...]
    beside: tuple[Misplacement, ...]
    pairs: tuple[Pair, ...]


def explore(data: Path, out: Path) -> str:
    """Read `data`, write the page `out` and return a summary.

    Raises:
        TrainError: the data cannot be read or hold no face, or the page cannot be written.
    """
    faces = load_faces(data)
    if not faces.has_face.any():
        raise TrainError(f"{data} contains no image with a marked landmark.")
    findings = find(faces)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as part:
        part.write_text(_page(data.name, findings), encoding="utf-8")
    lines = [f"  {fact.figure} {fact.words}" for fact in _facts(findings)]
    table = out.with_name(f"{out.stem}_suspicious.csv")
    write_suspicious(table, faces, findings.doubts)
    lines.append(f"{table}: check it, then `prepare --leave-out {table}`")
    return "\n".join([f"{out}: {out.stat().st_size / 2**20:.1f} MB", *lines])


def find(faces: FaceSet) -> DataFindings:
    """Check every image and every label."""
    seen = survey(faces)
    beside = find_misplaced(seen.patches, seen.alignment.usable)
    return DataFindings(faces, seen, label_doubts(seen.alignment), beside, find_pairs(seen.hashes))


def label_doubts(alignment: Alignment) -> tuple[Doubt, ...]:
    """Return doubtful labels; none if no face has the four landmarks needed for the check."""
    if np.isfinite(alignment.landmarks).all(axis=2).sum(axis=1).max(initial=0) < 4:
        return ()
    return find_doubts(alignment, ShapeModel.learn(alignment.landmarks))


def _facts(findings: DataFindings) -> list[Fact]:
    faces, crossing = findings.faces, across_split(findings.pairs, findings.faces)
    marked = faces.marked[faces.has_face]
    return [
        _count(len(faces), "image"),
        _count(len(np.unique(faces.persons)), "person"),
        Fact(f"{100 * float(marked.mean()):.0f} %", f"of {len(faces.names)} landmarks marked"),
        _count(len(findings.doubts), "face", "with suspicious labels", is_warning=True),
        _count(len(findings.beside), "face", "with misplaced labels", is_warning=True),
        _count(count_groups(findings.pairs), "group", "of near duplicates"),
        _count(len(crossing), "near duplicate", "across the sets", is_warning=True),
    ]


def _count(number: int, noun: str, rest: str = "", *, is_warning: bool = False) -> Fact:
    figure, _, words = counted(number, noun).partition(" ")
    return Fact(figure, f"{words} {rest}".strip(), is_warning and number > 0)


def _page(name: str, findings: DataFindings) -> str:
    faces, seen, pairs = findings.faces, findings.survey, findings.pairs
    # Faces of one or two landmarks cannot be aligned.
    shapes = [section(faces, seen) for section in (mean_section, spread_section, faces_section) if seen.mean_faces]
    sections = [
        source_section(faces),
        marked_section(faces),
        sample_section(faces),
        *shapes,
        doubt_section(faces, findings.doubts),
        beside_section(faces, findings.beside),
        likeness_section(faces, pairs, across_split(pairs, faces), between_persons(pairs, faces)),
    ]
    lead = f"Images, missing labels and possible errors of {name}."
    footer = f"Written by `masquerade-train explore`. The images are those in {name}."
    return page(name.removesuffix(".npz"), lead, _facts(findings), sections, footer)
