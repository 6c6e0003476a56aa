"""The table in docs/security.md: how each route answers each person. tests/api/test_access.py proves it."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs/security.md"
MARKED = re.compile(r"(<!-- access: `make access` writes this table -->\n)(.*?)(<!-- end of access -->)", re.DOTALL)
PEOPLE = (
    "owner",
    "member",
    "invited",
    "former member",
    "other user",
    "other account",
    "read credential",
    "token",
    "nobody",
)


def render(expected: Mapping[tuple[str, str], Mapping[str, int]]) -> str:
    """Return the table of the statuses, by route and person."""
    head = f"| route | {' | '.join(PEOPLE)} |\n|---{'|---' * len(PEOPLE)}|\n"
    lines = (
        f"| `{method} {path}` | {' | '.join(str(statuses[person]) for person in PEOPLE)} |\n"
        for (method, path), statuses in expected.items()
    )
    return head + "".join(lines)


def read() -> str:
    """Return the table that the page has now."""
    found = MARKED.search(PAGE.read_text())
    assert found, f"{PAGE.name} has no place for the table."
    return found[2]


def write(table: str) -> None:
    """Replace the table in the page."""
    PAGE.write_text(MARKED.sub(lambda match: match[1] + table + match[3], PAGE.read_text()))
