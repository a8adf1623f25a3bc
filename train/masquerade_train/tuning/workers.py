"""Starts the chief and the workers of a search on this machine, and restarts killed workers."""

import logging
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from masquerade_train.errors import TrainError
from masquerade_train.tuning.plan import RAY_FOLDER, SearchPlan, claim
from masquerade_train.tuning.search import search

_log = logging.getLogger(__name__)

_HERE = "127.0.0.1"
_CHIEF = "chief"
# A worker that is killed again and again is killed for a reason, such as too little memory.
_FRESH_STARTS = 3
_STOP_SECONDS = 20


def search_with(plan: SearchPlan, workers: int) -> None:
    """Search with several worker processes on this machine; Keras Tuner's chief deals out the trials.

    Raises:
        TrainError: a worker could not use the data or the weights, or was killed too often.
    """
    claim(plan, other=RAY_FOLDER)
    team = _Team(plan, _free_port())
    try:
        team.work(workers)
    finally:
        team.stop()


class _Team:
    """One chief and its workers."""

    def __init__(self, plan: SearchPlan, port: int) -> None:
        self._plan, self._port = plan, port
        self._fresh_starts = 0
        self._running: dict[str, BaseProcess] = {}
        self._start(_CHIEF)

    def work(self, count: int) -> None:
        """Return when all workers have ended well."""
        for number in range(count):
            self._start(f"worker{number}")
        while set(self._running) - {_CHIEF}:
            wait([process.sentinel for process in self._running.values()])
            for name, process in list(self._running.items()):
                if process.exitcode is not None:
                    self._on_end(name, process.exitcode)

    def _on_end(self, name: str, status: int) -> None:
        del self._running[name]
        if status > 0:
            raise TrainError(f"The search was ended by its {name}; the error is shown above.")
        if status < 0:
            self._fresh_starts += 1
            if self._fresh_starts > _FRESH_STARTS:
                raise TrainError(f"Workers were killed {self._fresh_starts} times ({signal.Signals(-status).name}).")
            _log.warning("%s was killed (%s): started again.", name, signal.Signals(-status).name)
            # Under its own name: it gets the trial that it had.
            self._start(name)

    def _start(self, name: str) -> None:
        # No daemon: a trial may have processes of its own that make batches.
        process = get_context("spawn").Process(target=_be, args=(name, self._port, self._plan), name=name)
        process.start()
        self._running[name] = process

    def stop(self) -> None:
        """End the processes that still run; the chief has written down everything by then."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.join(_STOP_SECONDS)
            if process.exitcode is None:
                process.kill()
                process.join()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_HERE, 0))
        return int(found.getsockname()[1])


def _be(name: str, port: int, plan: SearchPlan) -> None:
    """Chief or worker, in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ |= {
        "KERASTUNER_TUNER_ID": name,
        "KERASTUNER_ORACLE_IP": _HERE,
        "KERASTUNER_ORACLE_PORT": str(port),
    }
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {name}: %(message)s", datefmt="%H:%M:%S")
    try:
        search(plan)
    except TrainError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(1)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        with suppress(OSError):
            wait([parent.sentinel])
        os._exit(1)
