"""The tool that finds people."""

from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import LIMIT, Argument
from chalicelib.agent_tools.declaring import Invocation, declare_tool
from chalicelib.agent_tools.lists import take_page
from chalicelib.agent_tools.shortening import simplify_user
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult
from chalicelib.validation.types import Integer, Text

SEARCHED = ("name", "slug", "email")
USERS = ApiRoute("GET", "/api/users", unused=("limit", "cursor"))


def _find_people(invocation: Invocation) -> ToolResult:
    people = [simplify_user(user) for user in invocation.api.ask(USERS, {}).body]
    words = invocation.values.get("q", "").casefold().split()
    return take_page([person for person in people if _has_words(person, words)], invocation.values, "people")


def _has_words(person: JsonObject, words: list[str]) -> bool:
    """Return whether the name, slug and address of a person contain all of some words, in upper or lower case."""
    text = " ".join(person[name] for name in SEARCHED).casefold()
    return all(word in text for word in words)


TOOLS = [
    declare_tool(
        "find_people",
        "Find people",
        "People of the account, for `assignee` (name) and hand_over (slug).",
        [
            Argument("q", Text(1, 255), "part of name, slug or address"),
            LIMIT,
            Argument("cursor", Integer(0)),
        ],
        _find_people,
    )
]
