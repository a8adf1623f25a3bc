"""Holds the command line: one module for each command, each with `add_arguments` and `run`.

`add_arguments(parser)` declares what the command takes; `run(arguments)` does it and
returns the exit code. A module is imported only when its command is called, and what is slow
to import (OpenCV, Qt, LiteRT) it imports through `masquerade.compose`, inside its functions.
"""
