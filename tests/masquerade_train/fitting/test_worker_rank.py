"""Tests the reader of TF_CONFIG."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from masquerade_train.errors import TrainError
from masquerade_train.fitting.worker_rank import VARIABLE, WorkerRank, read_place

from tests.shared import REPO

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


# As many processes as nodes, one after the other; what would train says its place instead.
_SLURM = {
    "scontrol": r"printf 'node1\nnode2\nnode3\n'",
    "srun": 'for id in 0 1 2; do SLURM_PROCID=$id "$@"; done',
    "masquerade-train": 'echo "$TF_CONFIG"',
}


def test_the_guides_script_for_slurm_gives_every_node_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (REPO / "train" / "README.md").read_text(encoding="utf-8")
    script = guide[guide.index("#!/bin/bash\n#SBATCH") :].partition("```")[0]
    for name, line in _SLURM.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{line}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    known = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SLURM_JOB_NODELIST": "node[1-3]"}
    printed = subprocess.run(["bash", "-c", script], env=known, capture_output=True, text=True, check=True).stdout
    for number, line in enumerate(printed.splitlines()):
        monkeypatch.setenv(VARIABLE, line)
        assert read_place() == WorkerRank(number, 3)
        assert json.loads(line)["cluster"]["worker"] == ["node1:2222", "node2:2222", "node3:2222"]
    assert len(printed.splitlines()) == 3
