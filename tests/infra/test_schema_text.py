"""JSON Schema in the words of the reference."""

from typing import Any

import pytest

from infra.reference.schema_text import Fact, SchemaReader

Json = dict[str, Any]

WHOLE = {"type": "integer", "minimum": 1, "maximum": 9_999_999_999_999_999}
DIGITS = {"type": "string", "pattern": "^[0-9]+$", "description": "the number as digits"}
NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
USER = {"$ref": "#/components/schemas/User"}
READER = SchemaReader(
    {
        "User": {"type": "object", "properties": {"id": WHOLE}},
        "Tree": {"type": "object", "properties": {"parent": {"$ref": "#/components/schemas/Tree"}}},
    }
)
VALUES: dict[str, tuple[Json, str, tuple[str, ...]]] = {
    "text": ({"type": "string", "minLength": 1, "maxLength": 255}, "string", ("1 to 255 characters",)),
    "some text": ({"type": "string", "minLength": 1}, "string", ("not empty",)),
    "long text": ({"type": "string", "minLength": 0, "maxLength": 9_000}, "string", ("at most 9,000 characters",)),
    "an id": (WHOLE, "integer", ("at least 1",)),
    "nullable": ({"type": ["string", "null"], "format": "date"}, "string or null", ("date",)),
    "spellings": ({"anyOf": [WHOLE, DIGITS]}, "integer", ("at least 1", "or the number as digits")),
    "or null": ({"anyOf": [USER, {"type": "null"}]}, "object or null", ()),
    "a schema": (USER, "object", ()),
    "a list": ({"type": "array", "items": USER, "maxItems": 3}, "array of objects", ("at most 3 elements",)),
    "a list or null": ({"type": ["array", "null"], "items": {"type": "string"}}, "array of strings or null", ()),
    "a choice": ({"type": "string", "enum": ["a", "b"], "default": "a"}, "string", ("one of a b", "default a")),
    "anything": ({}, "any value", ()),
    "a flag": ({"type": "boolean", "default": False, "readOnly": True}, "boolean", ("default false", "read only")),
    "a constant": ({"type": "string", "const": "x"}, "string", ("always x",)),
}


def words(facts: tuple[Fact, ...]) -> tuple[str, ...]:
    return tuple(" ".join([fact.text, *fact.values]) for fact in facts)


@pytest.mark.parametrize(("schema", "kind", "facts"), VALUES.values(), ids=VALUES)
def test_a_schema_is_described_in_words(schema: Json, kind: str, facts: tuple[str, ...]) -> None:
    told = READER.describe(schema)
    assert (told.kind, words(told.facts)) == (kind, facts)


def test_the_fields_of_objects_in_a_list_are_described_too() -> None:
    told = READER.describe({"type": "array", "items": NAMED})
    assert [(one.name, one.is_required) for one in told.members] == [("name", True)]


def test_the_fields_of_a_schema_are_described_where_it_is_used() -> None:
    told = READER.describe({"anyOf": [{"type": "null"}, USER]} | {"description": "Who."})
    assert (told.note, [one.name for one in told.members]) == ("Who.", ["id"])


def test_the_example_of_a_field_is_shown() -> None:
    fields = {"a": {"type": "integer", "examples": [7]}, "b": {"type": "string", "example": "x"}, "c": {"example": []}}
    told = READER.describe({"type": "object", "properties": fields})
    assert [one.example for one in told.members] == ["7", "x", ""]


def test_a_schema_that_contains_itself_is_described_once() -> None:
    [parent] = READER.describe({"$ref": "#/components/schemas/Tree"}).members
    assert (parent.value.kind, parent.value.members) == ("object", ())
