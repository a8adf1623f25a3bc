"""The table of what the papers describe: the recipe for each row, whether it agrees, and what was measured.

`python -m masquerade_train.comparison.paper_table > docs/papers.md` writes the page; a test holds it to this file.
"""

from collections.abc import Mapping
from pathlib import Path

from masquerade_train.comparison.cells import first_runs, printed_errors, provenance
from masquerade_train.comparison.paper_rows import described
from masquerade_train.comparison.published import FIGURES, PAPERS
from masquerade_train.comparison.runs import Run, collect_runs
from masquerade_train.comparison.system_tables import rmse_cell
from masquerade_train.comparison.tables import NOT_RUN, NOT_TOLD, Table, number
from masquerade_train.errors import TrainError

# Run folders without their weights.
RESULTS = Path(__file__).resolve().parents[2] / "results"


def paper_table(paper: str) -> Table:
    """Return one paper's rows."""
    rows = [
        (
            row.place,
            row.text,
            ", ".join(f"`{name}`" for name in row.recipes) or NOT_TOLD,
            f"{row.agrees}: {row.remark}" if row.remark else row.agrees,
        )
        for row in described()
        if row.paper == paper
    ]
    columns = ("where", "the paper", "recipe", "agrees?")
    return Table(f"paper_{paper.lower()}", PAPERS[paper], "", columns, tuple(rows))


def result_table(found: Mapping[str, Run]) -> Table:
    """Return what the papers print of each system, beside what was measured here with today's recipe."""
    names = dict.fromkeys(figure.recipe for figure in FIGURES)
    rows = []
    for name in names:
        run = found.get(name)
        measured = run.measured if run else None
        kaggle = measured.kaggle if measured else None
        rows.append(
            (
                f"`{name}`",
                provenance(run),
                rmse_cell(measured) if measured else NOT_RUN,
                number(measured.test.mean_absolute) if measured else NOT_RUN,
                number(kaggle.root_mean_squared) if kaggle else NOT_TOLD,
                number(kaggle.mean_absolute) if kaggle else NOT_TOLD,
                printed_errors(name),
            )
        )
    face = next((run.measured for run in found.values() if run.measured and run.measured.mean_face), None)
    if face and face.mean_face:
        constant = face.kaggle_mean_face
        rows.insert(
            0,
            (
                "the mean face",
                face.data,
                number(face.mean_face.root_mean_squared),
                number(face.mean_face.mean_absolute),
                number(constant.root_mean_squared) if constant else NOT_TOLD,
                number(constant.mean_absolute) if constant else NOT_TOLD,
                NOT_TOLD,
            ),
        )
    return Table(
        "results",
        "Results",
        "RMSE and MAE in pixels of an image 96 wide, on new persons and on Kaggle's own images.",
        ("recipe", "epochs, data", "RMSE px", "MAE px", "Kaggle RMSE px", "Kaggle MAE px", "the paper prints"),
        tuple(rows),
    )


_HEAD = """# The five papers, row by row

What each paper describes, the recipe that follows it, and where the two differ. "partly" means that the paper is silent
on something, or contradicts itself; the recipe's docstring says the same. `masquerade-train recipes NAME` shows the
whole recipe. Written by `python -m masquerade_train.comparison.paper_table > docs/papers.md`; a test compares the two.
"""


def page() -> str:
    """Return docs/papers.md."""
    try:
        found = first_runs(collect_runs(RESULTS, ()))
    except TrainError:
        found = {}
    tables = [*(paper_table(paper) for paper in PAPERS), result_table(found)]
    return "\n".join([_HEAD, *(table.markdown().replace("\n\n\n\n", "\n\n") for table in tables)])


if __name__ == "__main__":
    print(page(), end="")
