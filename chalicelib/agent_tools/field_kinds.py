"""The types of arguments, which are those of the routes' fields in a flat form.

An agent sends `"assignee": "Ada"` where the API has `{"name": "Ada"}`, and `"strategies": [4]` where it has
`[{"id": 4}]`. The answers of tools have the same form.
"""

from dataclasses import replace
from typing import Any

from chalicelib.validation.bounds import MAX_CURSOR_LENGTH
from chalicelib.validation.containers import All, ListOf, Nullable, object_members
from chalicelib.validation.types import Cursor, Text

FLAT_MEMBERS = ("name", "id")  # one of them stands for an object that has it


def flatten(kind: Any) -> Any:
    """Return the type of an argument for a field of this type."""
    if isinstance(kind, Nullable):
        return Nullable(flatten(kind.kind))
    if isinstance(kind, ListOf):
        return replace(kind, kind=flatten(kind.kind))
    if isinstance(kind, All):
        return object_members(kind)[_flat_member(kind)]
    return Text(1, MAX_CURSOR_LENGTH) if isinstance(kind, Cursor) else kind  # the route reads the cursor


def unflatten(kind: Any, value: Any) -> Any:
    """Return the value of an argument as the field of this type has it."""
    if isinstance(kind, Nullable):
        return None if value is None else unflatten(kind.kind, value)
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [unflatten(kind.kind, one) for one in value]
    return {_flat_member(kind): value} if isinstance(kind, All) else value


def _flat_member(kind: All) -> str:
    return next(name for name in FLAT_MEMBERS if name in object_members(kind))
