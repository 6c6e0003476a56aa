"""`make generate`: list every endpoint in docs/endpoints.md, from the declarations of the routes."""

import inspect
import re
from itertools import groupby
from pathlib import Path

import app  # noqa: F401 - registers every route
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from infra.openapi.tags import tag_name

PAGE = Path(__file__).parent.parent / "docs/endpoints.md"
MARKED = re.compile(r"(<!-- endpoints: .*? -->\n).*?(<!-- end of endpoints -->)", re.DOTALL)
HEADING = "| endpoint | description |\n|---|---|\n"


def main() -> None:
    """Update the tables in the page."""
    PAGE.write_text(update_page(PAGE.read_text()))


def update_page(page: str) -> str:
    """Return the page with the current endpoints, in a table for each noun."""
    nouns = groupby(ENDPOINTS, key=lambda endpoint: endpoint.noun)
    sections = [_section(noun, list(endpoints)) for noun, endpoints in nouns]
    return MARKED.sub(lambda match: match[1] + "\n".join(sections) + match[2], page)


def _section(noun: str, endpoints: list[Endpoint]) -> str:
    return f"### {tag_name(noun)}\n\n{HEADING}{''.join(map(_line, endpoints))}"


def _line(endpoint: Endpoint) -> str:
    sentences = " ".join((inspect.getdoc(endpoint.view) or "").split()).replace("|", "\\|")
    return f"| `{endpoint.methods[0]} {endpoint.paths[0]}` | {sentences} |\n"


if __name__ == "__main__":
    main()
