"""Filters for the lists of OGSM objects, for any noun.

A filter answers whether an object passes, given the value of a query parameter. Comparisons of names and text ignore
case. An object without a date passes no filter by that date.
"""

from collections.abc import Callable
from typing import Any

from chalicelib import clock
from chalicelib.json_text import JsonObject

Filter = Callable[[JsonObject, Any], bool]


def equals(field: str) -> Filter:
    """Pass objects whose field has the value."""
    return lambda document, value: bool(document[field] == value)


def has_name(field: str) -> Filter:
    """Pass objects whose field is a `{"name": ...}` with the name."""
    return lambda document, name: document[field] is not None and _is_named(document[field], name)


def has_id(field: str) -> Filter:
    """Pass objects whose field is a `{"id": ...}` with the id."""
    return lambda document, wanted_id: document[field] is not None and bool(document[field]["id"] == wanted_id)


def contains_name(field: str) -> Filter:
    """Pass objects whose field is a list of `{"name": ...}` that contains the name."""
    return lambda document, name: any(_is_named(element, name) for element in document[field])


def contains_id(field: str) -> Filter:
    """Pass objects whose field is a list of `{"id": ...}` that contains the id."""
    return lambda document, wanted_id: any(element["id"] == wanted_id for element in document[field])


def on_or_after(field: str) -> Filter:
    """Pass objects whose date in the field is that date or later."""
    return lambda document, date: bool(document[field]) and document[field] >= date


def on_or_before(field: str) -> Filter:
    """Pass objects whose date in the field is that date or earlier."""
    return lambda document, date: bool(document[field]) and document[field] <= date


def at_least(field: str) -> Filter:
    """Pass objects whose number in the field is that number or more. An object without one does not pass."""
    return lambda document, number: document[field] is not None and bool(document[field] >= number)


def at_most(field: str) -> Filter:
    """Pass objects whose number in the field is that number or less. An object without one does not pass."""
    return lambda document, number: document[field] is not None and bool(document[field] <= number)


def is_overdue(due_field: str, status_field: str, done: str) -> Filter:
    """Pass objects that are overdue, or those that are not for the value false.

    An object is overdue if its due date is before today in UTC and its status does not have the name `done`.
    """

    def passes(document: JsonObject, value: bool) -> bool:
        due, status = document[due_field], document[status_field]["name"]
        overdue = due is not None and due < clock.today() and status != done
        return overdue is value

    return passes


def contains_text(*fields: str) -> Filter:
    """Pass objects that contain the text in one of the fields."""

    def passes(document: JsonObject, text: str) -> bool:
        return any(text.casefold() in (document[field] or "").casefold() for field in fields)

    return passes


def _is_named(element: JsonObject, name: str) -> bool:
    return bool(element["name"].casefold() == name.casefold())
