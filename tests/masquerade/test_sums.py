"""The lean SHA-256 is the one everybody else computes."""

import hashlib
import subprocess
import sys
from pathlib import Path

from masquerade.sums import sum_of, sum_of_file


def test_the_sum_is_sha_256() -> None:
    assert sum_of([b"mas", b"querade"]) == hashlib.sha256(b"masquerade").hexdigest()


def test_a_file_longer_than_a_block_is_summed_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    (tmp_path / "model").write_bytes(content)
    assert sum_of_file(tmp_path / "model") == hashlib.sha256(content).hexdigest()


def test_reading_a_card_does_not_load_openssl() -> None:
    read = "masquerade.vision.card, masquerade.gui.services.thumbnails, masquerade.filters.packages.packages"
    program = f"import sys, {read}; print('_hashlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
