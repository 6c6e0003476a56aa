"""Describe JSON Schema in words, for people who want to know what a value looks like."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

JsonSchema = dict[str, Any]
LARGE = 2**40  # a bound beyond this tells people nothing
BOUNDS = (("minLength", "maxLength", " characters"), ("minItems", "maxItems", " elements"), ("minimum", "maximum", ""))
FLAGS = {"readOnly": "read only", "deprecated": "deprecated"}
PLURALS = {name: f"{name}s" for name in ("string", "integer", "number", "boolean", "object")}


class Fact(NamedTuple):
    """Something to know about a value: a sentence, such as a bound, followed by literal values, such as its choices."""

    text: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValueText:
    """The description of a value: its type, facts such as its bounds, a note, and the members of an object.

    For an array of objects, the members are those of its elements. `name` is that of the schema which declares them.
    """

    kind: str
    facts: tuple[Fact, ...] = ()
    note: str = ""
    members: tuple["MemberText", ...] = ()
    name: str = ""


class MemberText(NamedTuple):
    """A named value: a member of an object, or a parameter, which has a location (path, query or header)."""

    name: str
    value: ValueText
    is_required: bool = False
    location: str = ""
    example: str = ""


class SchemaReader:
    """Describes schemas of one document. `schemas` are those that other schemas may refer to, by name."""

    def __init__(self, schemas: Mapping[str, JsonSchema]) -> None:
        self._schemas = schemas

    def describe(self, schema: JsonSchema, visited: tuple[str, ...] = ()) -> ValueText:
        """Describe a schema with all that it refers to. Patterns are left out.

        `visited` are the names of the schemas around this one, which are not described again inside themselves.
        """
        note = schema.get("description", "")
        if "$ref" in schema:
            return self._describe_reference(schema, visited)
        if "allOf" in schema:
            return self._describe_combination(schema, visited)
        alternatives = schema.get("anyOf") or schema.get("oneOf")
        if alternatives and not schema.get("properties"):
            described = self._describe_alternatives(alternatives, visited)
            return replace(described, note=note or described.note, facts=(*described.facts, *_facts(schema)))
        elements = self.describe(schema["items"], visited) if "items" in schema else ValueText("")
        return ValueText(
            kind=_kind(schema, elements),
            facts=(*_facts(schema), *elements.facts),
            note=note or elements.note,
            members=self._members(schema, visited) or elements.members,
            name=elements.name,
        )

    def _describe_reference(self, schema: JsonSchema, visited: tuple[str, ...]) -> ValueText:
        name = schema["$ref"].rpartition("/")[2]
        if name in visited:
            return ValueText("object", note=schema.get("description", ""), name=name)
        described = self.describe(self._schemas[name], (*visited, name))
        return replace(described, note=schema.get("description") or described.note, name=name)

    def _describe_combination(self, schema: JsonSchema, visited: tuple[str, ...]) -> ValueText:
        """Describe an object that fits several schemas. Each may declare members, and which of all are required."""
        parts = [self.describe(part, visited) for part in schema["allOf"]]
        required = {name for part in (schema, *schema["allOf"]) for name in part.get("required", ())}
        members = tuple(
            member._replace(is_required=member.is_required or member.name in required)
            for part in parts
            for member in part.members
        )
        return replace(parts[0], note=schema.get("description") or parts[0].note, members=members)

    def _describe_alternatives(self, schemas: Sequence[JsonSchema], visited: tuple[str, ...]) -> ValueText:
        """Describe the first alternative in full. Name the types of the others, or repeat the notes about them."""
        first, *others = [self.describe(schema, visited) for schema in schemas]
        noted = [other.note for other in others if other.note and not other.members]
        kinds = [other.kind for other in others if not other.note or other.members]
        full = first if first.members else next((other for other in others if other.members), first)
        facts = (*first.facts, *(Fact(f"or {note}") for note in dict.fromkeys(noted)))
        return ValueText(" or ".join(dict.fromkeys([first.kind, *kinds])), facts, first.note, full.members, full.name)

    def _members(self, schema: JsonSchema, visited: tuple[str, ...]) -> tuple[MemberText, ...]:
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        members = [
            MemberText(name, self.describe(value, visited), name in required, example=read_example(value))
            for name, value in properties.items()
        ]
        # What clients may send back, whatever its value, comes last.
        return tuple(sorted(members, key=lambda member: member.value.kind == "any value"))


def read_example(schema: JsonSchema) -> str:
    """Return the example in a schema of a simple value as text, or nothing if there is none."""
    examples = [schema["example"]] if "example" in schema else schema.get("examples", [])
    return value_text(examples[0]) if examples and not isinstance(examples[0], (dict, list)) else ""


def value_text(value: object) -> str:
    """Return a value as people write it: text without quotation marks, and everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _kind(schema: JsonSchema, elements: ValueText) -> str:
    declared = schema.get("type", "object" if "properties" in schema else "any value")
    names = [declared] if isinstance(declared, str) else declared
    return " or ".join(_array(elements) if name == "array" and elements.kind else name for name in names)


def _array(elements: ValueText) -> str:
    return "array of " + " or ".join(PLURALS.get(kind, kind) for kind in elements.kind.split(" or "))


def _facts(schema: JsonSchema) -> Iterator[Fact]:
    if "enum" in schema:
        yield Fact("one of", tuple(map(value_text, schema["enum"])))
    if "const" in schema:
        yield Fact("always", (value_text(schema["const"]),))
    for minimum, maximum, unit in BOUNDS:
        yield from _bounds(schema.get(minimum), schema.get(maximum), unit)
    if "format" in schema:
        yield Fact(str(schema["format"]))
    if "default" in schema:
        yield Fact("default", (value_text(schema["default"]),))
    yield from (Fact(text) for name, text in FLAGS.items() if schema.get(name))


def _bounds(minimum: int | None, maximum: int | None, unit: str) -> Iterator[Fact]:
    if unit and minimum == 1 and maximum is None:
        yield Fact("not empty")
        return
    has_minimum = minimum is not None and minimum > (0 if unit else -LARGE)
    has_maximum = maximum is not None and maximum < LARGE
    if has_minimum and has_maximum:
        yield Fact(f"{minimum} to {maximum:,}{unit}")
    elif has_minimum:
        yield Fact(f"at least {minimum}{unit}")
    elif has_maximum:
        yield Fact(f"at most {maximum:,}{unit}")
