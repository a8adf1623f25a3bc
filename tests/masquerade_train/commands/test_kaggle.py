"""Tests the way of Kaggle's own files: training.csv, test.csv and IdLookupTable.csv to submission.csv."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.datasets.face_set import load_faces
from masquerade_train.datasets.landmark_table import COLUMNS
from masquerade_train.datasets.measuring_set import read_measuring_set
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe_file import write_recipe
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.kaggle import FOUR, row, write


@pytest.fixture(scope="module")
def competition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Kaggle's three files, small."""
    folder = tmp_path_factory.mktemp("kaggle")
    write(folder, *(row(seed) for seed in range(24)), *(row(seed, FOUR) for seed in range(24, 30)))
    lines = ["ImageId,Image"] + [f"{n},{row(100 + n).rsplit(',', 1)[1]}" for n in (1, 2, 3)]
    (folder / "test.csv").write_text("\n".join(lines) + "\n")
    wanted = [(1, 1, "left_eye_center_x"), (2, 1, "left_eye_center_y"), (3, 3, "mouth_center_bottom_lip_y")]
    table = ["RowId,ImageId,FeatureName,Location", *(f"{r},{i},{f}," for r, i, f in wanted)]
    (folder / "IdLookupTable.csv").write_text("\n".join(table) + "\n")
    return folder


@pytest.fixture(scope="module")
def run(competition: Path) -> Path:
    """A run of one epoch on full images."""
    data, out = competition / "faces.npz", competition / "run"
    assert main(["prepare", str(competition / "training.csv"), str(data)]) == 0
    write_recipe(replace(RECIPES["kle-hidden"], epochs=1, batch=8), competition / "recipe.json")
    assert main(["fit", str(competition / "recipe.json"), "--data", str(data), "--out", str(out)]) == 0
    return out


def test_a_submission_has_every_row_of_the_lookup(run: Path, competition: Path, tmp_path: Path) -> None:
    out, every = tmp_path / "submission.csv", tmp_path / "all.csv"
    arguments = ["predict", str(run), str(competition / "test.csv"), "--submission", str(out), "--out", str(every)]
    assert main(arguments) == 0
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["RowId"] for row in rows] == ["1", "2", "3"]
    with every.open() as file:
        found = {row["file"]: row for row in csv.DictReader(file)}
    assert list(found) == ["1", "2", "3"]
    assert tuple(found["1"])[1:] == COLUMNS
    assert float(rows[2]["Location"]) == pytest.approx(float(found["3"]["mouth_center_bottom_lip_y"]), abs=0.01)


def test_a_prepared_test_csv_gives_the_same(run: Path, competition: Path, tmp_path: Path) -> None:
    assert main(["prepare", str(competition / "test.csv"), str(tmp_path / "test.npz")]) == 0
    outs = []
    for data in (competition / "test.csv", tmp_path / "test.npz"):
        outs.append(tmp_path / f"{data.suffix[1:]}.csv")
        lookup = ["--lookup", str(competition / "IdLookupTable.csv")]
        assert main(["predict", str(run), str(data), "--submission", str(outs[-1]), *lookup]) == 0
    assert outs[0].read_text() == outs[1].read_text()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("RowId,ImageId,FeatureName\n1,9,nose_tip_x\n", "asks for image 9"),
        ("RowId,ImageId,FeatureName\n1,1,chin_x\n", "line 2: there is no coordinate 'chin_x'"),
        ("RowId,ImageId,FeatureName\n", "has no column of coordinates"),
        ("RowId,ImageId\n1,1\n", "the column 'FeatureName' is missing"),
        ("RowId,ImageId,FeatureName\none,1,nose_tip_x\n", "line 2: .*'one'"),
    ],
)
def test_a_lookup_that_does_not_fit_is_one_sentence(
    run: Path, competition: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, message: str
) -> None:
    (tmp_path / "lookup.csv").write_text(table)
    out = ["--submission", str(tmp_path / "s.csv"), "--lookup", str(tmp_path / "lookup.csv")]
    assert main(["predict", str(run), str(competition / "test.csv"), *out]) == 1
    text = capsys.readouterr().err
    assert re.search(message, text)
    assert not (tmp_path / "s.csv").exists()


