"""The table in docs/security.md: how each route answers each person. tests/api/test_access.py proves it."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs/security.md"
MARKED = re.compile(r"(<!-- access: `make access` writes this table -->\n)(.*?)(<!-- end of access -->)", re.DOTALL)
COLUMNS = {
    "owner": "owner",
    "member": "member",
    "invited": "invited",
    "former member": "former member",
    "other user": "other user",
    "other account": "other account",
    "read credential": "read credential",
    "token of the owner": "token",
    "nobody": "nobody",
}


def render(expected: Mapping[tuple[str, str], Mapping[str, int]]) -> str:
    """Return the table of the statuses, by route and person."""
    head = f"| route | {' | '.join(COLUMNS.values())} |\n|---{'|---' * len(COLUMNS)}|\n"
    lines = (
        f"| `{method} {path}` | {' | '.join(str(statuses[person]) for person in COLUMNS)} |\n"
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
