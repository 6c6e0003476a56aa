"""Kinds of value as JSON Schema (2020-12), in two ways: as they are answered, and as they are accepted, more widely."""

import importlib
import pkgutil
from functools import singledispatch
from typing import Any

from voluptuous import Marker

from chalicelib import schemas
from chalicelib.validation.containers import All, AnyOf, Ignored, ListOf, Nullable, OneOrMany, UnknownField
from chalicelib.validation.schema import PartOf, Schema

JsonSchema = dict[str, Any]
SCHEMAS = {
    schema.name: schema
    for module in pkgutil.iter_modules(schemas.__path__, f"{schemas.__name__}.")
    for schema in vars(importlib.import_module(module.name)).values()
    if isinstance(schema, Schema) and schema.name
}
ECHO = {"description": "may be sent back and means nothing"}


def reference(shape: Schema, suffix: str = "") -> JsonSchema:
    """Where a shape stands among the components."""
    return {"$ref": f"#/components/schemas/{shape.name}{suffix}"}


@singledispatch
def answered(kind: Any) -> JsonSchema:
    """What a client is given."""
    return accepted(kind)


@singledispatch
def accepted(kind: Any) -> JsonSchema:
    """What a client may send."""
    raise TypeError(f"{kind!r} cannot be described yet")


@answered.register
def _(kind: Schema) -> JsonSchema:
    return reference(kind)


@answered.register
def _(kind: PartOf) -> JsonSchema:
    return {"anyOf": [reference(kind.shape), reference(kind.shape, "Part")]}


@answered.register
def _(kind: Nullable) -> JsonSchema:
    return _or_null(answered(kind.kind))


@accepted.register
def _(kind: Nullable) -> JsonSchema:
    return _or_null(accepted(kind.kind))


@accepted.register
def _(kind: AnyOf) -> JsonSchema:
    return {"anyOf": [one for each in kind.kinds for one in _alternatives(accepted(each))]}


def _alternatives(schema: JsonSchema) -> list[JsonSchema]:
    return schema.get("anyOf") or [schema]


def _or_null(schema: JsonSchema) -> JsonSchema:
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


@answered.register
def _(kind: ListOf) -> JsonSchema:
    return {"type": "array", "items": answered(kind.kind)}


@accepted.register
def _(kind: ListOf) -> JsonSchema:
    return {"type": "array", "items": accepted(kind.kind)}


@accepted.register
def _(kind: OneOrMany) -> JsonSchema:
    return {"anyOf": [{"type": "array", "items": accepted(kind.kind)}, accepted(kind.kind), {"type": "null"}]}


@answered.register
def _(kind: All) -> JsonSchema:
    return _object(kind.kinds[-1], answered)


@accepted.register
def _(kind: All) -> JsonSchema:
    described = _object(kind.kinds[-1], accepted)
    if len(kind.kinds) == 2:
        return described
    return {"anyOf": [described, described["properties"]["name"]]}  # the bare name is taken too


def _object(declared: dict[Any, Any], described: Any) -> JsonSchema:
    """An object within another, from the voluptuous declaration of its members."""
    members = {key.schema: kind for key, kind in declared.items() if isinstance(key, Marker)}
    unknown = any(isinstance(key, UnknownField) for key in declared)
    required = sorted(str(key.schema) for key in declared if type(key).__name__ == "Required")
    if described is answered:
        required = sorted(members)
    schema = {"type": "object", "properties": {name: described(kind) for name, kind in members.items()}}
    closed = {"additionalProperties": False} if unknown and described is accepted else {}
    return schema | closed | ({"required": required} if required else {})


@answered.register
def _(kind: Ignored) -> JsonSchema:
    return answered(kind.kind)


@accepted.register
def _(_: Ignored) -> JsonSchema:
    return ECHO
