"""Shows and chooses the model that follows faces in the window: `masquerade model`."""

import argparse
from dataclasses import replace
from pathlib import Path

from masquerade.errors import AppError
from masquerade.resources import command_line, settings_file
from masquerade.settings_file import open_settings, write_settings

STANDARD = "standard"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `model` takes."""
    parser.add_argument(
        "name",
        nargs="?",
        default="",
        metavar="NAME",
        help=f"a bundled model's name, the folder of your own, or '{STANDARD}' to go back; without it, show the choice",
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the choice, or change it: in the open window, else for the next start.

    Raises:
        AppError: there is no such model, it is damaged, or the settings cannot be written.
    """
    from masquerade.vision.landmarker import Landmarker
    from masquerade.vision.models import bundled_landmarkers, find_landmarker

    if not arguments.name:
        _show(tuple(card.name for card in bundled_landmarkers()))
        return 0
    card = find_landmarker("" if arguments.name == STANDARD else arguments.name)
    # Loaded once: what does not fit its card must not wait for the next start of the window.
    Landmarker(card)
    bundled = {each.path: each.name for each in bundled_landmarkers()}
    name = bundled.get(card.path, str(card.path.parent.resolve()))
    if not _choose_in_the_window(name):
        loaded = open_settings(settings_file())
        write_settings(settings_file(), replace(loaded.settings, model=name))
    print(f"Face tracking: {name}. `{command_line(f'model {STANDARD}')}` goes back to the bundled model.")
    return 0


def _show(bundled: tuple[str, ...]) -> None:
    used = open_settings(settings_file()).settings.model or bundled[0]
    names = bundled if used in bundled else (*bundled, used)
    for name in names:
        print(f"{'*' if name == used else ' '} {name}{'' if Path(name) == Path(Path(name).name) else '  (your own)'}")


def _choose_in_the_window(name: str) -> bool:
    """Return whether a window is open; it then uses the model at once.

    Raises:
        AppError: it is open and cannot.
    """
    from masquerade.gui.services.desktop.instance import Request, send, socket_name

    reply = send(socket_name(), Request("ctl", ("model", name)))
    if reply is not None and not reply.ok:
        raise AppError(reply.message)
    return reply is not None
