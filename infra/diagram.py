"""`make diagram`: the life of an activity as a Mermaid state diagram in the README."""

import re
from pathlib import Path

from chalicelib.domain import lifecycle

README = Path(__file__).parent.parent / "README.md"
MARKED = re.compile(r"(<!-- states: .*? -->\n).*?(<!-- end of states -->)", re.DOTALL)


def main() -> None:
    """Draws it anew."""
    README.write_text(drawn(README.read_text()))


def drawn(readme: str) -> str:
    """A README with the diagram of the table as it is."""
    return MARKED.sub(lambda match: f"{match[1]}```mermaid\n{text()}```\n{match[2]}", readme)


def text() -> str:
    """The diagram: what leaves a state as it is, is left out."""
    arrows = [
        f"{state} --> {to}: {verb}{_whose(verb)}"
        for state, verbs in lifecycle.TABLE.items()
        for verb, to in verbs.items()
        if to != state
    ]
    lines = ["stateDiagram-v2", f"[*] --> {lifecycle.DRAFT}", *arrows, f"{lifecycle.DELETED} --> [*]"]
    return "\n    ".join(lines) + "\n"


def _whose(verb: str) -> str:
    return " (by the delegator)" if lifecycle.BY[verb] == lifecycle.DELEGATOR else ""


if __name__ == "__main__":
    main()
