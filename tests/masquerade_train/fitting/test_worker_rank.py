"""Tests the reader of TF_CONFIG."""

import json

import pytest
from masquerade_train.errors import TrainError
from masquerade_train.fitting.worker_rank import VARIABLE, WorkerRank, read_place

WORKERS = {"worker": ["127.0.0.1:4001", "127.0.0.1:4002"]}


def config(cluster: dict[str, list[str]], kind: str, index: int) -> str:
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})


def test_a_place_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, config(WORKERS, "worker", 1))
    assert read_place() == WorkerRank(1, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "--distributed reads TF_CONFIG, e.g."),
        ("{}", "--distributed reads TF_CONFIG"),
        ("[1]", "--distributed reads TF_CONFIG"),
        (config(WORKERS, "worker", 2), "2 workers, so no worker 2"),
        (config(WORKERS, "chief", 0), "workers only"),
        (config(WORKERS | {"ps": ["127.0.0.1:4003"]}, "worker", 0), "workers only"),
    ],
)
def test_an_invalid_variable_is_an_error(text: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(TrainError, match=message):
        read_place()