def test_other_files_of_the_competition_are_named(competition: Path, tmp_path: Path) -> None:
    (tmp_path / "SampleSubmission.csv").write_text("RowId,Location\n1,0\n")
    for path, message in (
        (competition / "IdLookupTable.csv", "IdLookupTable.csv: prepare training.csv, or test.csv beside"),
        (tmp_path / "SampleSubmission.csv", "SampleSubmission.csv, which has no images"),
    ):
        with pytest.raises(TrainError, match=message):
            read_measuring_set(path)


def test_a_measuring_set_is_an_npz_of_images_a_training_csv_or_prepared_data(
    run: Path, competition: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    landmarks = np.full((5, 15, 2), 40, np.float32)
    landmarks += np.arange(15)[:, None]
    landmarks[4, 0] = np.nan
    images = np.random.default_rng(0).integers(0, 256, (5, 96, 96)).astype(np.uint8)
    np.savez(tmp_path / "real.npz", images=images, keypoints=landmarks)
    assert len(read_measuring_set(tmp_path / "real.npz")) == 4
    assert len(read_measuring_set(competition / "training.csv")) == 24
    assert len(read_measuring_set(competition / "faces.npz")) == 24
    data = ["evaluate", str(run), str(competition / "faces.npz"), "--kaggle"]
    assert main([*data, str(tmp_path / "real.npz")]) == 0
    text = capsys.readouterr().out
    assert "Kaggle's own images (real.npz, 4 with all landmarks)" in text
    assert text.count("RMSE") >= 4
    np.savez(tmp_path / "other.npz", a=images)
    assert main([*data, str(tmp_path / "other.npz")]) == 1
    assert "no 'images' and 'keypoints'" in capsys.readouterr().err


def test_compare_measures_every_run_on_kaggles_own_images(
    run: Path, competition: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(competition / "faces.npz"), "--kaggle", str(competition / "training.csv")]
    assert main(["compare", "--runs", str(competition), *data]) == 0
    with (competition / "compared" / "errors.csv").open() as file:
        rows = {row["recipe"]: row for row in csv.DictReader(file)}
    assert float(rows["kle-hidden"]["Kaggle RMSE px"].partition(" ")[0]) > 0
    assert float(rows["the mean face of the training labels"]["Kaggle MAE px"]) >= 0


def test_the_project_folder_has_the_files_that_the_fifth_paper_lists(
    run: Path, competition: Path, tmp_path: Path
) -> None:
    out = tmp_path / "project"
    assert main(["evaluate", str(run), str(competition / "faces.npz"), "--folder", str(out)]) == 0
    names = ("summary.txt", "architecture.png", "loss.png", "predictions.csv", "results.png", "evaluation.csv")
    assert all((out / name).stat().st_size > 0 for name in names)
    with (out / "evaluation.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["what"] for row in rows] == ["model", "mean face"]
    assert "Total params: 924,730" in (out / "summary.txt").read_text()


def test_a_model_for_crops_has_no_submission(
    tiny_run: Path, competition: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--submission", str(tmp_path / "s.csv")]
    assert main(["predict", str(tiny_run), str(competition / "test.csv"), *out]) == 1
    assert "needs crops around faces" in capsys.readouterr().err


def test_images_numbered_from_one_in_the_papers_folder_are_read(competition: Path, tmp_path: Path) -> None:
    lines = (competition / "training.csv").read_text().splitlines()
    header, rows = lines[0].rsplit(",", 1)[0], [line.rsplit(",", 1) for line in lines[1:5]]
    (tmp_path / "images" / "train_images").mkdir(parents=True)
    for number, (_, pixels) in enumerate(rows, 1):
        image = np.array(pixels.split(), np.uint8).reshape(96, 96)
        cv2.imwrite(str(tmp_path / "images" / "train_images" / f"{number}.png"), image)
    (tmp_path / "processed_training_labels.csv").write_text("\n".join([header, *(cells for cells, _ in rows)]) + "\n")
    assert main(["prepare", str(tmp_path), str(tmp_path / "faces.npz")]) == 0
    faces = load_faces(tmp_path / "faces.npz")
    assert len(faces) == 4
    assert (faces.image(0)[..., 0] == np.array(rows[0][1].split(), np.uint8).reshape(96, 96)).all()
