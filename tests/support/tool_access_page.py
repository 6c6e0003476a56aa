"""The tables in docs/agents.md: the tools, and who may call them. tests/api/test_who_may_call_a_tool.py proves them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from chalicelib.mcp.tools import Tool

PAGE = Path(__file__).parent.parent.parent / "docs/agents.md"
PEOPLE = ("owner", "member", "invited", "other user", "other account", "read credential")


def render_tools(tools: Sequence[Tool]) -> str:
    """Return the table of the tools, with what each does and whether it asks first."""
    lines = [f"| `{tool.name}` | {_effect(tool)} | {tool.description} |\n" for tool in tools]
    return "| tool | effect | what it says of itself |\n|---|---|---|\n" + "".join(lines)


def _effect(tool: Tool) -> str:
    if tool.annotations.is_read_only:
        return "reads"
    if "confirm_token" in tool.input_schema["properties"]:
        return "asks first" if tool.name != "undo" else "changes, and asks before it deletes"
    return "changes" if tool.annotations.is_destructive else "adds"


def render_access(expected: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table of the outcomes, by call and person."""
    head = f"| call | {' | '.join(PEOPLE)} |\n|---{'|---' * len(PEOPLE)}|\n"
    lines = (
        f"| {call} | {' | '.join(outcomes[person] for person in PEOPLE)} |\n" for call, outcomes in expected.items()
    )
    return head + "".join(lines)


def read(name: str) -> str:
    """Return the table of this name that the page has now."""
    found = _marked(name).search(PAGE.read_text())
    assert found, f"{PAGE.name} has no place for the table {name}."
    return found[2]


def write(name: str, table: str) -> None:
    """Replace the table of this name in the page."""
    PAGE.write_text(_marked(name).sub(lambda match: match[1] + table + match[3], PAGE.read_text()))


def _marked(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: `make access` writes this table -->\n)(.*?)(<!-- end of {name} -->)", re.DOTALL)
