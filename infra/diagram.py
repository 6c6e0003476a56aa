"""`make diagram`: draw the states of an activity and of its delegation as Mermaid diagrams in docs/architecture.md."""

import re
from pathlib import Path

from chalicelib.domain.activities import lifecycle

PAGE = Path(__file__).parent.parent / "docs/architecture.md"
MARKED = re.compile(r"(<!-- states: .*? -->\n).*?(<!-- end of states -->)", re.DOTALL)
Table = dict[str, dict[str, str]]


def main() -> None:
    """Update the diagrams in the page."""
    PAGE.write_text(drawn(PAGE.read_text()))


def drawn(page: str) -> str:
    """Return the page with the diagrams of the current tables."""
    both = "\n".join(
        f"```mermaid\n{text(table)}```\n" for table in (lifecycle.TRANSITIONS, lifecycle.DELEGATION_TRANSITIONS)
    )
    return MARKED.sub(lambda match: f"{match[1]}{both}{match[2]}", page)


def text(table: Table) -> str:
    """The diagram of a table: what leaves a state as it is, is left out."""
    arrows = [
        f"{state} --> {to}: {verb}{_whose(verb)}"
        for state, verbs in table.items()
        for verb, to in verbs.items()
        if to != state
    ]
    ends = [f"{state} --> [*]" for state, verbs in table.items() if not verbs]
    lines = ["stateDiagram-v2", f"[*] --> {next(iter(table))}", *arrows, *ends]
    return "\n    ".join(lines) + "\n"


def _whose(verb: str) -> str:
    who = lifecycle.PERFORMED_BY[verb]
    return f" (by the {who})" if who in (lifecycle.DELEGATOR, lifecycle.DELEGEE, lifecycle.EITHER) else ""


if __name__ == "__main__":
    main()
