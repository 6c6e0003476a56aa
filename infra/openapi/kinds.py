"""Kinds of value as JSON Schema (2020-12), in two ways: as they are answered, and as they are accepted, more widely."""

import re
from functools import singledispatch
from typing import Any

from voluptuous import Marker

from chalicelib import schemas
from chalicelib.containers import Each, Echoed, InTurn, OrNull, Several, Unknown
from chalicelib.shapes import Part, Shape
from chalicelib.values import Choice, Cursor, Day, Email, Flag, Moment, Text, UserId, Whole, Words

Schema = dict[str, Any]
NAMES = {id(shape): name.title().replace("_", "") for name, shape in vars(schemas).items() if isinstance(shape, Shape)}
OTHER = "[^A-Za-z\u0130\u212a]*"  # no letters; two of the others are those of i and k in lower case
FEW = 1_000  # numbers that a pattern can name one by one


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
    return {"description": "may be sent back and means nothing"}


@answered.register
def _(_: Text) -> Schema:
    return {"type": "string"}


@accepted.register
def _(kind: Text) -> Schema:
    most = {"maxLength": kind.most} if kind.most is not None else {}
    if kind.least:  # then blanks around it do not count
        return {"type": "string", "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$", "minLength": kind.least} | most
    return {"type": "string", "pattern": r"^[^\u0000]*$"} | most


@answered.register
def _(kind: Whole) -> Schema:
    return {"type": "integer", "minimum": kind.least, "maximum": kind.most}


@accepted.register
def _(kind: Whole) -> Schema:
    digits = {"type": "string", "pattern": _digits(kind), "description": "the number as digits"}
    return {"anyOf": [answered(kind), digits]}


def _digits(kind: Whole) -> str:
    if kind.least >= 0 and kind.most <= FEW:
        return f"^({'|'.join(map(str, range(kind.least, kind.most + 1)))})$"
    sign, first = ("-?", "[0-9]") if kind.least < 0 else ("", "[1-9]")
    return f"^{sign}{first}[0-9]{{0,{len(str(kind.most)) - 2}}}$"


@answered.register
def _(_: Flag) -> Schema:
    return {"type": "boolean"}


@accepted.register
def _(_: Flag) -> Schema:
    return {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"}]}


@accepted.register
def _(_: Day) -> Schema:
    return {"type": "string", "format": "date"}


@answered.register
def _(_: Moment) -> Schema:
    return {"type": "string", "format": "date-time"}


@accepted.register
def _(_: Moment) -> Schema:
    return {"type": "string", "format": "date-time"}


@accepted.register
def _(_: Email) -> Schema:
    return {"type": "string", "pattern": r"^\s*[^@\s\u0000]+@[^@\s.\u0000]+(\.[^@\s.\u0000]+)*\s*$", "maxLength": 254}


@accepted.register
def _(kind: UserId) -> Schema:
    return {"type": "string", "pattern": f"^{kind.PATTERN.pattern}$"}


@answered.register
def _(kind: Choice) -> Schema:
    return {"type": "string", "enum": list(kind.options)}


@accepted.register
def _(kind: Choice) -> Schema:
    words = sorted({re.sub("[^a-z]", "", word.lower()) for word in (*kind.options, *kind.spellings)})
    loosely = "|".join(OTHER.join(f"[{letter.upper()}{letter}]" for letter in word) for word in words)
    loose = {"type": "string", "pattern": f"^{OTHER}({loosely}){OTHER}$", "description": "in other spellings"}
    return {"anyOf": [answered(kind), loose]}


@accepted.register
def _(_: Cursor) -> Schema:
    return {"type": "string", "description": "the place where a page ended, from `Link`"}


@accepted.register
def _(kind: Words) -> Schema:
    word = f"{'-?' if kind.signed else ''}({'|'.join(kind.options)})"
    return {"type": "string", "pattern": f"^{word}(,{word})*$", "description": "separated by commas"}
