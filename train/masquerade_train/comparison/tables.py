"""Holds a table for people and writes it as Markdown or CSV."""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from masquerade_train.errors import TrainError

NOT_RUN = "not run"
NO_VALUE = "-"
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_REMARK = re.compile(r"\((.+)\)$")


@dataclass(frozen=True, slots=True)
class Figures:
    """The CSV columns for one column of a table.

    Attributes:
        names: of the columns for numbers, in the order in which a cell shows them.
        remark: name of the column for the words in brackets, and for "not run"; "" = there are none.
    """

    names: tuple[str, ...]
    remark: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return (*self.names, self.remark) if self.remark else self.names

    def cells(self, cell: str) -> Iterator[str]:
        """Yield the numbers of a cell without commas and units, "" where there is none, and then the words."""
        words = _REMARK.search(cell)
        numbers = _NUMBER.findall(cell[: words.start()] if words and self.remark else cell)[: len(self.names)]
        yield from (text.replace(",", "") for text in numbers)
        yield from [""] * (len(self.names) - len(numbers))
        if self.remark:
            yield words.group(1) if words else "" if numbers or cell == NO_VALUE else cell


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a title.

    Attributes:
        slug: file name of its CSV, without ending.
        note: what a reader must know before comparing; one paragraph.
        figures: what is a number in the CSV, by its column here; all other columns are text.
    """

    slug: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: Mapping[str, Figures] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := set(self.figures) - set(self.columns):
            raise ValueError(f"{self.slug}: there is no column {unknown}")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.slug}: {len(self.columns)} columns, but a row of {len(row)}: {row}")

    def markdown(self) -> str:
        """Return title, note and table."""
        lines = [_line(self.columns), "|" + "---|" * len(self.columns), *(_line(row) for row in self.rows)]
        return "\n".join([f"### {self.title}", "", self.note, "", *lines, ""])

    def csv_rows(self) -> Iterator[list[str]]:
        """Yield the lines of the CSV, its heads first: numbers in columns of their own, words in others."""
        heads = [self.figures[name].columns if name in self.figures else (name,) for name in self.columns]
        yield [name for names in heads for name in names]
        for row in self.rows:
            yield [text for name, cell in zip(self.columns, row, strict=True) for text in self._csv_cells(name, cell)]

    def _csv_cells(self, name: str, cell: str) -> Iterable[str]:
        return self.figures[name].cells(cell) if name in self.figures else (cell,)


def numbers_in(*names: str) -> dict[str, Figures]:
    """Return the columns of one number and nothing else."""
    return {name: Figures((name,)) for name in names}


def printed_in(*names: str) -> dict[str, Figures]:
    """Return the columns of one number, with a condition in brackets."""
    return {name: Figures((name,), f"{name}: condition") for name in names}


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
                csv.writer(file).writerows(table.csv_rows())
        report.write_text("\n".join([head, *(table.markdown() for table in tables)]), encoding="utf-8")
    except OSError as error:
        raise TrainError(f"The tables cannot be written to {folder} ({error.strerror}).") from error
    return report


def number(value: float, digits: int = 2) -> str:
    """Return 12,345.68, or a dash where there is no number."""
    return NO_VALUE if math.isnan(value) else f"{value:,.{digits}f}"


def percent(share: float, digits: int = 1) -> str:
    """Return 93.1 %, or a dash where there is no number."""
    return NO_VALUE if math.isnan(share) else f"{100 * share:.{digits}f} %"
