"""Lists: bare arrays, in pages when the client asks and where an answer would outgrow Lambda's limit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalicelib import errors, json_text
from chalicelib.http.request import ApiRequest, full_path
from chalicelib.http.response import ApiResponse
from chalicelib.json_text import dump
from chalicelib.validation.types import Cursor

# Lambda answers at most 6 MB, and it counts the JSON in which the body travels as a string. About 5 MB of actions.
MAX_ANSWER_BYTES = 6_000_000

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


WHOLE_LIST = Window()


def read_cursor(query: dict[str, Any], kind: type | tuple[type, ...] = str) -> Any:
    """The place behind which the cursor goes on, of that kind; None without one. Raises errors.Invalid."""
    if "cursor" not in query:
        return None
    place = query["cursor"].get("after")
    if not isinstance(place, kind):
        raise errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of this list"}])
    return place


@dataclass(frozen=True)
class Page:
    """The entries that fit into an answer, what they weigh there, and whether the list goes on."""

    entries: list[Entry]
    weight: int = 0
    goes_on: bool = False
    is_full: bool = False

    @property
    def texts(self) -> list[str]:
        """The texts alone."""
        return [text for _, text in self.entries]

    @property
    def cursor(self) -> dict[str, str]:
        """The parameter with which an unsorted list goes on."""
        return {"cursor": Cursor.write({"sort": [], "after": self.entries[-1][0]})} if self.entries else {}


def take_page(
    entries: Iterator[Entry], window: Window = WHOLE_LIST, *, extra: int = 0, room: int = MAX_ANSWER_BYTES
) -> Page:
    """The part of a list that the window shows, as far as there is room. `extra` is what each text will grow by."""
    part: list[Entry] = []
    weight = 0
    for number, (place, text) in enumerate(entries):
        if number < window.skip:
            continue
        heavier = weight + json_text.encoded_size(text) + 1 + extra
        if len(part) == window.size or (heavier > room and (part or room < MAX_ANSWER_BYTES)):
            return Page(part, weight, goes_on=True, is_full=len(part) == window.size)
        part.append((place, text))
        weight = heavier
    return Page(part, weight)


def list_response(request: ApiRequest, listing: Callable[[int | None], Iterator[Entry]]) -> ApiResponse:
    """The asked part of a list, with `Link` (RFC 8288) to what comes before and after it."""
    window = read_window(request.query)
    part = take_page(listing(window.reach), window)
    return page_response(request, part, part.texts)


def read_window(query: dict[str, Any]) -> Window:
    """The window that the parameters ask for. Raises errors.Invalid where they do not go together."""
    counted = {"page", "per_page"} & query.keys()
    if counted and {"limit", "cursor"} & query.keys():
        raise errors.Invalid(
            [{"pointer": "?page", "detail": "cannot go with limit and cursor; page by one or the other"}]
        )
    if not counted:
        return Window(size=query.get("limit"))
    size = query.get("per_page", 25)
    return Window(skip=(query.get("page", 1) - 1) * size, size=size)


def _next(request: ApiRequest, part: Page) -> dict[str, Any]:
    if part.is_full and {"page", "per_page"} & request.query.keys():
        return {"page": request.query.get("page", 1) + 1}
    sort = list(request.query.get("sort", ()))
    return {"cursor": Cursor.write({"sort": sort, "after": part.entries[-1][0]}), "page": None, "per_page": None}


def array_response(request: ApiRequest, answers: Sequence[Mapping[str, Any]], texts: Sequence[str] = ()) -> ApiResponse:
    """The asked part of a list that is at hand in full; each answer has its `id`, and may have its text ready."""
    entries = [(answer["id"], text) for answer, text in zip(answers, texts or map(dump, answers), strict=True)]
    place = read_cursor(request.query, (int, str))
    places = [one for one, _ in entries]
    if place is not None and place not in places:
        raise errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of this list as it is now"}])
    start = 0 if place is None else places.index(place) + 1
    return list_response(request, lambda _: iter(entries[start:]))


def page_response(request: ApiRequest, part: Page, texts: list[str]) -> ApiResponse:
    """These texts as an array, with `Link` to what comes before and after that part of the list."""
    links = [_link(request, "next", _next(request, part))] if part.goes_on else []
    number = request.query.get("page", 1)
    if number > 1:
        links.append(_link(request, "prev", {"page": number - 1}))
    if number > 1 or "cursor" in request.query:
        links.append(_link(request, "first", {"page": 1 if number > 1 else None, "cursor": None}))
    return ApiResponse(f"[{','.join(texts)}]", headers={"Link": ", ".join(links)} if links else {})


def _link(request: ApiRequest, relation: str, changes: dict[str, Any]) -> str:
    asked = dict(request.raw.query_params or {}) | changes
    query = {name: value for name, value in asked.items() if value is not None}
    target = full_path(request.raw) + (f"?{urlencode(query)}" if query else "")
    return f'<{target}>; rel="{relation}"'
