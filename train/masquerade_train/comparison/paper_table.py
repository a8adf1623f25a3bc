"""The table of what the papers describe: the recipe for each row, whether it agrees, and what was measured.

`python -m masquerade_train.comparison.paper_table > docs/papers.md` writes the page; a test holds it to this file.
"""

import csv
from dataclasses import replace
from pathlib import Path

from masquerade_train.comparison.cells import first_runs, printed_errors, provenance, spread
from masquerade_train.comparison.paper_rows import described
from masquerade_train.comparison.published import FIGURES, PAPERS
from masquerade_train.comparison.question_tables import grid_table, ladder_table, loss_table, threshold_table
from masquerade_train.comparison.runs import Run, collect_runs
from masquerade_train.comparison.score import Score
from masquerade_train.comparison.system_tables import size_table
from masquerade_train.comparison.tables import NO_VALUE, NOT_RUN, Table, number
from masquerade_train.errors import TrainError
from masquerade_train.recipes.papers import PAPERS as RECIPES

# What was measured, and what the mean face scores there.
_Pair = tuple[Score | None, Score | None]
# Run folders without their weights.
RESULTS = Path(__file__).resolve().parents[2] / "results"


def paper_table(paper: str) -> Table:
    """Return one paper's rows."""
    rows = [
        (
            row.place,
            row.text,
            ", ".join(f"`{name}`" for name in row.recipes) or NO_VALUE,
            f"{row.agrees}: {row.remark}" if row.remark else row.agrees,
        )
        for row in described()
        if row.paper == paper
    ]
    columns = ("where", "the paper", "recipe", "agrees?")
    return Table(f"paper_{paper.lower()}", PAPERS[paper], "", columns, tuple(rows))


def result_table(runs: tuple[Run, ...]) -> Table:
    """Return the results of each network, with the mean face and what its paper prints."""
    named = dict.fromkeys((*(figure.recipe for figure in FIGURES), *(recipe.name for recipe in RECIPES)))
    families = {name: [run for run in runs if run.recipe and run.recipe.name == name] for name in named}
    printed = {figure.recipe for figure in FIGURES}
    rows = [_result_row(name, family) for name, family in families.items() if family or name in printed]
    return Table(
        "results",
        "Results",
        "RMSE and MAE are in pixels of an image 96 wide, on new people in our data and on 193 of Kaggle's own images. "
        "No network was trained on either. After the slash is the score of the mean face of the training labels on the "
        "same images. Our data are 6499 real faces in Kaggle's format, 3038 of them with all landmarks, split by "
        "person; they are about twice as hard as Kaggle's. With several seeds, the mean is shown, and each in "
        'brackets. A run is "still falling" if its validation loss fell by more than 1 % over the last fifth of its '
        "epochs, or if it had fewer than five.",
        (
            "recipe",
            "trained",
            "RMSE / mean face",
            "MAE / mean face",
            "Kaggle RMSE / mean face",
            "Kaggle MAE / mean face",
            "the paper prints",
        ),
        tuple(rows),
    )


def _result_row(name: str, runs: list[Run]) -> tuple[str, ...]:
    measured = [run.measured for run in runs if run.measured]
    if not measured:
        return (f"`{name}`", NOT_RUN, *[NO_VALUE] * 4, printed_errors(name))
    own = first_runs(tuple(runs))[name]
    seeds = f", {len(measured)} seeds" if len(measured) > 1 else ""
    pairs: tuple[list[_Pair], ...] = (
        [(it.test, it.mean_face) for it in measured],
        [(it.kaggle, it.kaggle_mean_face) for it in measured],
    )
    cells = [_beside(pair, quantity) for pair in pairs for quantity in ("root_mean_squared", "mean_absolute")]
    return (f"`{name}`", provenance(own) + seeds, *cells, printed_errors(name))


def _beside(scores: list[_Pair], quantity: str) -> str:
    """Return the mean over the seeds, and the mean face: "3.27 (3.24, 3.30) / 6.06"."""
    values = [getattr(score, quantity) for score, _ in scores if score]
    if not values:
        return NO_VALUE
    faces = [getattr(face, quantity) for _, face in scores if face]
    return f"{spread(values)} / {number(faces[0]) if faces else NO_VALUE}"


def search_table(path: Path) -> Table:
    """Return the trials of a stored search, best first; no rows if `path` does not exist."""
    rows: list[tuple[str, ...]] = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            rows = [
                (
                    f"`{trial['net']}`",
                    f"{int(trial['parameters']):,d}",
                    f"{float(trial['learning_rate']):.2g}",
                    number(float(trial["validation_error_px"])),
                    trial["best_epoch"],
                )
                for trial in csv.DictReader(file)
            ]
    return Table(
        "search",
        "A search by `tune` (Dileep)",
        "`tune dileep-tuned --trials 4 --epochs 1 --fraction 0.2`: four random draws of one epoch each on a fifth of "
        "the persons, which show that the search works and choose nothing. RMSE on the validation set, pixels of an "
        "image 96 wide; the mean face is in the tables above.",
        ("network", "parameters", "rate", "validation RMSE px", "kept epoch"),
        tuple(rows),
    )


def _of_the_papers(sizes: Table) -> Table:
    paper = sizes.columns.index("paper")
    return replace(sizes, rows=tuple(row for row in sizes.rows if row[paper] != "ours"))


_HEAD = """# The five papers, row by row

This page compares each paper with the recipe that follows it. "partly" means that the paper leaves something open or
contradicts itself. `masquerade-train recipes NAME` shows a whole recipe.

To make this page again: `python -m masquerade_train.comparison.paper_table > docs/papers.md`. A test checks that it
is up to date.
"""


def page() -> str:
    """Return docs/papers.md."""
    try:
        runs = collect_runs(RESULTS, ())
    except TrainError:
        runs = ()
    found = first_runs(runs)
    questions = (grid_table, loss_table, ladder_table, threshold_table)
    tables = [
        *(paper_table(paper) for paper in PAPERS),
        result_table(runs),
        _of_the_papers(size_table(found)),
        *(table(found) for table in questions),
        search_table(RESULTS / "search" / "trials.csv"),
    ]
    return "\n".join([_HEAD, *(table.markdown().replace("\n\n\n\n", "\n\n") for table in tables)])


if __name__ == "__main__":
    print(page(), end="")
