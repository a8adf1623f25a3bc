"""`personalise`: make a model for one's own face."""

import argparse
from pathlib import Path

from masquerade_train.errors import TrainError


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "personalise",
        help="make a model for your own face, in minutes",
        description="Take photos of you from a camera, a video or a folder, label them with the bundled model, "
        "let you correct doubtful ones in a window, and train for some minutes. Then report the error "
        "before and after on photos that were not used for training. The app uses the new model only "
        "if it is better.",
    )
    parser.add_argument(
        "source",
        nargs="?",
        default="",
        metavar="VIDEO|FOLDER",
        help="a video, a folder of photos, or the folder of your model to train it again on its photos",
    )
    parser.add_argument("--camera", metavar="N", help="watch this camera instead: its number or name")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="how long to watch the camera, in seconds (default: 60)"
    )
    parser.add_argument("--minutes", type=float, default=6.0, help="minutes of training (default: 6)")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="folder of the model (default: with Masquerade's own data)"
    )
    parser.add_argument("--no-window", action="store_true", help="do not open a window to correct doubtful photos")
    parser.add_argument("--no-use", action="store_true", help="do not let the app use the new model")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    if options.source.startswith("camera:") and options.camera is None:
        options.source, options.camera = "", options.source.partition(":")[2]
    if bool(options.source) == (options.camera is not None):
        raise TrainError("Name a video or a folder of photos, or a camera with --camera 0.")
    if options.minutes <= 0 or options.seconds <= 0:
        raise TrainError("--minutes and --seconds must be above 0.")
    from masquerade.resources import user_models

    from masquerade_train.inference.quiet import load_keras

    load_keras(on_tensorflow=True)
    from masquerade_train.personal.personalise import PersonalPlan, personalise

    again = Path(options.source) / "photos" if options.source else Path()
    out = options.out or (Path(options.source) if (again / "labels.csv").is_file() else user_models() / "personal")
    if options.camera is not None:
        print(
            f"Look into the camera for {options.seconds:.0f} seconds: turn and tilt your head slowly, talk, smile, "
            "open your mouth wide, close an eye, raise your brows, move nearer and away, and change the light."
        )
    plan = PersonalPlan(
        source=options.source or f"camera:{options.camera}",
        out=out,
        minutes=options.minutes,
        seconds=options.seconds if options.camera is not None else None,
        correct=not options.no_window,
        use=not options.no_use,
    )
    try:
        print(personalise(plan))
    except KeyboardInterrupt:
        raise TrainError(f"Stopped. `masquerade-train personalise {out}` continues with the photos taken.") from None
