"""Describe JSON Schema in words, for people who want to know what a value looks like."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

JsonSchema = dict[str, Any]
LARGE = 2**40  # a bound beyond this tells people nothing
BOUNDS = (("minLength", "maxLength", " characters"), ("minItems", "maxItems", " elements"), ("minimum", "maximum", ""))
FLAGS = {"readOnly": "read only", "deprecated": "deprecated"}


class Word(NamedTuple):
    """A part of the name of a type. If it names a schema that is described elsewhere, `schema` is that name."""

    text: str
    schema: str = ""


@dataclass(frozen=True)
class ValueText:
    """The description of a value: its type, facts such as its bounds, a note, and the members of an object.

    For an array of objects, the members are those of its elements.
    """

    kind: tuple[Word, ...]
    facts: tuple[str, ...] = ()
    note: str = ""
    members: tuple["MemberText", ...] = ()


class MemberText(NamedTuple):
    """A named value: a member of an object, a schema, or a parameter, which has a location (path, query or header)."""

    name: str
    value: ValueText
    is_required: bool = False
    location: str = ""


def describe(schema: JsonSchema) -> ValueText:
    """Describe a schema. A schema that it refers to is named and not repeated, and patterns are left out."""
    note = schema.get("description", "")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return ValueText((Word(name, name),), note=note)
    alternatives = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if alternatives:
        return _describe_alternatives(alternatives, note)
    elements = describe(schema["items"]) if "items" in schema else ValueText(())
    return ValueText(
        kind=_kind(schema, elements),
        facts=(*_facts(schema), *elements.facts),
        note=note,
        members=_members(schema) or elements.members,
    )


def _describe_alternatives(schemas: Sequence[JsonSchema], note: str) -> ValueText:
    """Describe the first alternative in full, and name the others."""
    first, *others = map(describe, schemas)
    kind = _join_with_or([first.kind, *map(_short_kind, others)])
    return replace(first, kind=kind, note=note or first.note)


def _kind(schema: JsonSchema, elements: ValueText) -> tuple[Word, ...]:
    declared = schema.get("type", "any value")
    names = [declared] if isinstance(declared, str) else declared
    array = (Word("array of "), *elements.kind)
    return _join_with_or([array if name == "array" and elements.kind else (Word(name),) for name in names])


def _join_with_or(kinds: Sequence[tuple[Word, ...]]) -> tuple[Word, ...]:
    words: list[Word] = []
    for kind in kinds:
        if words:
            words.append(Word(" or "))
        words.extend(kind)
    return tuple(words)


def _short_kind(value: ValueText) -> tuple[Word, ...]:
    return (Word(value.note),) if value.note and not value.members else value.kind


def _members(schema: JsonSchema) -> tuple[MemberText, ...]:
    required = schema.get("required", ())
    properties = schema.get("properties", {})
    return tuple(MemberText(name, describe(value), name in required) for name, value in properties.items())


def _facts(schema: JsonSchema) -> Iterator[str]:
    if "enum" in schema:
        yield "one of " + ", ".join(map(_value_text, schema["enum"]))
    for minimum, maximum, unit in BOUNDS:
        yield from _bounds(schema.get(minimum), schema.get(maximum), unit)
    if "format" in schema:
        yield str(schema["format"])
    if "default" in schema:
        yield f"{_value_text(schema['default'])} by default"
    yield from (text for name, text in FLAGS.items() if schema.get(name))


def _value_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _bounds(minimum: int | None, maximum: int | None, unit: str) -> Iterator[str]:
    if unit and minimum == 1 and maximum is None:
        yield "not empty"
        return
    has_minimum = minimum is not None and minimum > (0 if unit else -LARGE)
    has_maximum = maximum is not None and maximum < LARGE
    if has_minimum and has_maximum:
        yield f"{minimum} to {maximum}{unit}"
    elif has_minimum:
        yield f"at least {minimum}{unit}"
    elif has_maximum:
        yield f"at most {maximum}{unit}"
