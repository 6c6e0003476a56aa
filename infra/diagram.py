"""`make generate`: draw the states of an activity and of its delegation as Mermaid diagrams in docs/architecture.md."""

import re
from pathlib import Path

from chalicelib.domain.activities import lifecycle

PAGE = Path(__file__).parent.parent / "docs/architecture.md"
DIAGRAMS = re.compile(r"(<!-- states: .*? -->\n).*?(<!-- end of states -->)", re.DOTALL)
Transitions = dict[str, dict[str, str]]  # state -> verb -> next state


def main() -> None:
    """Update the diagrams in the page."""
    PAGE.write_text(update_page(PAGE.read_text()))


def update_page(page: str) -> str:
    """Return the page with diagrams of the current transitions."""
    tables = (lifecycle.TRANSITIONS, lifecycle.DELEGATION_TRANSITIONS)
    diagrams = "\n".join(f"```mermaid\n{draw(transitions)}```\n" for transitions in tables)
    return DIAGRAMS.sub(lambda match: f"{match[1]}{diagrams}{match[2]}", page)


def draw(transitions: Transitions) -> str:
    """Return the Mermaid diagram of a table of transitions. Verbs that do not change the state are left out."""
    arrows = [
        f"{state} --> {next_state}: {verb}{_performer(verb)}"
        for state, verbs in transitions.items()
        for verb, next_state in verbs.items()
        if next_state != state
    ]
    ends = [f"{state} --> [*]" for state, verbs in transitions.items() if not verbs]
    lines = ["stateDiagram-v2", f"[*] --> {next(iter(transitions))}", *arrows, *ends]
    return "\n    ".join(lines) + "\n"


def _performer(verb: str) -> str:
    performer = lifecycle.PERFORMED_BY[verb]
    is_party = performer in (lifecycle.DELEGATOR, lifecycle.DELEGEE, lifecycle.EITHER)
    return f" (by the {performer})" if is_party else ""


if __name__ == "__main__":
    main()
