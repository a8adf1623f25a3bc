"""Tests that finds are matched to labels rightly and that the table beside a peer counts what it says."""

from pathlib import Path

import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.comparison.peer_table import EvaluationTarget, Labels, peer_table
from masquerade_train.evaluation.convention import Convention
from masquerade_train.metrics.matching import match

from tests.masquerade_train.faces import LANDMARKS

TWO = np.stack([LANDMARKS, LANDMARKS + 100])
SOURCES = np.array(["helen", "helen"])


def test_each_face_gets_the_nearest_find_and_no_find_serves_twice() -> None:
    both = [LANDMARKS + 101, LANDMARKS + 1]
    found = match([both, both], TWO, np.array(["a.jpg", "a.jpg"])).landmarks
    assert np.array_equal(found, np.stack([LANDMARKS + 1, LANDMARKS + 101]))
    alone = match(
        [[LANDMARKS + 1], [LANDMARKS + 1]], np.stack([LANDMARKS, LANDMARKS + 2]), np.array(["a.jpg", "a.jpg"])
    )
    assert alone.found.sum() == 1


def test_finds_far_away_are_no_match() -> None:
    assert not match([[LANDMARKS + 200]], LANDMARKS[None]).found.any()
    assert not match([[]], LANDMARKS[None]).found.any()


def test_the_table_has_faces_found_errors_and_the_part_of_a_constant_offset() -> None:
    eyes = float(np.linalg.norm(LANDMARKS[0] - LANDMARKS[1]))
    offset = np.array([0.2 * eyes, 0], np.float32)
    matches = match([[LANDMARKS + offset], []], TWO)
    convention = Convention.learn((LANDMARKS + offset)[None], LANDMARKS[None], np.array(["helen"]))
    everyone = Labels(TWO, SOURCES, [("all", np.array([True, True])), ("none", np.array([False, False]))])
    (row,) = peer_table("slug", "Title", [EvaluationTarget("it", matches, convention)], everyone).rows
    assert row == ("all", "2", "50.0 %", "20.00 %", "0.00 %", "100.0 % / 50.0 %")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "--peer", "mediapipe"], "--peer needs --peer-model"),
        (["compare"], "--runs"),
    ],
)
def test_what_is_not_named_is_asked_for(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert message in capsys.readouterr().err


def test_a_missing_table_of_photos_is_an_error(tmp_path: Path) -> None:
    from masquerade_train.comparison.peer import PeerPlan, compare_with_peer  # noqa: PLC0415
    from masquerade_train.errors import TrainError  # noqa: PLC0415

    with pytest.raises(TrainError, match="cannot be read"):
        compare_with_peer(PeerPlan("", tmp_path / "no.task", tmp_path / "no.npz"), tmp_path / "out")
