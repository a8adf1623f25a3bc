"""Start Masquerade: read the arguments, set up the log, run one command, report errors."""

import importlib
import logging
import os
import sys
from collections.abc import Sequence

from masquerade.commands.command_line import CommandLine
from masquerade.commands.ending import interrupt_between_imports
from masquerade.errors import AppError
from masquerade.logs import set_up_log
from masquerade.resources import program_version
from masquerade.terminal import printable, printable_lines

COMMANDS = {
    "run": "show a camera with filters in a window (what `masquerade` alone does)",
    "render": "put filters on images and videos and save the results",
    "keypoints": "write the 15 landmarks of every face to a CSV table",
    "trim": "save a part of a recording without encoding it again",
    "loop": "make a looping GIF, WebP or short video",
    "replay": "draw recorded landmarks as a mask on black",
    "bench": "measure how fast Masquerade is on this machine",
    "model": "show and choose the model that follows faces",
    "correct": "correct the landmarks of photos in a window, by dragging them",
    "filters": "list the filters, check a filter package, start a new one",
    "ctl": "control the open window: filter, photo, record, virtual camera",
    "doctor": "check this machine, and list the files that Masquerade has written",
}
EXIT_FINE, EXIT_ERROR, EXIT_INTERRUPTED = 0, 1, 130
_GLOBAL_OPTIONS = ("-h", "--help", "--version")

_log = logging.getLogger("masquerade")  # under `python -m masquerade` this module's own name is __main__


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        argv: the words after the program's name; None takes those of this process.

    Returns:
        The exit code: 0 fine, 1 an error that was reported on stderr, 130 stopped by Ctrl+C.

    Raises:
        SystemExit: by argparse, with 2 for a wrong command line and 0 after --help.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or (words[0].startswith("-") and words[0] not in _GLOBAL_OPTIONS):
        words.insert(0, "run")
    if words[0] == "--version":
        print(f"Masquerade {program_version()}")
        return EXIT_FINE
    interrupt_between_imports()
    log_file = None
    try:
        arguments = _parser(words).parse_args(words)
        log_file = set_up_log(verbose=arguments.verbose)
        code = int(arguments.run(arguments))
        # A reader that went away is noticed here, not when Python ends and can only complain.
        print(end="", flush=True)
        return code
    except AppError as error:
        _log.info("ended by an error: %s", error)
        print(f"masquerade: {printable_lines(str(error))}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("\nmasquerade: stopped.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # `masquerade filters list | head`: the reader has closed the pipe, which is no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FINE
    except Exception as error:  # noqa: BLE001 (nothing stands above it)
        _log.exception("an error of the program itself")
        details = f" Details: {log_file}" if log_file else ""
        print(
            f"Masquerade crashed: {type(error).__name__}: {printable(error)}.{details}",
            file=sys.stderr,
        )
        return EXIT_ERROR


def _parser(words: Sequence[str]) -> CommandLine:
    """Build the parser; only the chosen command's module is imported, so that --help is instant."""
    parser = CommandLine(
        prog="masquerade",
        description="Face filters on a webcam in real time. Without a command the window opens.",
        epilog="masquerade COMMAND --help explains a command.",
    )
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        command.add_argument("--verbose", action="store_true", help="log every detail, on stderr too")
        if name == words[0]:
            module = importlib.import_module(f"masquerade.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
            command.words = tuple(words)
            parser.options += command.options
    return parser


if __name__ == "__main__":
    sys.exit(main())
