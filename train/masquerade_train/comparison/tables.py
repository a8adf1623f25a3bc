"""Holds a table for people and writes it as Markdown or CSV."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from masquerade_train.errors import TrainError

NOT_RUN = "not run"
NOT_TOLD = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a title.

    Attributes:
        slug: file name of its CSV, without ending.
        note: what a reader must know before comparing; one paragraph.
    """

    slug: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.slug}: {len(self.columns)} columns, but a row of {len(row)}: {row}")

    def markdown(self) -> str:
        """Return title, note and table."""
        lines = [_line(self.columns), "|" + "---|" * len(self.columns), *(_line(row) for row in self.rows)]
        return "\n".join([f"### {self.title}", "", self.note, "", *lines, ""])


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def write_tables(folder: Path, tables: Iterable[Table], head: str) -> Path:
    """Write `folder`/compare.md and one CSV a table; return the Markdown file.

    Raises:
        TrainError: the files cannot be written.
    """
    tables, report = tuple(tables), folder / "compare.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in tables:
            with (folder / f"{table.slug}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([table.columns, *table.rows])
        report.write_text("\n".join([head, *(table.markdown() for table in tables)]), encoding="utf-8")
    except OSError as error:
        raise TrainError(f"The tables cannot be written to {folder} ({error.strerror}).") from error
    return report


def number(value: float, digits: int = 2) -> str:
    """Return 12,345.68, or a dash where there is no number."""
    return NOT_TOLD if math.isnan(value) else f"{value:,.{digits}f}"


def percent(share: float, digits: int = 1) -> str:
    """Return 93.1 %, or a dash where there is no number."""
    return NOT_TOLD if math.isnan(share) else f"{100 * share:.{digits}f} %"
