"""`teach`: write what MediaPipe's FaceLandmarker sees in a folder of images."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "teach",
        help="label images with MediaPipe's FaceLandmarker, for `prepare --taught`",
        description="Label images with MediaPipe's FaceLandmarker, for `prepare --taught`.",
    )
    parser.add_argument("folder", type=Path, help="folder of images")
    parser.add_argument("out", type=Path, help="the CSV to write: 15 landmarks and 70 contour landmarks of every face")
    parser.add_argument(
        "--teacher", type=Path, required=True, metavar="FILE", help="Google's model file face_landmarker.task"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.datasets.teaching.face_landmarker import teach

    print(teach(options.folder, options.teacher, options.out))
