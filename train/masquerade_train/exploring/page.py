"""Builds the report as one self-contained HTML page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_STYLE = Path(__file__).with_name("page.css")


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure at the top of the page; `is_warning` makes it stand out."""

    figure: str
    words: str
    is_warning: bool = False


def page(title: str, lead: str, facts: Sequence[Fact], sections: Sequence[str], footer: str) -> str:
    """Return the whole page; `sections` are HTML, the rest is text."""
    cards = "".join(
        f'<div class="fact{" warn" if fact.is_warning else ""}"><b>{escape(fact.figure)}</b>'
        f"<span>{escape(fact.words)}</span></div>"
        for fact in facts
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="dark light">'
        f"<title>{escape(title)}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>"
        f'<h1>{escape(title)}</h1><p class="lead">{escape(lead)}</p><div class="facts">{cards}</div>'
        f"{''.join(sections)}<footer>{escape(footer)}</footer></main></body></html>\n"
    )


def section(title: str, lead: str, *content: str) -> str:
    """Return one section; `content` is HTML."""
    return f'<section><h2>{escape(title)}</h2><p class="lead">{escape(lead)}</p>{"".join(content)}</section>'


def heading(text: str) -> str:
    """Return a small heading inside a section."""
    return f"<h3>{escape(text)}</h3>"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of text; a cell made by `bar` stays as it is."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def bar(share: float, colour: str = "var(--bar)") -> str:
    """Return a table cell with a bar; `share` is 0 to 1."""
    # Something is never shown as nothing.
    width = max(100 * share, 0.6) if share > 0 else 0
    return f'<td class="wide"><span class="track"><i style="width:{width:.1f}%;background:{colour}"></i></span></td>'


def tiles(figures: Sequence[str], is_large: bool = False) -> str:
    """Return figures in a grid."""
    return f'<div class="tiles{" large" if is_large else ""}">{"".join(figures)}</div>'


def tile(image: str, name: str, words: str = "") -> str:
    """Return an image (HTML) with a name and a line of text below it."""
    below = f"<b>{escape(name)}</b>" + (f"<br>{escape(words)}" if words else "")
    return f"<figure>{image}<figcaption>{below}</figcaption></figure>"


def pair(first: str, second: str, words: str) -> str:
    """Return two images (HTML) side by side with a line of text."""
    return f'<figure><div class="two">{first}{second}</div><figcaption>{escape(words)}</figcaption></figure>'


def plots(*svgs: str) -> str:
    """Return plots side by side where there is room."""
    return f'<div class="plots">{"".join(f"<div class=plot>{svg}</div>" for svg in svgs)}</div>'


def key(entries: Sequence[tuple[str, str]]) -> str:
    """Return a legend of (colour, words)."""
    spans = "".join(f'<span><i style="background:{colour}"></i>{escape(words)}</span>' for colour, words in entries)
    return f'<div class="key">{spans}</div>'


def nothing(words: str) -> str:
    """Return a line that says that nothing was found."""
    return f'<p class="none">{escape(words)}</p>'


def _cell(cell: str) -> str:
    return cell if cell.startswith("<td") else f"<td>{escape(cell)}</td>"
