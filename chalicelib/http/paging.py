"""Lists: bare arrays, in pages when the client asks and where an answer would outgrow Lambda's limit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from chalicelib import errors, jsontext
from chalicelib.dataclass import dataclass
from chalicelib.http import call as calls
from chalicelib.http.call import Call, Reply
from chalicelib.jsontext import dump
from chalicelib.values import Cursor

# Lambda answers at most 6 MB, and it counts the JSON in which the body travels as a string. About 5 MB of actions.
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


WHOLE = Window()


def after(query: dict[str, Any], kind: type | tuple[type, ...] = str) -> Any:
    """The place behind which the cursor goes on, of that kind; None without one. Raises errors.Invalid."""
    if "cursor" not in query:
        return None
    place = query["cursor"].get("after")
    if not isinstance(place, kind):
        raise errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of this list"}])
    return place


@dataclass(frozen=True)
class Cut:
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


def cut(entries: Iterator[Entry], window: Window = WHOLE, *, extra: int = 0, room: int = LARGEST_ANSWER) -> Cut:
    """The part of a list that the window shows, as far as there is room. `extra` is what each text will grow by."""
    part: list[Entry] = []
    weight = 0
    for number, (place, text) in enumerate(entries):
        if number < window.skip:
            continue
        heavier = weight + jsontext.weight(text) + 1 + extra
        if len(part) == window.size or (heavier > room and (part or room < LARGEST_ANSWER)):
            return Cut(part, weight, goes_on=True, is_full=len(part) == window.size)
        part.append((place, text))
        weight = heavier
    return Cut(part, weight)


def page(call: Call, listing: Callable[[int | None], Iterator[Entry]]) -> Reply:
    """The asked part of a list, with `Link` (RFC 8288) to what comes before and after it."""
    window = asked(call.query)
    part = cut(listing(window.reach), window)
    return reply(call, part, part.texts)


def asked(query: dict[str, Any]) -> Window:
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


def _next(call: Call, part: Cut) -> dict[str, Any]:
    if part.is_full and {"page", "per_page"} & call.query.keys():
        return {"page": call.query.get("page", 1) + 1}
    sort = list(call.query.get("sort", ()))
    return {"cursor": Cursor.write({"sort": sort, "after": part.entries[-1][0]}), "page": None, "per_page": None}


def page_of(call: Call, answers: Sequence[Mapping[str, Any]], texts: Sequence[str] = ()) -> Reply:
    """The asked part of a list that is at hand in full; each answer has its `id`, and may have its text ready."""
    entries = [(answer["id"], text) for answer, text in zip(answers, texts or map(dump, answers), strict=True)]
    place = after(call.query, (int, str))
    places = [one for one, _ in entries]
    if place is not None and place not in places:
        raise errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of this list as it is now"}])
    start = 0 if place is None else places.index(place) + 1
    return page(call, lambda _: iter(entries[start:]))


def reply(call: Call, part: Cut, texts: list[str]) -> Reply:
    """These texts as an array, with `Link` to what comes before and after that part of the list."""
    links = [_link(call, "next", _next(call, part))] if part.goes_on else []
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
