"""Tests the command that adapts the face detector: the network's answers, its files, and what it refuses."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.resources import bundled
from masquerade.vision.card import read_card
from masquerade.vision.detector import BlazeFace
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.detector.graph import read_graph
from masquerade_train.detector.views import SQUARE_WH, WIDE_WH, ViewMaker
from masquerade_train.errors import TrainError

from tests.masquerade_train.faces import PORTRAIT, small_set
from tests.masquerade_train.late import LATE

if LATE:
    import tensorflow as tf
    from masquerade_train.detector.adapt import (
        Photos,
        Schedule,
        TfliteDetector,
        adapt,
        as_input,
        kept_maker,
        training_maker,
    )
    from masquerade_train.detector.export import Makers, write_models
    from masquerade_train.detector.network import DetectorNetwork

ORIGINAL = read_card(bundled("model") / "blazeface_full_range")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for number in range(3):
        shutil.copy(PORTRAIT, folder / f"{number}.jpg")
    return folder


@pytest.fixture(scope="module")
def faces() -> FaceSet:
    return small_set()


@pytest.fixture(scope="module")
def adapted(photos: Path, faces: FaceSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, listed = tmp_path_factory.mktemp("out"), Photos.in_folder(photos)
    # What is tested is not how well it learns.
    short = Schedule(epochs=1, rate=1e-5, steps=2, views=2)
    makers = Makers(training_maker(listed, faces), kept_maker(listed, faces))
    tf.config.run_functions_eagerly(True)  # two steps are quicker than their compilation
    try:
        adapt(ORIGINAL, makers.training, out, short)
        network = adapt(ORIGINAL, makers.training, out, replace(short, epochs=2))
    finally:
        tf.config.run_functions_eagerly(False)
    write_models(network, ORIGINAL, makers, out, views=3)
    return out


def test_before_it_learns_the_network_answers_as_the_file() -> None:
    view = cv2.resize(cv2.imread(str(PORTRAIT)), SQUARE_WH)
    wanted, wanted_logits = TfliteDetector(ORIGINAL.path).answers(np.asarray(view, np.uint8))
    found, found_logits = DetectorNetwork(read_graph(ORIGINAL.path))(as_input(view)[None])
    np.testing.assert_allclose(found[0], wanted, atol=1e-3)
    np.testing.assert_allclose(found_logits[0], wanted_logits, atol=1e-4)


def test_the_files_find_the_face_and_their_cards_say_how_they_agree(adapted: Path) -> None:
    detector = BlazeFace(*(read_card(adapted / name) for name in ("blazeface_int8", "blazeface_int8_wide")))
    portrait = cv2.cvtColor(cv2.imread(str(PORTRAIT)), cv2.COLOR_BGR2BGRA)
    (published,) = BlazeFace(ORIGINAL).detect(portrait)
    for image in (portrait, portrait[:330]):
        (face,) = detector.detect(np.ascontiguousarray(image))
        np.testing.assert_allclose(face.anchors, published.anchors, atol=0.1 * published.box.width)
    card = json.loads((adapted / "blazeface_int8_wide" / "card.json").read_text(encoding="utf-8"))
    assert card["agreement"]["views"] == 3
    assert "changed" in card["origin"]


def test_a_run_goes_on_from_its_last_epoch(adapted: Path) -> None:
    with (adapted / "log.csv").open(encoding="utf-8") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1"]


@pytest.mark.parametrize("size_wh", [SQUARE_WH, WIDE_WH])
def test_views_are_the_same_for_the_same_seed_and_differ_for_others(
    photos: Path, faces: FaceSet, size_wh: tuple[int, int]
) -> None:
    maker = ViewMaker(Photos.in_folder(photos).training, faces.select(faces.has_face))
    views = [maker.view(np.random.default_rng(seed), size_wh) for seed in (1, 1, 2)]
    assert views[0].shape == (size_wh[1], size_wh[0], 3)
    assert np.array_equal(views[0], views[1])
    assert not np.array_equal(views[0], views[2])


def test_a_third_of_the_photos_is_kept_for_measuring(photos: Path) -> None:
    listed = Photos.in_folder(photos)
    assert [path.name for path in listed.kept] == ["0.jpg"]
    assert [path.name for path in listed.training] == ["1.jpg", "2.jpg"]


def test_too_few_photos_are_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], small_data: Path) -> None:
    assert main(["detector", str(tmp_path), str(small_data), "--out", str(tmp_path / "out")]) == 1
    assert "holds 0 photos" in capsys.readouterr().err


def test_a_damaged_photo_is_named(photos: Path, faces: FaceSet, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    shutil.copytree(photos, folder)
    (folder / "1.jpg").write_bytes(b"no image")
    with pytest.raises(TrainError, match=r"1\.jpg"):
        training_maker(Photos.in_folder(folder), faces)


@pytest.mark.parametrize("content", [b"", b"no model", bytes(500)])
def test_what_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.tflite"
    path.write_bytes(content)
    with pytest.raises(TrainError, match=r"damaged\.tflite"):
        read_graph(path)
