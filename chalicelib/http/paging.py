"""Lists: bare arrays, in pages if the client asks for them or if the answer would exceed Lambda's limit."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode

from chalicelib import errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.http.cursors import read_cursor, write_cursor
from chalicelib.http.endpoint import CSV
from chalicelib.http.request import FORMATS, ApiRequest, full_path
from chalicelib.http.response import ApiResponse
from chalicelib.json_text import JsonObject
from chalicelib.serializers import ogsm_csv
from chalicelib.serializers.common import Links
from chalicelib.serializers.ogsm_documents import select_fields
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.users import User
from chalicelib.storage.rows import Entry, StoredEntry, TextEntry
from chalicelib.validation.schema import Schema

# Lambda's limit is 6 MB, including the escapes of the JSON string that the body becomes. That is about 5 MB of actions.
MAX_ANSWER_BYTES = 6_000_000
DEFAULT_PER_PAGE = 25
PEOPLE_BYTES = 2_300  # by which people and constant parts make the answer of an item longer than its stored text

Text = TypeVar("Text", bound=str)  # JSON text or StoredText
Serializer = Callable[[list[StoredText], Mapping[str, User], Links], list[str]]


class Window(NamedTuple):
    """The part of a list that the client asked for: `size` entries after the first `skip` ones behind the cursor."""

    skip: int = 0
    size: int | None = None

    @property
    def limit(self) -> int | None:
        """Return how many entries to read to fill the window and to know whether more follow; None is all."""
        return None if self.size is None else self.skip + self.size + 1


WHOLE_LIST = Window()


class ListWithPeople(Protocol):
    """A list that is read in two steps: the stored texts first, then the people who are mentioned in a page of them."""

    @property
    def cursor(self) -> type:
        """Return the type of the positions."""

    @property
    def entries(self) -> Callable[[Any, int | None], Iterator[StoredEntry[Any]]]:
        """Return the function that reads the entries after a position, up to a number of them."""

    @property
    def people(self) -> Callable[[Sequence[StoredEntry[Any]]], Mapping[str, User] | None]:
        """Return the function that reads the people of a page. It returns None if the page has to be read again."""


class ListPage(NamedTuple, Generic[Text]):
    """The entries that fit into an answer, their size there in bytes, and whether the list continues."""

    entries: list[Entry[Any, Text]]
    weight: int = 0
    goes_on: bool = False
    is_full: bool = False  # has as many entries as the client asked for

    @property
    def texts(self) -> list[Text]:
        """Return the entries' texts without their positions."""
        return [entry.text for entry in self.entries]


Page = ListPage[StoredText]


def take_page(
    entries: Iterator[Entry[Any, Text]], window: Window = WHOLE_LIST, *, extra: int = 0, room: int = MAX_ANSWER_BYTES
) -> ListPage[Text]:
    """Return the part of a list that the window shows, as far as it fits into `room` bytes.

    `extra` is the number of bytes by which each text will grow. A single entry may exceed an answer of its own.
    """
    taken: list[Entry[Any, Text]] = []
    weight = 0
    for number, entry in enumerate(entries):
        if number < window.skip:
            continue
        new_weight = weight + json_text.encoded_size(entry.text) + 1 + extra
        is_full = len(taken) == window.size
        exceeds_room = new_weight > room and (taken or room < MAX_ANSWER_BYTES)
        if is_full or exceeds_room:
            return ListPage(taken, weight, goes_on=True, is_full=is_full)
        taken.append(entry)
        weight = new_weight
    return ListPage(taken, weight)


def take_pages(lists: Iterable[Sequence[Entry[Any, Text]]], *, extra: int = 0) -> Iterator[ListPage[Text]]:
    """Yield a page of each list. All of the pages together fit into one answer."""
    room = MAX_ANSWER_BYTES
    for entries in lists:
        page = take_page(iter(entries), extra=extra, room=room)
        room -= page.weight
        yield page


def read_window(query: dict[str, Any]) -> Window:
    """Return the window that the parameters describe. Raises errors.Invalid if they cannot be combined."""
    is_numbered = bool({"page", "per_page"} & query.keys())
    if is_numbered and {"limit", "cursor"} & query.keys():
        detail = "cannot be combined with limit and cursor"
        raise errors.Invalid([{"pointer": "?page", "detail": detail}])
    if not is_numbered:
        return Window(size=query.get("limit"))
    size = query.get("per_page", DEFAULT_PER_PAGE)
    return Window(skip=(query.get("page", 1) - 1) * size, size=size)


def list_response(request: ApiRequest, listing: Callable[[int | None], Iterator[TextEntry[Any]]]) -> ApiResponse:
    """Return the requested part of a list. `listing` takes the number of entries to read, or None for all."""
    page = _take_requested_page(request, listing)
    return page_response(request, page, page.texts)


def _take_requested_page(
    request: ApiRequest, listing: Callable[[int | None], Iterator[TextEntry[Any]]]
) -> ListPage[Any]:
    window = read_window(request.query)
    return take_page(listing(window.limit), window)


ListDocuments = Callable[[Caller, JsonObject, Any, int | None], Iterator[TextEntry[Any]]]


