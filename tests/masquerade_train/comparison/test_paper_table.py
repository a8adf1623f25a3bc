"""Tests the page about the papers: whole, current, and of recipes that exist."""

from masquerade_train.comparison.paper_rows import AGREES, OURS, PARTLY, described
from masquerade_train.comparison.paper_table import page
from masquerade_train.comparison.published import PAPERS
from masquerade_train.recipes.papers import PAPERS as RECIPES_OF_PAPERS
from masquerade_train.recipes.table import RECIPES

from tests.shared import REPO


def test_the_page_is_what_the_code_writes() -> None:
    assert (REPO / "docs" / "papers.md").read_text(encoding="utf-8") == page()


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
