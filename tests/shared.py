"""Tells where the research material lies that some tests look at when it is there: SHARED, needs_shared."""

from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
SHARED = REPO.parent / "shared"

needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="needs the research images and clips, which are not part of the project"
)
