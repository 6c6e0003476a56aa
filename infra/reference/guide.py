"""The guide that comes before the calls in the reference: the texts of docs/api.md, as HTML."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from infra.reference.operations import slug

FOLDER = Path(__file__).parent.parent.parent / "docs"
FILE = FOLDER / "api.md"
# What is made by `make generate` repeats the calls of the reference. Comments are no text.
LEFT_OUT = re.compile(r"<!-- endpoints: .*?<!-- end of endpoints -->|<!--.*?-->", re.DOTALL)
HEADINGS = ("h2", "h3")
DEEPER = {"h4": "h5", "h5": "h6"}  # a section of the guide has an h3 in the page
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


class Section(NamedTuple):
    """A part of the guide: its id in the page, its title and its HTML, which starts below the title."""

    id: str
    title: str
    html: str


def read_sections(text: str, targets: Collection[str] = ()) -> list[Section]:
    """Return the parts of a page in Markdown that have a heading of level 2 or 3 and a text of their own.

    `targets` are the ids of the other parts of the reference. A link to one of them or to a section stays a link. Any
    other link becomes plain text, because the reference is served without the rest of the documentation.
    """
    parts = _split(MARKDOWN.parse(LEFT_OUT.sub("", text)))
    ids = {slug(title) for title, _ in parts} | set(targets)
    return [Section(slug(title), title, _render(tokens, ids)) for title, tokens in parts]


def _split(tokens: Sequence[Token]) -> list[tuple[str, list[Token]]]:
    """Return the titles of the sections with the tokens below each. The text before the first section is left out."""
    parts: list[tuple[str, list[Token]]] = []
    for token, before in zip(tokens, [None, *tokens], strict=False):
        if before and before.type == "heading_open" and before.tag in HEADINGS:
            parts.append((token.content, []))
        elif parts and not (token.type.startswith("heading") and token.tag in HEADINGS):
            parts[-1][1].append(token)
    return [(title, content) for title, content in parts if content]


def _render(tokens: list[Token], ids: Collection[str]) -> str:
    for token in tokens:
        token.tag = DEEPER.get(token.tag, token.tag)
        if token.children:
            token.children = _without_dead_links(token.children, ids)
    return str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})).strip()


def _without_dead_links(tokens: list[Token], ids: Collection[str]) -> list[Token]:
    kept: list[Token] = []
    is_dead = False
    for token in tokens:
        if token.type == "image":
            continue
        if token.type == "link_open":
            page, _, fragment = str(token.attrs["href"]).partition("#")
            is_dead = bool(page) or fragment not in ids
        if not (is_dead and token.type in ("link_open", "link_close")):
            kept.append(token)
    return kept
