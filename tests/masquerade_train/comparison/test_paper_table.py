"""Tests the page about the papers: whole, current, and of recipes that exist."""

import re

import pytest
from masquerade_train.comparison.paper_rows import AGREES, OURS, PARTLY, described
from masquerade_train.comparison.paper_table import page, result_table
from masquerade_train.comparison.published import FIGURES, PAPERS, Figure
from masquerade_train.comparison.tables import number, percent
from masquerade_train.recipes.papers import PAPERS as RECIPES_OF_PAPERS
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.comparison.test_compare import made_run
from tests.shared import REPO


def test_the_page_is_what_the_code_writes() -> None:
    assert (REPO / "docs" / "papers.md").read_text(encoding="utf-8") == page()


def test_results_are_means_over_seeds_beside_the_mean_face_and_the_papers_figures() -> None:
    table = result_table((made_run("base-cnn", 3.0), made_run("base-cnn", 4.0, seed=16)))
    (row,) = (row for row in table.rows if row[0] == "`base-cnn`")
    assert row[1] == "100 epochs, 2.0 min, faces.npz, 2 seeds"
    assert row[2:4] == ("3.50 (3.00, 4.00) / 6.00", "1.00 (1.00, 1.00) / 4.40")
    assert row[4].endswith("/ 3.25")
    assert "MAE px 3.44" in row[6]
    (missing,) = (row for row in table.rows if row[0] == "`model-v1-se`")
    assert missing[1:6] == ("not run", "-", "-", "-", "-")


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return page().splitlines()


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.recipe} {figure.quantity} {figure.source}")
def test_every_number_that_a_paper_prints_is_on_the_page(figure: Figure, lines: list[str]) -> None:
    base = figure.recipe.partition("+")[0]
    texts = {number(figure.value, digits) for digits in range(5)} | {percent(figure.value)}
    assert any(
        re.search(rf"(?<![\d.,]){re.escape(text)}(?![\d.])", line) for text in texts for line in lines if base in line
    )


def test_every_row_names_recipes_of_its_paper_and_says_what_differs() -> None:
    for row in described():
        assert row.agrees in {AGREES, PARTLY, OURS}
        assert row.remark or row.agrees == AGREES
        assert {RECIPES[name].paper for name in row.recipes} <= {row.paper}
        assert row.recipes or "`" in row.remark


def test_every_paper_and_every_network_of_one_has_a_row() -> None:
    rows = list(described())
    assert {row.paper for row in rows} == set(PAPERS)
    named = {RECIPES[name].net for row in rows for name in row.recipes}
    rungs = {recipe.net for recipe in RECIPES_OF_PAPERS if "-pools-" in recipe.name}
    assert {recipe.net for recipe in RECIPES_OF_PAPERS} - named <= rungs
