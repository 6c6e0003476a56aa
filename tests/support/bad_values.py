"""Values that a JSON Schema of the OpenAPI document does not allow, and others that are hard to handle."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from infra.openapi import document

Json = dict[str, Any]

SURROGATE = "\ud800"  # JSON can escape it, UTF-8 cannot contain it
# For every field, whatever its type. Those that its schema allows are left out.
COMMON: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**30, 2**53, "", " ", "x", "\0", "a\0b", SURROGATE, f"a{SURROGATE}"),
    *([], {}, [[]], [None], [{}], ["\0"], [SURROGATE], {"name": None}, {"name": SURROGATE}, {"id": SURROGATE}),
    *("\U0001f600" * 300, {SURROGATE: 1}),
    *([[[[[[[[]]]]]]]], {"a": {"a": {"a": {"a": {}}}}}, [1] * 1_001, {f"{number}": 1 for number in range(101)}),
    *("9" * 17, "1e400", "0x10", "٣", "2024-02-30", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"),
    *("<script>", "%00", "%ED%A0%80", "' OR 1=1", "{{7*7}}", "../..", "\u202eabc", "a\r\nb: c"),
]
# Texts for queries and parts of paths, percent-encoded or not: overlong and invalid UTF-8, surrogates, dots, slashes.
TARGET_TEXTS = [
    *("%00", "%0A", "%FF", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "%E0%80%AF", "%", "%%", "%zz", "%2F", "%2e%2e"),
    *("-1", "0", "00", "1.0", "1e3", "9" * 16, "9" * 17, "9" * 400, "x" * 256, "x" * 7_000, "%C3%A9" * 700),
    *(
        ".",
        "..",
        "null",
        "true",
        "[]",
        "{}",
        "1,2",
        "1%3B2",
        "+",
        "%20",
        "'",
        "%22",
        "~",
        "*",
        "%D9%A3",
        "%F0%9F%98%80",
        "1.json.json",
        ".json",
    ),
]


@cache
def described() -> Json:
    """Return the OpenAPI document with the calls at all their addresses."""
    return document.document(has_aliases=True)


def resolve(schema: Json) -> Json:
    """Return a schema, or the component that it refers to."""
    if "$ref" not in schema:
        return schema
    found: Json = described()
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def wrong_values(schema: Json) -> list[Any]:
    """Return values that a schema does not allow: of another type, too long, too many, or with wrong parts."""
    schema = resolve(schema)
    return [value for value in [*_too_large(schema), *COMMON] if not allows(schema, value)]


def allows(schema: Json, value: Any) -> bool:
    """Return whether a schema allows a value. No text may contain a lone surrogate, which no schema can say."""
    if not {"type", "anyOf", "$ref"} & schema.keys():  # what may be sent back and means nothing
        return True
    text = json.dumps(value)
    return "\\ud800" not in text and _validator(json.dumps(schema)).is_valid(value)


def _too_large(schema: Json) -> Iterator[Any]:
    """Yield a text or array that is too long, also within the elements and fields of the schema."""
    for one in map(resolve, schema.get("anyOf", [schema])):
        if "maxLength" in one:
            yield "x" * (one["maxLength"] + 1)
        if "maxItems" in one:
            yield [None] * (one["maxItems"] + 1)
        if "items" in one:
            yield from ([value] for value in _too_large(one["items"]))
        for name, kind in one.get("properties", {}).items():
            yield from ({name: value} for value in _too_large(kind))


@cache
def _validator(schema: str) -> Any:
    return Draft202012Validator(json.loads(schema) | {"components": described()["components"]})


def operations() -> Iterator[tuple[str, str, Json]]:
    """Yield method, path and description of every call, also at its other paths."""
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def body_fields(operation: Json) -> Json:
    """Return the schemas of the fields that a call reads from its body."""
    if "requestBody" not in operation:
        return {}
    schema = resolve(operation["requestBody"]["content"]["application/json"]["schema"])
    if "allOf" in schema:  # a body that requires some fields refers to one that requires none
        schema = resolve(schema["allOf"][0])
    fields = {name: resolve(kind) for name, kind in schema["properties"].items()}
    return {name: kind for name, kind in fields.items() if "type" in kind or "anyOf" in kind}


def parameters(operation: Json, place: str) -> Json:
    """Return the schemas of the parameters in `path`, `query` or `header`."""
    found = [resolve(parameter) for parameter in operation["parameters"]]
    return {parameter["name"]: parameter["schema"] for parameter in found if parameter["in"] == place}
