"""Form-encoded bodies: a field for each value, named in bracket notation as chalicelib.http.forms reads it."""

from typing import Any

from chalicelib.validation.containers import All, Ignored, ListOf, Nullable, object_members
from chalicelib.validation.schema import Schema
from infra.openapi.json_schema import JsonSchema, request_schema

EMPTY = {"type": "string", "maxLength": 0}  # stands for null
DOCUMENTED_UNDER = ("/api/v2/", "/oauth/")  # the documents promise forms here, and the service accepts them everywhere


def form_name(body_name: str) -> str:
    """Return the name of the component that describes a body as a form."""
    return f"{body_name}Form"


def describe_form(schema: Schema) -> JsonSchema:
    """Return the JSON Schema of a form.

    Fields that the service ignores are left out, and elements of an array that have several fields are described by
    their first one. A single element is the same in a form as an array of one.
    """
    properties: JsonSchema = {}
    for name, kind in schema.fields.items():
        for form_field, described in _describe_field(name, kind).items():
            properties[form_field] = described | {"description": schema.descriptions[name]}
    return {"type": "object", "properties": properties, "additionalProperties": schema.is_lenient}


def required_fields(schema: Schema) -> list[str]:
    """Return the names of the fields of a form that is to have all required values."""
    return sorted(field for name in schema.required for field in list(_describe_field(name, schema.fields[name]))[:1])


def _describe_field(name: str, kind: Any) -> dict[str, JsonSchema]:
    if isinstance(kind, Ignored):
        return {}
    if isinstance(kind, Nullable) and isinstance(kind.kind, All):
        return _describe_field(name, kind.kind)
    if isinstance(kind, Nullable):
        return {field: _or_empty(described) for field, described in _describe_field(name, kind.kind).items()}
    if isinstance(kind, All):
        members = object_members(kind)
        return {f"{name}[{member}]": request_schema(members[member]) for member in members}
    if isinstance(kind, ListOf):
        field, most = _name_of_elements(name, kind.kind), {} if kind.most is None else {"maxItems": kind.most}
        [elements] = list(_describe_field("", _first_member(kind.kind)).values())[:1]
        return {field: {"anyOf": [{"type": "array", "items": elements} | most, *elements.get("anyOf", [elements])]}}
    return {name: request_schema(kind)}


def _first_member(kind: Any) -> Any:
    return next(iter(object_members(kind).values())) if isinstance(kind, All) else kind


def _name_of_elements(name: str, kind: Any) -> str:
    return f"{name}[][{next(iter(object_members(kind)))}]" if isinstance(kind, All) else f"{name}[]"


def _or_empty(described: JsonSchema) -> JsonSchema:
    return {"anyOf": [*described.get("anyOf", [described]), EMPTY]}


def encode_example(value: Any, name: str = "") -> dict[str, Any]:
    """Return the fields of a form that stand for an object. Elements of an array are shown by their first field."""
    if isinstance(value, dict):
        fields: dict[str, Any] = {}
        for key, member in value.items():
            fields |= encode_example(member, f"{name}[{key}]" if name else key)
        return fields
    if isinstance(value, list):
        elements = [encode_example(element, f"{name}[]") for element in value]
        first = next(iter(elements[0])) if elements else f"{name}[]"
        return {first: [element[first] for element in elements]}
    return {name: value}
