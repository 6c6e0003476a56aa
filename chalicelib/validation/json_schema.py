"""Types of value as JSON Schema (2020-12), each in the one form that every client should send.

The OpenAPI document (infra/openapi/field_types.py) adds the other forms that requests may contain.
"""

from functools import singledispatch
from typing import Any

from chalicelib.validation.containers import AnyOf, ListOf, Nullable
from chalicelib.validation.types import (
    MAX_AMOUNT,
    MAX_DIGITS,
    MAX_INTEGER,
    Boolean,
    CommaSeparated,
    Date,
    Enum,
    Integer,
    Number,
    Text,
    Timestamp,
)

JsonSchema = dict[str, Any]


@singledispatch
def plain_schema(kind: Any) -> JsonSchema:
    """Return the JSON Schema of a type. Raises TypeError for one that nothing describes yet."""
    raise TypeError(f"Nothing describes {kind!r} yet. Register a function for its class in validation/json_schema.py.")


@plain_schema.register
def _(_: Text) -> JsonSchema:
    return {"type": "string"}


@plain_schema.register
def _(kind: Integer) -> JsonSchema:
    if kind.is_capped:
        return {
            "type": "integer",
            "minimum": kind.minimum,
            "maximum": MAX_INTEGER,
            "description": f"more than {kind.maximum} mean {kind.maximum}",
        }
    return {"type": "integer", "minimum": kind.minimum, "maximum": kind.maximum}


@plain_schema.register
def _(_: Number) -> JsonSchema:
    return {
        "type": "number",
        "minimum": -MAX_AMOUNT,
        "maximum": MAX_AMOUNT,
        "description": f"at most {MAX_DIGITS} significant digits",
    }


@plain_schema.register
def _(_: Boolean) -> JsonSchema:
    return {"type": "boolean"}


@plain_schema.register
def _(_: Date) -> JsonSchema:
    return {"type": "string", "format": "date"}


@plain_schema.register
def _(_: Timestamp) -> JsonSchema:
    return {"type": "string", "format": "date-time"}


@plain_schema.register
def _(kind: Enum) -> JsonSchema:
    return {"type": "string", "enum": list(kind.options)}


@plain_schema.register
def _(_: CommaSeparated) -> JsonSchema:
    return {"type": "string"}


@plain_schema.register
def _(kind: ListOf) -> JsonSchema:
    return {"type": "array", "items": plain_schema(kind.kind)}


@plain_schema.register
def _(kind: Nullable) -> JsonSchema:
    schema = plain_schema(kind.kind)
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


@plain_schema.register
def _(kind: AnyOf) -> JsonSchema:
    return {"type": [plain_schema(one)["type"] for one in kind.kinds]}
