"""Controls the window that is open, from a script, a Stream Deck or a key: `masquerade ctl`."""

import argparse

from masquerade.errors import AppError
from masquerade.resources import command_line

_COMMANDS = {
    "filter": "NAME, next, previous or off: choose a filter",
    "photo": "take a photo",
    "record": "on or off; without a word, toggle",
    "replay": "save the last seconds",
    "virtual-camera": "on or off; without a word, toggle",
    "show": "bring the window to the front",
    "hide": "hide the window; Masquerade keeps running",
    "status": "print what is on",
    "quit": "close Masquerade; a recording is finished first",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ctl` takes."""
    parser.add_argument("action", choices=tuple(_COMMANDS), metavar="ACTION", help="see below")
    parser.add_argument("value", nargs="?", default="", metavar="WORD", help="see below")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "actions:\n" + "\n".join(f"  {name:<16}{what}" for name, what in _COMMANDS.items())


def run(arguments: argparse.Namespace) -> int:
    """Send the command and print the answer.

    Raises:
        AppError: no window is open, or it cannot do that.
    """
    from masquerade.gui.services.desktop.instance import Request, send, socket_name

    if arguments.action == "filter" and not arguments.value:
        raise AppError(f"Name a filter, or use next, previous or off: {command_line('ctl filter dog')}")
    words = (arguments.action, arguments.value) if arguments.value else (arguments.action,)
    reply = send(socket_name(), Request("ctl", words))
    if reply is None:
        raise AppError(f"Masquerade is not running. Start it first: {command_line('')}")
    if not reply.ok:
        raise AppError(reply.message)
    if reply.message:
        print(reply.message)
    return 0
