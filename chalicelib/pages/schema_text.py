"""JSON JsonSchema in words, for people who read what a value is like."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

JsonSchema = dict[str, Any]
HUGE = 2**40  # beyond this a bound says nothing to people
BOUNDS = (("minLength", "maxLength", " characters"), ("minItems", "maxItems", " elements"), ("minimum", "maximum", ""))
MARKS = {"readOnly": "read only", "deprecated": "deprecated"}


@dataclass(frozen=True)
class Word:
    """A piece of what kind a value is; some name a schema that is told elsewhere."""

    text: str
    schema: str = ""


@dataclass(frozen=True)
class ValueText:
    """What a value is like, with the members of an object or of the objects in an array."""

    kind: tuple[Word, ...]
    facts: tuple[str, ...] = ()
    note: str = ""
    members: tuple["MemberText", ...] = ()


@dataclass(frozen=True)
class MemberText:
    """A named value: of an object, or a parameter, which has a place."""

    name: str
    value: ValueText
    is_required: bool = False
    place: str = ""


def describe(schema: JsonSchema) -> ValueText:
    """What a schema says. One that it refers to is named, not repeated; patterns are for programs only."""
    note = schema.get("description", "")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return ValueText((Word(name, name),), note=note)
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        first, *others = map(describe, choices)
        kind = _alternatives([first.kind, *map(_short, others)])
        return replace(first, kind=kind, note=note or first.note)
    inner = describe(schema["items"]) if "items" in schema else ValueText(())
    return ValueText(_kind(schema, inner), (*_facts(schema), *inner.facts), note, _members(schema) or inner.members)


def _kind(schema: JsonSchema, inner: ValueText) -> tuple[Word, ...]:
    given = schema.get("type", "any value")
    names = [given] if isinstance(given, str) else given
    several = (Word("array of "), *inner.kind)
    return _alternatives([several if name == "array" and inner.kind else (Word(name),) for name in names])


def _alternatives(kinds: Sequence[tuple[Word, ...]]) -> tuple[Word, ...]:
    return tuple(word for number, kind in enumerate(kinds) for word in ((Word(" or "), *kind) if number else kind))


def _short(value: ValueText) -> tuple[Word, ...]:
    return (Word(value.note),) if value.note and not value.members else value.kind


def _members(schema: JsonSchema) -> tuple[MemberText, ...]:
    required = schema.get("required", ())
    return tuple(
        MemberText(name, describe(one), name in required) for name, one in schema.get("properties", {}).items()
    )


def _facts(schema: JsonSchema) -> Iterator[str]:
    if "enum" in schema:
        yield "one of " + ", ".join(map(_text, schema["enum"]))
    for least, most, unit in BOUNDS:
        yield from _bounds(schema.get(least), schema.get(most), unit)
    if "format" in schema:
        yield str(schema["format"])
    if "default" in schema:
        yield f"{_text(schema['default'])} by default"
    yield from (word for name, word in MARKS.items() if schema.get(name))


def _text(one: object) -> str:
    return one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)


def _bounds(least: int | None, most: int | None, unit: str) -> Iterator[str]:
    if unit and least == 1 and most is None:
        yield "not empty"
        return
    low = least is not None and least > (0 if unit else -HUGE)
    high = most is not None and most < HUGE
    if low and high:
        yield f"{least} to {most}{unit}"
    elif low or high:
        yield f"at least {least}{unit}" if low else f"at most {most}{unit}"
