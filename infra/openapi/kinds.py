"""Kinds of value as JSON Schema (2020-12), in two ways: as they are answered, and as they are accepted, more widely."""

from functools import singledispatch
from typing import Any

from voluptuous import Marker

from chalicelib import activity_schemas, nouns, schemas, signing
from chalicelib.containers import AnyOf, Each, Echoed, InTurn, OrNull, Several, Unknown
from chalicelib.shapes import Part, Shape

Schema = dict[str, Any]
SHAPES = {
    name: shape
    for module in (schemas, activity_schemas, nouns, signing)
    for name, shape in vars(module).items()
    if isinstance(shape, Shape)
}
NAMES = {id(shape): name.title().replace("_", "") for name, shape in SHAPES.items()}
ECHO = {"description": "may be sent back and means nothing"}


def reference(shape: Shape, suffix: str = "") -> Schema:
    """Where a shape stands among the components."""
    return {"$ref": f"#/components/schemas/{NAMES[id(shape)]}{suffix}"}


@singledispatch
def answered(kind: Any) -> Schema:
    """What a client is given."""
    return accepted(kind)


@singledispatch
def accepted(kind: Any) -> Schema:
    """What a client may send."""
    raise TypeError(f"{kind!r} cannot be described yet")


@answered.register
def _(kind: Shape) -> Schema:
    return reference(kind)


@answered.register
def _(kind: Part) -> Schema:
    return {"anyOf": [reference(kind.shape), reference(kind.shape, "Part")]}


@answered.register
def _(kind: OrNull) -> Schema:
    return _or_null(answered(kind.kind))


@accepted.register
def _(kind: OrNull) -> Schema:
    return _or_null(accepted(kind.kind))


@accepted.register
def _(kind: AnyOf) -> Schema:
    return {"anyOf": [one for each in kind.kinds for one in _alternatives(accepted(each))]}


def _alternatives(schema: Schema) -> list[Schema]:
    return schema.get("anyOf") or [schema]


def _or_null(schema: Schema) -> Schema:
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


@answered.register
def _(kind: Each) -> Schema:
    return {"type": "array", "items": answered(kind.kind)}


@accepted.register
def _(kind: Each) -> Schema:
    return {"type": "array", "items": accepted(kind.kind)}


@accepted.register
def _(kind: Several) -> Schema:
    return {"anyOf": [{"type": "array", "items": accepted(kind.kind)}, accepted(kind.kind), {"type": "null"}]}


@answered.register
def _(kind: InTurn) -> Schema:
    return _object(kind.kinds[-1], answered)


@accepted.register
def _(kind: InTurn) -> Schema:
    described = _object(kind.kinds[-1], accepted)
    if len(kind.kinds) == 2:
        return described
    return {"anyOf": [described, described["properties"]["name"]]}  # the bare name is taken too


def _object(declared: dict[Any, Any], described: Any) -> Schema:
    """An object within another, from the voluptuous declaration of its members."""
    members = {key.schema: kind for key, kind in declared.items() if isinstance(key, Marker)}
    unknown = any(isinstance(key, Unknown) for key in declared)
    required = sorted(str(key.schema) for key in declared if type(key).__name__ == "Required")
    if described is answered:
        required = sorted(members)
    schema = {"type": "object", "properties": {name: described(kind) for name, kind in members.items()}}
    closed = {"additionalProperties": False} if unknown and described is accepted else {}
    return schema | closed | ({"required": required} if required else {})


@answered.register
def _(kind: Echoed) -> Schema:
    return answered(kind.kind)


@accepted.register
def _(_: Echoed) -> Schema:
    return ECHO
