"""Sorting of the lists of OGSM objects, for any noun: the values to sort by, and the positions of objects in a list."""

from collections.abc import Callable, Mapping
from functools import total_ordering
from typing import Any, NamedTuple

from chalicelib.json_text import JsonObject
from chalicelib.validation.types import MAX_INTEGER

Sort = tuple[str, ...]  # fields, the most important first; a leading minus means descending order
Position = list[Any]  # [is_missing, value] for each field of the sort, then the id; cursors contain it


class SortValue(NamedTuple):
    """What to compare: the type of the values, and the function that returns that of an object, or None."""

    kind: type
    read: Callable[[JsonObject], Any]

    def accepts(self, pair: object) -> bool:
        """Return whether a value out of a cursor has the form [is_missing, value] of this kind."""
        if not isinstance(pair, list) or len(pair) != 2:
            return False
        is_missing, value = pair
        return (is_missing is True and value is None) or (is_missing is False and type(value) is self.kind)


def by_value(field: str, kind: type) -> SortValue:
    """Sort by the value of a field, which is of that type."""
    return SortValue(kind, lambda document: document[field])


def by_number(field: str) -> SortValue:
    """Sort by the number in a field, which may be whole or not."""
    return SortValue(float, lambda document: None if document[field] is None else float(document[field]))


def by_id(field: str) -> SortValue:
    """Sort by the id in a field that is a `{"id": ...}`."""
    return SortValue(int, lambda document: None if document[field] is None else document[field]["id"])


def by_text(field: str) -> SortValue:
    """Sort by the text of a field, ignoring case."""
    return SortValue(str, lambda document: _ignore_case(document[field]))


def by_name(field: str) -> SortValue:
    """Sort by the name in a field that is a `{"name": ...}`, ignoring case."""
    return SortValue(str, lambda document: _ignore_case(_name_in(document[field])))


def by_option(field: str, options: tuple[str, ...]) -> SortValue:
    """Sort by a field that has one of these options, in their order."""
    return SortValue(int, lambda document: _rank(document[field], options))


def by_named_option(field: str, options: tuple[str, ...]) -> SortValue:
    """Sort by the name in a field that is a `{"name": ...}` with one of these options, in their order."""
    return SortValue(int, lambda document: _rank(_name_in(document[field]), options))


def position_of(document: JsonObject, sort: Sort, sort_values: Mapping[str, SortValue]) -> Position:
    """Return the position of an object in a list that is sorted like this."""
    values = [sort_values[word.removeprefix("-")].read(document) for word in sort]
    return [*([value is None, value] for value in values), document["id"]]


def is_position(value: list[object], sort: Sort, sort_values: Mapping[str, SortValue]) -> bool:
    """Return whether a value out of a cursor has the form of a position in a list that is sorted like this."""
    *pairs, object_id = value or [None]
    if len(pairs) != len(sort) or type(object_id) is not int or not 1 <= object_id <= MAX_INTEGER:
        return False
    return all(sort_values[word.removeprefix("-")].accepts(pair) for word, pair in zip(sort, pairs, strict=True))


def sort_key(position: Position, sort: Sort) -> list[Any]:
    """Return a key that compares positions. Missing values come last in both directions; the id decides in the end."""
    key: list[Any] = []
    for word, (is_missing, value) in zip(sort, position[:-1], strict=True):
        key.append((is_missing, _Descending(value) if word.startswith("-") else value))
    return [*key, position[-1]]


@total_ordering
class _Descending:
    """A value that compares the other way round."""

    def __init__(self, value: Any) -> None:
        self.value = value

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.value == other.value)

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other.value < self.value)


def _name_in(element: JsonObject | None) -> str | None:
    return None if element is None else element["name"]


def _ignore_case(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _rank(option: str | None, options: tuple[str, ...]) -> int | None:
    return None if option is None else options.index(option)
