"""The results of tools: data, the same data as text for clients that only show text, and links to objects."""

from collections.abc import Sequence

from chalicelib import json_text
from chalicelib.agent_tools.api import Api
from chalicelib.agent_tools.shortening import STEPS, cut
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ResourceLink, ToolResult

MAX_RESULT_BYTES = 20_000  # of a result as it is sent: data, text and links
LINK_BYTES = 1_000  # for the links and the names of the fields around everything
MAX_LINK_NAME = 80  # characters
WHOLE_AT_LINK = "the linked resource has the whole"


def fits(document: JsonObject) -> bool:
    """Return whether a document fits into a result, as data and as text."""
    text = json_text.dump(document)
    return len(text.encode()) + len(json_text.dump(text).encode()) <= MAX_RESULT_BYTES - LINK_BYTES


def shorten(document: JsonObject, advice: str, beside: JsonObject | None = None) -> JsonObject:
    """Return the document, with its texts and arrays cut as far as it takes to fit into a result.

    `beside` has the fields that must fit into the result as well and must not be cut. They are returned at the end.
    """
    shortened = document
    for step in range(len(STEPS)):
        shortened = cut(document, step, advice) | (beside or {})
        if fits(shortened):
            break
    return shortened


def to_result(document: JsonObject, links: Sequence[ResourceLink] = (), *, is_error: bool = False) -> ToolResult:
    """Return the result that consists of a document, which must fit."""
    return ToolResult(json_text.dump(document), document, links, is_error)


def build_result(document: JsonObject, *links: ResourceLink) -> ToolResult:
    """Return the result that consists of a document. The links lead to the whole of what had to be cut."""
    return to_result(shorten(document, WHOLE_AT_LINK), links)


def build_write_result(api: Api, document: JsonObject, *links: ResourceLink) -> ToolResult:
    """Return the result of a tool that has changed something, with the id by which the tool `undo` undoes it."""
    return to_result(shorten(document, WHOLE_AT_LINK, {"request_id": api.request_id}), links)


def link_to(api: Api, path: str, document: JsonObject) -> ResourceLink:
    """Return the link to an object. It has the name or title of the object."""
    name = document.get("title") or document.get("name") or document.get("body") or path
    return ResourceLink(api.url(path), str(name)[:MAX_LINK_NAME])
