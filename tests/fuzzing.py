"""Runs a fuzzer for some minutes from the command line and reports what came of its inputs."""

import argparse
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Fuzzer(Protocol):
    """Tries one mutated input after the other."""

    counts: Counter[str]

    def step(self) -> None:
        """Try the next input."""

    def finish(self) -> None:
        """Try what was gathered and not tried yet."""


def fuzz(description: str | None, make: Callable[[int, Path, Path], Fuzzer], findings: tuple[str, ...]) -> int:
    """Fuzz as the command line says; 1 if anything was found.

    Args:
        description: for --help.
        make: from a seed, a folder to work in and the folder for findings.
        findings: words in a count that make it a finding.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, default=Path("findings"))
    arguments = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory() as temporary:
        fuzzer = make(arguments.seed, Path(temporary), arguments.findings)
        end = time.monotonic() + 60 * arguments.minutes
        while time.monotonic() < end:
            fuzzer.step()
        fuzzer.finish()
    for words, count in sorted(fuzzer.counts.items()):
        print(f"{count:8d} {words}")
    print(f"{sum(fuzzer.counts.values())} in all, seed {arguments.seed}")
    return int(any(word in words for words in fuzzer.counts for word in findings))
