"""The schemas that operations refer to, under #/components/schemas."""

from chalicelib.validation.containers import Ignored, OneOrMany
from chalicelib.validation.schema import Schema
from infra.openapi.json_schema import JsonSchema, find_schemas, request_schema, response_schema


def components() -> dict[str, JsonSchema]:
    """Return up to four components for each schema: its answer, a part of that, and what creates and changes it."""
    described: dict[str, JsonSchema] = {}
    for name, schema in find_schemas().items():
        if schema.read_only or "id" in schema.fields:
            described[name] = describe_response(schema)
            described[f"{name}Part"] = _without_required(described[name])
        if schema.fields:
            described[f"{name}Input"] = describe_request(schema)
            described[f"{name}Update"] = _without_required(described[f"{name}Input"])
    return described


def describe_response(schema: Schema) -> JsonSchema:
    """Return the JSON Schema of an answer. It has all fields, except those that the schema declares as optional."""
    fields = {name: kind for name, kind in schema.fields.items() if name not in schema.aliases}
    properties = {name: response_schema(kind) for name, kind in (fields | schema.read_only).items()}
    required = sorted(properties.keys() - schema.optional_in_response)
    return {"type": "object", "properties": properties, "required": required}


def describe_request(schema: Schema) -> JsonSchema:
    """Return the JSON Schema of a body. Read-only fields may be sent back."""
    properties = {name: request_schema(kind) for name, kind in schema.fields.items()}
    read_only = {name: request_schema(Ignored(kind)) for name, kind in schema.read_only.items()}
    described: JsonSchema = {
        "type": "object",
        "properties": properties | read_only,
        "additionalProperties": schema.is_lenient,
    }
    required = {"required": sorted(schema.required)} if schema.required else {}
    return described | required | _describe_choice(schema)


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
