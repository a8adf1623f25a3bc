"""What was only needed for loading goes back to the system, and everything works as before."""

import linecache
import subprocess
import sys

import pytest
from masquerade.heap import give_back_memory

PROGRAM = """
import re
import cv2
import numpy as np
from masquerade.heap import let_go_of_code

def kilobytes():
    return int(re.search(r"RssFile:\\s+(\\d+)", open("/proc/self/status").read())[1])

image = np.arange(48 * 48 * 3, dtype=np.uint8).reshape(48, 48, 3)
wanted = cv2.GaussianBlur(image, (0, 0), 2)
before = kilobytes()
let_go_of_code()
after = kilobytes()
assert np.array_equal(cv2.GaussianBlur(image, (0, 0), 2), wanted)
print(before - after)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux is told that code is not needed")
def test_code_that_is_let_go_leaves_memory_and_still_works() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 4000, "kilobytes"


def test_source_lines_are_forgotten() -> None:
    linecache.getlines(linecache.__file__)
    give_back_memory()
    assert linecache.cache == {}
