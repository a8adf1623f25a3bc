"""Tells where the research material lies that some tests look at when it is there: SHARED, needs_shared."""

from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
SHARED = REPO.parent / "shared"

# conftest.py skips what bears this mark where there is no such material; `-m "not research"` leaves it out.
needs_shared = pytest.mark.research
HAS_SHARED = (SHARED / "data").is_dir()
