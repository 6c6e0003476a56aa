"""Lists: bare arrays, in pages when the client asks and where an answer would outgrow Lambda's limit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalicelib import errors
from chalicelib.http import call as calls
from chalicelib.http.call import Call, Reply
from chalicelib.values import Cursor

# Lambda answers at most 6 MB, and it counts the JSON in which the body travels as a string: each quote and backslash
# takes two bytes there. About 5 MB of actions.
LARGEST_ANSWER = 6_000_000

Entry = tuple[Any, str]  # a place in the list and the JSON text that stands there


@dataclass(frozen=True)
class Window:
    """The part of a list that is asked for: from `skip` on (behind the cursor, if any), `size` entries."""

    skip: int = 0
    size: int | None = None

    @property
    def reach(self) -> int | None:
        """How many entries have to be read to fill the window and to know whether more follow."""
        return None if self.size is None else self.skip + self.size + 1


def page(call: Call, listing: Callable[[int | None], Iterator[Entry]]) -> Reply:
    """The asked part of a list, with `Link` (RFC 8288) to what comes before and after it."""
    window = _window(call.query)
    texts: list[str] = []
    weight = 0
    place: Any = None
    for number, (next_place, text) in enumerate(listing(window.reach)):
        weight += (len(text.encode()) + text.count('"') + text.count("\\") + 1) if number >= window.skip else 0
        if len(texts) == window.size or (texts and weight > LARGEST_ANSWER):
            return _reply(call, texts, _next(call, place, len(texts) == window.size))
        if number >= window.skip:
            texts.append(text)
            place = next_place
    return _reply(call, texts, None)


def _window(query: dict[str, Any]) -> Window:
    counted = {"page", "per_page"} & query.keys()
    if counted and {"limit", "cursor"} & query.keys():
        raise errors.Invalid(
            [{"pointer": "?page", "detail": "cannot go with limit and cursor; page by one or the other"}]
        )
    if not counted:
        return Window(size=query.get("limit"))
    size = query.get("per_page", 25)
    return Window(skip=(query.get("page", 1) - 1) * size, size=size)


def _next(call: Call, place: Any, is_full: bool) -> dict[str, Any]:
    if is_full and {"page", "per_page"} & call.query.keys():
        return {"page": call.query.get("page", 1) + 1}
    sort = list(call.query.get("sort", ()))
    return {"cursor": Cursor.write({"sort": sort, "after": place}), "page": None, "per_page": None}


def _reply(call: Call, texts: list[str], following: dict[str, Any] | None) -> Reply:
    links = [_link(call, "next", following)] if following else []
    number = call.query.get("page", 1)
    if number > 1:
        links.append(_link(call, "prev", {"page": number - 1}))
    if number > 1 or "cursor" in call.query:
        links.append(_link(call, "first", {"page": 1 if number > 1 else None, "cursor": None}))
    return Reply(f"[{','.join(texts)}]", headers={"Link": ", ".join(links)} if links else {})


def _link(call: Call, relation: str, changes: dict[str, Any]) -> str:
    asked = dict(call.request.query_params or {}) | changes
    query = {name: value for name, value in asked.items() if value is not None}
    target = calls.path(call.request) + (f"?{urlencode(query)}" if query else "")
    return f'<{target}>; rel="{relation}"'
