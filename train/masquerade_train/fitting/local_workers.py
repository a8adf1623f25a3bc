"""Starts several training processes on this machine, and restarts those that are killed."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence

from masquerade_train.errors import TrainError
from masquerade_train.fitting.worker_rank import VARIABLE

RESTARTS = "MASQUERADE_RESTARTS"
# A worker that is lost again and again will be so once more.
_MAX_RESTARTS = 20
_RESUME = "--resume"


def train_with_workers(count: int, arguments: Sequence[str]) -> None:
    """Run `masquerade-train ARGUMENTS` in `count` processes until all are done.

    A process that a signal ended is started again and goes on from the run's checkpoint.

    Raises:
        TrainError: one of them failed; the others are ended, what is kept can be resumed.
    """
    ports = _free_ports(count)
    processes = [_start(number, ports, arguments) for number in range(count)]
    restarts = 0
    try:
        while any(process.poll() is None for process in processes):
            for number, process in enumerate(processes):
                if _has_ended(process) and process.returncode < 0 and restarts < _MAX_RESTARTS:
                    restarts += 1
                    processes[number] = _start(number, ports, _resuming(arguments))
                elif process.returncode:
                    raise TrainError(f"Worker {number} of the run failed. --resume continues from the last checkpoint.")
        if any(process.returncode for process in processes):
            raise TrainError("A worker of the run was killed too often. --resume continues from the last checkpoint.")
    finally:
        for process in processes:
            process.kill()
            process.wait()


def start_again() -> None:
    """Restart this process to wait for a lost worker, and continue from the checkpoint.

    TensorFlow cannot leave a cluster that has broken and join it again within one process.

    Raises:
        TrainError: it was restarted too often.
    """
    restarts = int(os.environ.get(RESTARTS, "0")) + 1
    if restarts > _MAX_RESTARTS:
        raise TrainError(f"Workers were lost {restarts} times. --resume continues from the last checkpoint.")
    os.environ[RESTARTS] = str(restarts)
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "masquerade_train", *_resuming(sys.argv[1:])])


def _start(number: int, ports: Sequence[int], arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    workers = [f"127.0.0.1:{port}" for port in ports]
    place = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": number}}
    environment = os.environ | {VARIABLE: json.dumps(place)}
    return subprocess.Popen([sys.executable, "-m", "masquerade_train", *arguments], env=environment)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return False
    return True


def _resuming(arguments: Sequence[str]) -> list[str]:
    return [*arguments, *([] if _RESUME in arguments else [_RESUME])]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
