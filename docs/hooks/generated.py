"""Fill in what the site shows of the program itself, so that no page can become outdated.

A page asks for it with a comment on a line of its own:

    <!-- help: render -->      the help of a command
    <!-- filters -->           the table of bundled filters
    <!-- rooms -->             the packages and their imports, as a drawing
    <!-- decisions -->         the list of decisions
"""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from rooms import draw_rooms  # noqa: E402 (the hook's own folder is not on the path before)

_MARK = re.compile(r"^<!-- (help|filters|rooms|decisions)(?:: ([\w -]*))? -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace every mark of a page by what it asks for."""
    return _MARK.sub(lambda match: _FILL[match[1]](match[2] or ""), markdown)


def _help(command: str) -> str:
    words = command.split()
    package = "masquerade_train" if words[:1] == ["train"] else "masquerade"
    words = words[1:] if package == "masquerade_train" else words
    done = subprocess.run(
        [sys.executable, "-m", package, *words, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80", "PYTHONPATH": f"{_ROOT / 'app'}{os.pathsep}{_ROOT / 'train'}"},
    )
    return f"```text\n{done.stdout.strip()}\n```"


def _filters(_: str) -> str:
    rows = []
    for path in sorted((_ROOT / "assets" / "filters").glob("*/filter.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        tags = ", ".join(content.get("tags", ()))
        rows.append((content["name"], f"`{path.parent.name}`", tags, content.get("hint", ""), content["licence"]))
    lines = ["| Name | On the command line | Tags | Hint | Licence |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in sorted(rows))])


def _rooms(_: str) -> str:
    return draw_rooms("masquerade")


def _decisions(_: str) -> str:
    lines = []
    for path in sorted((_ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        lines.append(f"- [{title}]({path.name})")
    return "\n".join(lines)


_FILL = {"help": _help, "filters": _filters, "rooms": _rooms, "decisions": _decisions}