def document_list_response(request: ApiRequest, list_documents: ListDocuments, schema: Schema) -> ApiResponse:
    """Return the requested part of a list of OGSM objects, with the fields that the client asked for.

    It is JSON or CSV. A page has the same objects in both, because an object is never longer in CSV.
    """
    fields, position = request.query.get("fields"), read_cursor(request, list)

    def read_entries(limit: int | None) -> Iterator[TextEntry[Any]]:
        entries = list_documents(request.caller, request.query, position, limit)
        return (_with_fields(entry, fields) for entry in entries) if fields else entries

    page = _take_requested_page(request, read_entries)
    if request.media_type == CSV:
        return _table_response(request, page, [name for name in schema.fields if fields is None or name in fields])
    return page_response(request, page, page.texts)


def _table_response(request: ApiRequest, page: ListPage[Any], columns: Sequence[str]) -> ApiResponse:
    """Return the objects of a page as CSV, with `Link` to the pages around it."""
    noun = request.path.rpartition("/")[2].partition(".")[0]
    headers = {
        "Content-Type": ogsm_csv.CONTENT_TYPE,
        "Content-Disposition": f'attachment; filename="{noun}.csv"',
    }
    text = ogsm_csv.write_table(columns, map(json_text.load, page.texts))
    return ApiResponse(text, headers=headers | link_headers(request, page))


def _with_fields(entry: TextEntry[Any], fields: Sequence[str]) -> TextEntry[Any]:
    """Return an entry with these fields of its object only."""
    return Entry(entry.position, json_text.dump(select_fields(json_text.load(entry.text), fields)))


def whole_response(pieces: Iterable[str], advice: str) -> ApiResponse:
    """Return an answer that has no pages, from the pieces of its JSON text.

    Raises errors.TooLarge if it does not fit into an answer. `advice` is a sentence that says what to request instead.
    """
    taken, weight = [], 0
    for piece in pieces:
        weight += json_text.encoded_size(piece)
        if weight > MAX_ANSWER_BYTES:
            raise errors.TooLarge(f"The answer would be larger than {MAX_ANSWER_BYTES:,} bytes. {advice}")
        taken.append(piece)
    return ApiResponse("".join(taken))


def people_list_response(request: ApiRequest, source: ListWithPeople, serialize: Serializer) -> ApiResponse:
    """Return the requested part of a list whose people are read once its page is known."""
    window, position = read_window(request.query), read_cursor(request, source.cursor)
    people = None
    while people is None:
        page = take_page(source.entries(position, window.limit), window, extra=PEOPLE_BYTES)
        people = source.people(page.entries)
    return page_response(request, page, serialize(page.texts, people, request.addresses))


def array_response(
    request: ApiRequest, documents: Sequence[Mapping[str, Any]], texts: Sequence[str] = ()
) -> ApiResponse:
    """Return the requested part of a list that is in memory. Each document has its `id`; `texts` are their JSON texts.

    Raises errors.WrongCursor if the cursor's element is no longer in the list.
    """
    texts = texts or [json_text.dump(document) for document in documents]
    entries = [Entry(document["id"], text) for document, text in zip(documents, texts, strict=True)]
    position = read_cursor(request, int, str)
    positions = [entry.position for entry in entries]
    if position is not None and position not in positions:
        raise errors.WrongCursor
    start = 0 if position is None else positions.index(position) + 1
    return list_response(request, lambda _: iter(entries[start:]))


def page_response(request: ApiRequest, page: ListPage[Any], texts: list[str]) -> ApiResponse:
    """Return the texts of a page as an array, with `Link` to the pages around it."""
    return ApiResponse(f"[{','.join(texts)}]", headers=link_headers(request, page))


def link_headers(request: ApiRequest, page: ListPage[Any]) -> dict[str, str]:
    """Return the header `Link` (RFC 8288) to the next, previous and first page, if there is any of them."""
    links = [link_to(request, "next", _next_parameters(request, page))] if page.goes_on else []
    number = request.query.get("page", 1)
    if number > 1:
        links.append(link_to(request, "prev", {"page": number - 1}))
    if number > 1 or "cursor" in request.query:
        links.append(link_to(request, "first", {"page": 1 if number > 1 else None, "cursor": None}))
    return {"Link": ", ".join(links)} if links else {}


def _next_parameters(request: ApiRequest, page: ListPage[Any]) -> dict[str, Any]:
    if page.is_full and {"page", "per_page"} & request.query.keys():
        return {"page": request.query.get("page", 1) + 1}
    return {"cursor": write_cursor(request, page.entries[-1].position), "page": None, "per_page": None}


def link_to(request: ApiRequest, relation: str, changes: dict[str, Any]) -> str:
    """Return a link to the same list with other parameters. Those that were ignored are left out."""
    sent = {name: value for name, value in (request.raw.query_params or {}).items() if name in request.query}
    if not request.is_usual_type:
        changes = changes | {
            "format": next(name for name, media_type in FORMATS.items() if media_type == request.media_type)
        }
    if "per_page" in sent:
        changes = {"per_page": request.query["per_page"]} | changes
    query = {name: value for name, value in (sent | changes).items() if value is not None}
    path = full_path(request.raw).removeprefix(request.addresses.prefix)
    target = request.url(path) + (f"?{urlencode(query, errors='replace')}" if query else "")
    return f'<{target}>; rel="{relation}"'
