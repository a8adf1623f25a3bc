"""Tests that photos of a face are taken and labelled, that they differ, and that a part is kept aside by time."""

from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from masquerade.values import LANDMARK_COUNT
from masquerade_train.datasets.landmark_table import read_lines
from masquerade_train.errors import TrainError
from masquerade_train.personal.folder import corrected_files, read_folder, write_folder
from masquerade_train.personal.kept_aside import hold_out
from masquerade_train.personal.photos import FacePhoto, choose_varied, take_photos

from tests.masquerade_train.faces import PORTRAIT, dotted_image, moved_points


def photo(time: float, traits: tuple[float, ...] = (0,) * 6, spread: float = 0.005) -> FacePhoto:
    """A photo of dots, 192 wide; what its frame showed beside it is grey."""
    landmarks = moved_points(int(10 * time))
    encoded = cv2.imencode(".jpg", dotted_image(landmarks)[..., ::-1])[1].tobytes()
    spreads = np.full(LANDMARK_COUNT, spread, np.float32)
    ground = (cv2.imencode(".jpg", np.full((240, 320, 3), 90, np.uint8))[1].tobytes(), landmarks[None] / 4)
    return FacePhoto(time, encoded, landmarks, spreads, 40.0, np.array(traits, np.float32), ground)


def test_two_periods_are_held_out_and_photos_near_them_are_not_used() -> None:
    placed = hold_out(tuple(photo(time) for time in np.arange(0, 60.01, 0.5)))
    tests = [each.photo.time for each in placed if each.split == "test"]
    taught = np.array([each.photo.time for each in placed if each.split == "train"])
    assert (min(tests), max(tests)) == (12.0, 47.5)
    assert {each.part for each in placed if each.split == "test"} == {2, 7}
    assert min(np.abs(taught - time).min() for time in tests) >= 0.9
    assert {each.part for each in placed} == set(range(10))
    assert hold_out(()) == ()


def test_the_photos_that_differ_most_are_chosen() -> None:
    usual = [photo(time) for time in range(20)]
    turned = replace(usual[7], traits=np.array([3, 0, 0, 0, 0, 0], np.float32))
    talking = replace(usual[11], traits=np.array([0, 0, 0, 2, 0, 0], np.float32))
    photos = tuple(turned if each is usual[7] else talking if each is usual[11] else each for each in usual)
    chosen = choose_varied(photos, 3)
    assert turned in chosen
    assert talking in chosen
    assert [each.time for each in chosen] == sorted(each.time for each in chosen)
    assert choose_varied(photos, 50) == photos


def test_the_folder_holds_what_can_be_corrected_and_is_read_as_training_data(tmp_path: Path) -> None:
    photos = [photo(time) for time in np.arange(0, 60, 0.5)]
    odd = photos[3].spreads.copy()
    odd[10] = 0.2
    photos[3] = replace(photos[3], spreads=odd)
    counts = write_folder(tmp_path, tuple(photos))
    assert (counts.training, counts.test, counts.doubtful) == (90, 24, 1)
    lines = [line.cells() for line in read_lines(tmp_path / "labels.csv", ("file",))]
    assert [line["doubtful"] for line in lines if line["doubtful"]] == ["nose_tip"]
    faces = read_folder(tmp_path)
    assert ((faces.sources == "you") & (faces.splits == "test")).sum() == 24
    assert (faces.sources == "background").any()
    assert not set(faces.persons[faces.splits == "train"]) & set(faces.persons[faces.splits == "test"])
    assert corrected_files(tmp_path) == frozenset()
    table = (tmp_path / "labels.csv").read_text(encoding="utf-8").splitlines()
    table[1] = table[1].rsplit(",", 1)[0] + ",120.000"
    (tmp_path / "labels.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    assert corrected_files(tmp_path) == {"000.jpg"}


def test_too_few_photos_are_one_sentence_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"Only 20 photos .* Take a longer video"):
        write_folder(tmp_path, tuple(photo(time) for time in range(20)))
    with pytest.raises(TrainError, match="Only 0 photos"):
        write_folder(tmp_path, ())


def test_photos_of_a_video_are_labelled_where_the_face_is(tmp_path: Path) -> None:
    """The portrait, slowly turned and moved: its landmarks, mapped back, stay together."""
    portrait = cv2.imread(str(PORTRAIT))
    matrices = [cv2.getRotationMatrix2D((230, 130), 8 * np.sin(index / 6), 1.6) for index in range(40)]
    path = tmp_path / "me.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for matrix in matrices:
            frame = cv2.warpAffine(portrait, matrix, (640, 480))
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "bgr24")))
        file.mux(stream.encode(None))
    photos = take_photos(str(path))
    assert 15 <= len(photos) <= 21
    assert photos[0].time == 0.0
    assert photos[0].ground is not None
    assert all(each.ground is None for each in photos[1:20])
    assert all(cv2.imdecode(np.frombuffer(each.encoded, np.uint8), 1).shape == (256, 256, 3) for each in photos)
    rolls = [each.traits[2] for each in photos]
    assert max(rolls) - min(rolls) > 1.0  # the head turns by 16 degrees
    assert max(float(each.spreads.mean()) for each in photos) < 0.03
    eyes = [float(np.linalg.norm(each.landmarks[0] - each.landmarks[1])) for each in photos]
    assert min(eyes) > 0.25 * 256 / 2.6


def test_photos_of_a_folder_are_taken_one_by_one_and_a_broken_one_takes_no_other_along(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(PORTRAIT.read_bytes())
    (tmp_path / "1b.jpg").write_bytes(b"no image at all")
    assert [each.time for each in take_photos(str(tmp_path))] == [0.0, 1.0, 2.0]


def test_a_source_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="There is no file"):
        take_photos(str(tmp_path / "none.mp4"))
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    with pytest.raises(TrainError, match=r"bad\.mp4"):
        take_photos(str(tmp_path / "bad.mp4"))
