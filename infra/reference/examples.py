"""Examples for bodies and parameters: those of the OpenAPI document, or else one that is made from the schema."""

import re
from collections.abc import Mapping
from typing import Any

JsonSchema = dict[str, Any]
DEEPEST = 8  # levels; no schema of the API has more
TEXTS = {
    "date": "2026-12-31",
    "date-time": "2026-12-31T09:00:00Z",
    "email": "jane@doe.example.org",
    "uri": "https://example.org/",
}
HEX = "0123456789abcdef01234567"
# For strings with a pattern. The first one that matches is the example.
KEYS = (HEX, HEX[:9], f"7-{HEX[:8]}", f"7-{HEX[:16]}")
CANDIDATES = ("text", "id", "7", *KEYS, "jane@doe.example.org", "https://example.org/hooks", "true", "2026-Q1")


def find_example(declared: Mapping[str, Any], schemas: Mapping[str, JsonSchema]) -> Any:
    """Return an example of a content or parameter. `schemas` are those that its schema may refer to, by name."""
    if "example" in declared:
        return declared["example"]
    for example in declared.get("examples", {}).values():
        return example.get("value")
    return make_example(declared.get("schema", {}), schemas)


def make_example(schema: JsonSchema, schemas: Mapping[str, JsonSchema], depth: int = 0) -> Any:
    """Return a value that a schema allows: its own example, or the simplest value of its type."""
    if "$ref" in schema:
        return make_example(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth)
    for name in ("example", "const"):
        if name in schema:
            return schema[name]
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    alternatives = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if alternatives and "properties" not in schema:
        return make_example(alternatives[0], schemas, depth)
    return _make_value(schema, schemas, depth)


def _make_value(schema: JsonSchema, schemas: Mapping[str, JsonSchema], depth: int) -> Any:
    declared = schema.get("type", "object" if "properties" in schema else "null")
    match declared if isinstance(declared, str) else declared[0]:
        case "object":
            return _make_object(schema, schemas, depth)
        case "array":
            return [make_example(schema["items"], schemas, depth + 1)] if "items" in schema else []
        case "integer" | "number":
            return max(schema.get("minimum", 1), min(schema.get("maximum", 1), 1))
        case "boolean":
            return True
        case "string":
            return _make_text(schema)
    return None


def _make_object(schema: JsonSchema, schemas: Mapping[str, JsonSchema], depth: int) -> dict[str, Any]:
    """Return an object with all fields that have a meaning, or with none below the deepest level."""
    if depth > DEEPEST:
        return {}
    fields = schema.get("properties", {}).items()
    return {name: make_example(value, schemas, depth + 1) for name, value in fields if value.keys() - {"description"}}


def _make_text(schema: JsonSchema) -> str:
    if schema.get("format") in TEXTS:
        return TEXTS[schema["format"]]
    pattern = schema.get("pattern", "")
    return next((text for text in CANDIDATES if re.search(pattern, text)), CANDIDATES[0])
