"""The arguments of tools: their JSON Schema, and how a call's arguments are checked."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from chalicelib.json_text import JsonObject
from chalicelib.validation.containers import Nullable
from chalicelib.validation.json_schema import plain_schema
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import MAX_INTEGER, Integer, Text

MAX_LIMIT, DEFAULT_LIMIT = 100, 25
MAX_TOKEN_LENGTH = 4_096  # characters


class Argument(NamedTuple):
    """An argument of a tool. `description` says what the name does not."""

    name: str
    kind: Any
    description: str = ""
    is_required: bool = False
    default: int | None = None  # what leaving it out means, if the name does not say it


LIMIT = Argument("limit", Integer(1, MAX_LIMIT), default=DEFAULT_LIMIT)
CONFIRM_TOKEN = Argument("confirm_token", Text(1, MAX_TOKEN_LENGTH))


def without_null(arguments: Sequence[Argument]) -> list[Argument]:
    """Return the arguments without null as a value. For a new object, to leave one out means the same."""
    return [one._replace(kind=one.kind.kind) if isinstance(one.kind, Nullable) else one for one in arguments]


def describe_arguments(arguments: Sequence[Argument]) -> JsonObject:
    """Return the JSON Schema of a tool's arguments. It does not say that there are no others, which a call is told."""
    described: JsonObject = {"type": "object", "properties": {one.name: _describe(one) for one in arguments}}
    required = [one.name for one in arguments if one.is_required]
    return described | ({"required": required} if required else {})


def _describe(argument: Argument) -> JsonObject:
    """Return the JSON Schema of an argument. It is short, because a model reads all of them."""
    schema = _without_obvious_bounds(plain_schema(argument.kind))
    more = {"description": argument.description or None, "default": argument.default}
    return schema | {name: value for name, value in more.items() if value is not None}


def _without_obvious_bounds(schema: JsonObject) -> JsonObject:
    """Return a schema without the bounds of an id or a count, which nobody would exceed."""
    dropped = ("minimum", "maximum") if schema.get("maximum") == MAX_INTEGER else ()
    kept = {name: value for name, value in schema.items() if name not in dropped}
    return kept | ({"items": _without_obvious_bounds(kept["items"])} if "items" in kept else {})


def check_arguments(arguments: Sequence[Argument], sent: JsonObject) -> JsonObject:
    """Return the clean values of the arguments of a call. Raises errors.Invalid, which names every wrong one.

    Some agents send null for what they leave out. It is left out unless it means something.
    """
    by_name = {one.name: one for one in arguments}
    given = {name: value for name, value in sent.items() if value is not None or _may_be_null(by_name.get(name))}
    fields = {one.name: one.kind for one in arguments}
    return Schema("", fields, {one.name for one in arguments if one.is_required}).check(given)


def _may_be_null(argument: Argument | None) -> bool:
    return argument is None or isinstance(argument.kind, Nullable) or argument.is_required
