"""Lists as the results of tools: a page of entries, as many as fit, and where the list goes on."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from chalicelib.agent_tools.api import Api
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import DEFAULT_LIMIT
from chalicelib.agent_tools.results import fits, to_result
from chalicelib.agent_tools.shortening import LIST_STEP, STEPS, cut, simplify
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult

CUT_ADVICE = "get_object has more"
CURSOR, AFTER = "cursor", "after"  # the parameters that say where a list goes on
HINTS = {
    CURSOR: "There are more. Call again with the same arguments, and with this next as cursor.",
    AFTER: "What follows, now or later, is behind this next. Call again with it as after.",
}

Reduce = Callable[[Any], Any]


class Page(NamedTuple):
    """Entries of a list, and what says where it goes on behind them. That is None at the end of the list."""

    entries: Sequence[Any]
    following: Any


def read_list(
    api: Api,
    route: ApiRoute,
    values: JsonObject,
    key: str,
    reduce: Reduce = simplify,
    find_entries: Callable[[Any], Sequence[Any]] = list,
    parameter: str = CURSOR,
) -> ToolResult:
    """Return a page of a list of the API. `find_entries` takes them from the answer, and `reduce` shortens each.

    If the page does not fit into a result, it is read again with fewer entries, because only the API knows the cursor
    at the end of a shorter page.
    """

    def read_page(limit: int) -> Page:
        answer = api.ask(route, values | {"limit": limit})
        is_end = answer.next == str(values.get(parameter))  # the feed names its end again
        entries = [reduce(entry) for entry in find_entries(answer.body)]
        return Page(entries, None if is_end else answer.next)

    return _fit_page(key, values, read_page, parameter, {})


def take_page(entries: Sequence[Any], values: JsonObject, key: str, head: JsonObject | None = None) -> ToolResult:
    """Return a page of a list that is in memory, behind `head`. Its cursor is the number of the entries before it."""
    start = values.get("cursor", 0)

    def read_page(limit: int) -> Page:
        end = start + limit
        return Page(entries[start:end], end if end < len(entries) else None)

    return _fit_page(key, values, read_page, CURSOR, head or {})


def _fit_page(
    key: str, values: JsonObject, read_page: Callable[[int], Page], parameter: str, head: JsonObject
) -> ToolResult:
    """Return a page behind `head`. If it does not fit into a result, it is read again with half as many entries."""
    limit = values.get("limit", DEFAULT_LIMIT)
    while True:
        page = read_page(limit)
        rest = _describe_rest(page.following, parameter)
        document = _shorten_page(key, page.entries, rest, head, is_last_try=limit == 1)
        if document:
            return to_result(document)
        limit = max(1, limit // 2)


def _describe_rest(following: Any, parameter: str) -> JsonObject:
    return {} if following is None else {"next": following, "hint": HINTS[parameter]}


def _shorten_page(
    key: str, entries: Sequence[Any], rest: JsonObject, head: JsonObject, *, is_last_try: bool
) -> JsonObject | None:
    """Return the entries behind `head`, cut a little, and where the list goes on; or None if that is too long.

    In the last try they are cut until they fit.
    """
    page: JsonObject = {}
    for step in range(LIST_STEP, len(STEPS) if is_last_try else LIST_STEP + 1):
        page = head | {key: [cut(entry, step, CUT_ADVICE) for entry in entries]} | rest
        if fits(page):
            return page
    return page if is_last_try else None
