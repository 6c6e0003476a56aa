"""The tools that the service offers to agents through the Model Context Protocol.

Each tool is a thin call of the API's routes: it passes its arguments on, and shortens the answer. docs/agents.md lists
the tools. They are loaded when the first agent calls, because all other requests do without them.
"""

from collections.abc import Sequence
from importlib import import_module

from chalicelib.mcp.tools import Tool

MODULES = (
    "context",
    "actions",
    "plans",
    "places",
    "objects",
    "people",
    "activities",
    "hand_over",
    "deletion",
    "changes",
)


def load_tools() -> Sequence[Tool]:
    """Return all tools, always in the same order: those that only read come first.

    Raises LookupError if a route that a tool uses, or one of its fields, does not exist.
    """
    tools = [tool for name in MODULES for tool in import_module(f"{__name__}.{name}").TOOLS]
    return sorted(tools, key=lambda tool: not tool.annotations.is_read_only)
