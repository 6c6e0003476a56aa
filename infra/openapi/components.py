"""The schemas that operations refer to, under #/components/schemas."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import infra.openapi.field_types  # noqa: F401 - it describes the field types
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.validation.containers import All, AnyOf, Ignored, ListOf, Nullable, OneOrMany, object_members
from chalicelib.validation.json_schema import plain_schema
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum
from infra.openapi import forms
from infra.openapi.json_schema import (
    IGNORED,
    JsonSchema,
    describe_nested_object,
    describe_properties,
    find_schemas,
    reference,
    request_schema,
    response_schema,
)


def components() -> dict[str, JsonSchema]:
    """Return the component of every object and of every set of options, under its name."""
    schemas = find_schemas()
    queries = [endpoint.query for endpoint in ENDPOINTS if endpoint.query]
    described = dict(IGNORED)
    for schema in schemas.values():
        described |= _describe_schema(schema)
    for kind in _nested_kinds([*schemas.values(), *queries]):
        described |= _describe_nested_kind(kind)
    return described


def body_name(schema: Schema, *, is_partial: bool) -> str:
    """Return the name of a body's component. If `is_partial`, no field is required."""
    if not is_answered(schema):
        return schema.name
    return f"{schema.name}{'Update' if is_partial and schema.required else 'Input'}"


def is_answered(schema: Schema) -> bool:
    """Return whether answers contain the object of a schema, and not only bodies."""
    return bool(schema.read_only) or any(isinstance(kind, Ignored) for kind in schema.fields.values())


def _describe_schema(schema: Schema) -> dict[str, JsonSchema]:
    """Return the components of a schema: its answer, a part of that, what creates and changes it, and both as forms.

    A schema that requires fields refers to one that does not, so that every field is described once.
    """
    described: dict[str, JsonSchema] = {}
    if is_answered(schema):
        described[schema.name] = describe_response(schema)
        described[f"{schema.name}Part"] = _without_required(described[schema.name])
    if schema.fields:
        whole, part = (body_name(schema, is_partial=is_partial) for is_partial in (False, True))
        described[part] = describe_request(schema)
        described[forms.form_name(part)] = forms.describe_form(schema)
        if part != whole:
            described[whole] = _require(sorted(schema.required), part)
            described[forms.form_name(whole)] = _require(forms.required_fields(schema), forms.form_name(part))
        elif schema.required:
            described[whole] |= {"required": sorted(schema.required)}
            described[forms.form_name(whole)] |= {"required": forms.required_fields(schema)}
    return described


def _require(names: list[str], part: str) -> JsonSchema:
    """Return what requires fields of a part. Some generators read the rule inside of allOf, and others beside it."""
    rule = {"required": names}
    return {"allOf": [reference(part), rule]} | rule


def describe_response(schema: Schema) -> JsonSchema:
    """Return the JSON Schema of an answer. It has all fields, except those that the schema declares as optional."""
    fields = {name: kind for name, kind in schema.fields.items() if name not in schema.aliases}
    properties = describe_properties(fields | schema.read_only, schema.descriptions, response_schema)
    required = sorted(properties.keys() - schema.optional_in_response)
    return {"type": "object", "properties": properties, "required": required}


def describe_request(schema: Schema) -> JsonSchema:
    """Return the JSON Schema of a body without its required fields. Read-only fields may be sent back."""
    read_only = {name: Ignored(kind) for name, kind in schema.read_only.items()}
    properties = describe_properties({**schema.fields, **read_only}, schema.descriptions, request_schema)
    described = {"type": "object", "properties": properties, "additionalProperties": schema.is_lenient}
    return described | _describe_choice(schema)


def _without_required(described: JsonSchema) -> JsonSchema:
    return {key: value for key, value in described.items() if key != "required"}


def _describe_choice(schema: Schema) -> JsonSchema:
    """Return the rule that one of several fields is required, under any of its names, and must not be empty."""
    if not schema.required_choice:
        return {}
    names = {name: [name, *_aliases_of(schema, name)] for name in schema.required_choice.names}
    choices = [
        {"anyOf": [{"required": [alias]} | _not_empty(schema, alias) for alias in aliases]}
        for aliases in names.values()
    ]
    # Client generators take a schema with oneOf for a union of types. They ignore what is inside "not".
    return {"not": {"not": {"oneOf" if schema.required_choice.only_one else "anyOf": choices}}}


def _aliases_of(schema: Schema, name: str) -> list[str]:
    return [alias for alias, meant in schema.aliases.items() if meant == name]


def _not_empty(schema: Schema, name: str) -> JsonSchema:
    return {"properties": {name: {"not": {"enum": [[], None]}}}} if isinstance(schema.fields[name], OneOrMany) else {}


def _nested_kinds(kinds: Iterable[Any]) -> Iterator[All | Enum]:
    """Yield the named objects and sets of options within kinds, some of them several times."""
    for kind in kinds:
        if isinstance(kind, All | Enum) and kind.name:
            yield kind
        yield from _nested_kinds(_parts_of(kind))


def _parts_of(kind: Any) -> Iterable[Any]:
    if isinstance(kind, Schema):
        return [*kind.fields.values(), *kind.read_only.values()]
    if isinstance(kind, All):
        return object_members(kind).values()
    if isinstance(kind, AnyOf):
        return kind.kinds
    return [kind.kind] if isinstance(kind, Nullable | ListOf | Ignored) else []


def _describe_nested_kind(kind: All | Enum) -> dict[str, JsonSchema]:
    if isinstance(kind, Enum):
        return {kind.name: plain_schema(kind)}
    names: dict[str, Callable[[Any], JsonSchema]] = {kind.name: response_schema, f"{kind.name}Input": request_schema}
    return {name: describe_nested_object(kind, describe) for name, describe in names.items()}
