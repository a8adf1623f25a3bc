"""Reads the rank of this process in a distributed run from TF_CONFIG."""

import json
import os
from dataclasses import dataclass

from masquerade_train.errors import TrainError

VARIABLE = "TF_CONFIG"
_EXAMPLE = '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}'


class WorkerLostError(TrainError):
    """Another process of the run ended; the run can continue from its checkpoint when it is back."""


@dataclass(frozen=True, slots=True)
class WorkerRank:
    """The rank of a process; number 0 writes checkpoints, log and model."""

    number: int
    count: int


def read_place() -> WorkerRank:
    """Read TF_CONFIG.

    Raises:
        TrainError: it is missing, no JSON, or names no workers.
    """
    text = os.environ.get(VARIABLE, "")
    try:
        content = json.loads(text)
        workers, task = content["cluster"]["worker"], content["task"]
        place = WorkerRank(int(task["index"]), len(workers))
    except (ValueError, KeyError, TypeError) as error:
        raise TrainError(f"--distributed reads {VARIABLE}, e.g. {_EXAMPLE}, not '{text}' ({error}).") from error
    if task.get("type") != "worker" or set(content["cluster"]) != {"worker"}:
        raise TrainError(f"{VARIABLE} may name workers only (worker 0 leads), not '{text}'.")
    if not 0 <= place.number < place.count:
        raise TrainError(f"{VARIABLE} has {place.count} workers, so no worker {place.number}.")
    return place
