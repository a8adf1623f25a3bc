"""Read the command line as argparse does, but name a wrong word in a sentence, with the nearest right one."""

import argparse
import difflib
import os
import re
import shlex
from typing import Any, NoReturn

from masquerade.terminal import printable_lines

_UNKNOWN_OPTION = re.compile(r"unrecognized arguments: (?:.* )?(--?\w[^ =]*)")
_UNKNOWN_CHOICE = re.compile(
    r"""argument ([^:]+): invalid choice: (?:'([^']*)'|"([^"]*)") \(choose from (.*)\)""", re.DOTALL
)
_WORD = re.compile(r"[^\s,']+")


class CommandLine(argparse.ArgumentParser):
    """A parser that remembers its options, to suggest the nearest one.

    Attributes:
        options: those of this parser, and of the chosen command.
        words: of the command line. A wrong option is reported first, before what is missing for it.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self.options: list[str] = []
        self.words: tuple[str, ...] = ()
        super().__init__(*arguments, **settings)

    def add_argument(self, *names: str, **settings: Any) -> argparse.Action:
        """Add an argument as argparse does, and remember its names."""
        self.options += [name for name in names if name.startswith("-")]
        return super().add_argument(*names, **settings)

    def error(self, message: str) -> NoReturn:
        """End the program with 2 after saying what is wrong."""
        option, choice = _UNKNOWN_OPTION.match(message), _UNKNOWN_CHOICE.match(message)
        strange = option[1] if option else next(filter(self._is_strange, self.words), None)
        if strange:
            strange = strange.partition("=")[0]
            message = f"there is no option '{strange}'.{_meant(strange, self.options)}"
        elif choice:
            what, quoted, doubly_quoted, choices = choice.groups()
            word = quoted if doubly_quoted is None else doubly_quoted
            kind = f"choice for {what}" if what.startswith("-") else "command"
            message = f"there is no {kind} '{word}'.{_meant(word, _WORD.findall(choices))}"
            if kind == "command" and os.path.exists(word):
                message = (
                    f"'{word}' is not a command. To open it in the window: masquerade --source {shlex.quote(word)}"
                )
        super().error(printable_lines(message))

    def _is_strange(self, word: str) -> bool:
        """Return whether a word is an unknown option; abbreviations of known ones are allowed."""
        name = word.partition("=")[0]
        return name.startswith("--") and len(name) > 2 and not any(each.startswith(name) for each in self.options)


def _meant(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" Did you mean '{near[0]}'?" if near else " --help lists all."
