"""`detector`: adapt the face detector to int8 and to wide images."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "detector",
        help="make a quicker face detector that gives the same answers",
        description="Train the face detector to give its own answers in int8, also for wide images.",
    )
    parser.add_argument("photos", type=Path, help="folder of photos; a third of them is only used for measuring")
    parser.add_argument("faces", type=Path, help="faces to paste into them, as `prepare` wrote them (.npz)")
    parser.add_argument("--out", type=Path, required=True, help="folder for both models, the log and the checkpoint")
    parser.add_argument("--epochs", type=int, default=60, help="of 100 steps of 16 images (default %(default)s)")
    parser.add_argument("--rate", type=float, default=2e-4, help="first learning rate (default %(default)s)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade.resources import bundled
    from masquerade.vision.card import read_card

    from masquerade_train.datasets.face_set import load_faces
    from masquerade_train.inference.quiet import load_keras

    load_keras(on_tensorflow=True)
    from masquerade_train.detector.adapt import Photos, Schedule, adapt, kept_maker, training_maker
    from masquerade_train.detector.export import Makers, write_models

    photos, faces = Photos.in_folder(options.photos), load_faces(options.faces)
    original = read_card(bundled("model") / "blazeface_full_range")
    makers = Makers(training_maker(photos, faces), kept_maker(photos, faces))
    network = adapt(original, makers.training, options.out, Schedule(options.epochs, options.rate))
    for name, agreement in write_models(network, original, makers, options.out).items():
        print(
            f"{name}: of {agreement.views} images, both see a face in {agreement.both}, {agreement.lost} lost, "
            f"{agreement.new} new; scores differ by {agreement.score_change}, places by {agreement.place_change} %."
        )
