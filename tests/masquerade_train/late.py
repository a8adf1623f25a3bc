"""Marks imports that wait for the first test of their module: `if LATE:`, done by the fixture `late_imports`.

Every worker imports all modules to learn which tests there are, and tensorflow costs each 5 to 12 s.
"""

import pytest

LATE = False
# Whether a module of tests imports tensorflow at its top all the same.
TENSORFLOW_AT_COLLECTION = pytest.StashKey[bool]()
