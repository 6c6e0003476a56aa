"""Lists of OGSM objects: filtered, sorted, and continued from a cursor. Each noun declares a ListDefinition."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import Protocol, Self

from chalicelib import errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import filters, sorting
from chalicelib.domain.ogsm.filters import Filter
from chalicelib.domain.ogsm.sorting import Position, Sort, SortValue
from chalicelib.json_text import JsonObject
from chalicelib.schemas.common import PAGING
from chalicelib.schemas.ogsm_objects import find_filters, find_sort_fields
from chalicelib.storage import table
from chalicelib.storage.models.base import Item, Range, Ref, Row
from chalicelib.storage.rows import Entry, TextEntry
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import CommaSeparated

DocumentEntry = TextEntry[Position]
ReadEntries = Callable[[Position | None, int | None], Iterator[DocumentEntry]]

NOT_FILTERS = {*PAGING, "sort", "fields"}  # parameters of a list that do not filter it


class DocumentRow(Protocol):
    """A kind of row that keeps an OGSM object in `doc`, under its account and id."""

    @staticmethod
    def ref(account: int, object_id: int, /) -> Ref[Row]:
        """Return the reference to an object."""

    @staticmethod
    def of_account(account: int, /) -> Range[Row]:
        """Return the range of all objects of an account, in the order of their ids."""

    @staticmethod
    def read_entry(item: Item, /) -> DocumentEntry | None:
        """Return an item as an entry of the list by id, without building the row. None leaves it out of the list."""


@dataclass(frozen=True)
class ListDefinition:
    """Declare the list of one noun: its rows, its query parameters, and how they filter and sort it.

    Every parameter of `schema` needs a filter, except for paging, `sort` and `fields`. Every field that `sort` accepts
    needs a sort value. Raises ValueError if one is missing or unknown.
    """

    row: type[DocumentRow]
    schema: Schema
    filters: Mapping[str, Filter]
    sort_values: Mapping[str, SortValue]

    def __post_init__(self) -> None:
        sort = self.schema.fields.get("sort")
        sort_fields = sort.options if isinstance(sort, CommaSeparated) else ()
        self._require_entries("filters", self.filters.keys(), self.schema.fields.keys() - NOT_FILTERS)
        self._require_entries("sort_values", self.sort_values.keys(), set(sort_fields))

    @classmethod
    def derive(cls, row: type[DocumentRow], schema: Schema, parameters: Schema, done: str = "") -> Self:
        """Return the definition that follows from the fields of the objects and the parameters of their list.

        `done` is the status with which an object is not overdue.
        """
        return cls(
            row,
            parameters,
            {one.name: getattr(filters, one.test)(*one.arguments) for one in find_filters(schema, done)},
            {one.name: getattr(sorting, one.test)(one.name, *one.arguments) for one in find_sort_fields(schema)},
        )

    def _require_entries(self, attribute: str, declared: Set[str], expected: Set[str]) -> None:
        definition = f"the ListDefinition of {self.row.__name__}"
        if missing := ", ".join(sorted(expected - declared)):
            raise ValueError(f"The query accepts {missing}. Add an entry for it to `{attribute}` of {definition}.")
        if unknown := ", ".join(sorted(declared - expected)):
            raise ValueError(f"The query does not accept {unknown}. Remove it from `{attribute}` of {definition}.")


def list_documents(
    caller: Caller,
    definition: ListDefinition,
    query: JsonObject,
    after: Position | None,
    limit: int | None,
    read_entries: ReadEntries | None = None,
) -> Iterator[DocumentEntry]:
    """Return the objects of the caller's account that pass all filters of the query, or those after a position.

    They are sorted as the query says, or by their ids. `limit` is the number of entries that will be read at most.
    `read_entries` returns the objects by id, by default as they are now: all of them or those after a position, at
    least as many as the limit that it is given. Raises errors.WrongCursor if the list cannot have the position.
    """
    read = read_entries or partial(_read_entries, caller, definition)
    sort: Sort = query.get("sort", ())
    if after is not None and not sorting.is_position(after, sort, definition.sort_values):
        raise errors.WrongCursor
    if sort:
        matching = _read_matching(definition, query, read(None, None))
        return iter(_sort_entries(definition, matching, sort, after))
    if definition.filters.keys() & query.keys():
        return (entry for _, entry in _read_matching(definition, query, read(after, None)))
    return read(after, limit)  # parses no text


def _read_entries(
    caller: Caller, definition: ListDefinition, after: Position | None, limit: int | None
) -> Iterator[DocumentEntry]:
    """Return the stored texts of all objects by id, or of those after a position."""
    row = definition.row
    position = row.ref(caller.account, after[-1]).position if after else None
    return table.query_entries(row.of_account(caller.account), row.read_entry, position, limit)


def _read_matching(
    definition: ListDefinition, query: JsonObject, entries: Iterator[DocumentEntry]
) -> Iterator[tuple[JsonObject, DocumentEntry]]:
    """Return those of some objects that pass all filters of the query, each parsed and as its stored text."""
    wanted = [(passes, query[name]) for name, passes in definition.filters.items() if name in query]
    for entry in entries:
        document = json_text.load(entry.text)
        if all(passes(document, value) for passes, value in wanted):
            yield document, entry


def _sort_entries(
    definition: ListDefinition,
    matching: Iterator[tuple[JsonObject, DocumentEntry]],
    sort: Sort,
    after: Position | None,
) -> list[DocumentEntry]:
    """Return the matching objects in the order of a sort, all of them or those after a position."""
    values = definition.sort_values
    entries = [Entry(sorting.position_of(document, sort, values), entry.text) for document, entry in matching]
    entries.sort(key=lambda entry: sorting.sort_key(entry.position, sort))
    if after is None:
        return entries
    start = sorting.sort_key(after, sort)
    return [entry for entry in entries if sorting.sort_key(entry.position, sort) > start]
