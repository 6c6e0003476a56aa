"""The field types as JSON Schema."""

import re

from chalicelib.validation import bounds
from chalicelib.validation.types import (
    MAX_INTEGER,
    Boolean,
    CommaSeparated,
    Cursor,
    Date,
    Email,
    Enum,
    Integer,
    Pattern,
    Text,
    Timestamp,
)
from infra.openapi.json_schema import JsonSchema, request_schema, response_schema

NO_LETTERS = "[^A-Za-z\u0130\u212a]*"  # the last two are letters as well: in lower case they are i and k
BLANK = r"\s\u001c-\u001f\u0085"  # the white space that Python strips
MAX_LISTED = 1_000  # up to this number a pattern lists the numbers one by one


@response_schema.register
def _(_: Text) -> JsonSchema:
    return {"type": "string"}


@request_schema.register
def _(kind: Text) -> JsonSchema:
    most = {"maxLength": kind.max_length}
    if kind.min_length:  # the text is stripped before it is measured
        return {
            "type": "string",
            "pattern": f"^[^\\u0000]*[^{BLANK}\\u0000][^\\u0000]*$",
            "minLength": kind.min_length,
        } | most
    return {"type": "string", "pattern": r"^[^\u0000]*$"} | most


@response_schema.register
def _(_: Integer) -> JsonSchema:
    return {"type": "integer"}


@request_schema.register
def _(kind: Integer) -> JsonSchema:
    digits = {"type": "string", "pattern": _digits_pattern(kind), "description": "the number as digits"}
    return {"anyOf": [number_schema(kind), digits]}


def number_schema(kind: Integer) -> JsonSchema:
    """Return the JSON Schema of a number within its bounds."""
    if kind.is_capped:
        return {
            "type": "integer",
            "minimum": kind.minimum,
            "maximum": MAX_INTEGER,
            "description": f"more than {kind.maximum} mean {kind.maximum}",
        }
    return {"type": "integer", "minimum": kind.minimum, "maximum": kind.maximum}


def _digits_pattern(kind: Integer) -> str:
    if kind.minimum >= 0 and kind.maximum <= MAX_LISTED:
        return f"^({'|'.join(map(str, range(kind.minimum, kind.maximum + 1)))})$"
    sign, first = ("-?", "[0-9]") if kind.minimum < 0 else ("", "[1-9]")
    return f"^{sign}{first}[0-9]{{0,{len(str(kind.maximum)) - 2}}}$"


@response_schema.register
def _(_: Boolean) -> JsonSchema:
    return {"type": "boolean"}


@request_schema.register
def _(_: Boolean) -> JsonSchema:
    return {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"}]}


@request_schema.register
def _(_: Date) -> JsonSchema:
    return {"type": "string", "format": "date"}


@request_schema.register
def _(_: Timestamp) -> JsonSchema:
    return {"type": "string", "format": "date-time", "maxLength": bounds.MAX_OPTION_LENGTH}


@request_schema.register
def _(_: Email) -> JsonSchema:
    part = rf"[^@{BLANK}.\u0000]+"
    pattern = rf"^[{BLANK}]*[^@{BLANK}\u0000]+@{part}(\.{part})*[{BLANK}]*$"
    return {"type": "string", "pattern": pattern, "maxLength": 254}


@request_schema.register
def _(kind: Pattern) -> JsonSchema:
    return {"type": "string", "pattern": f"^{kind.regex}$"}


@response_schema.register
def _(kind: Enum) -> JsonSchema:
    return {"type": "string", "enum": list(kind.options)}


@request_schema.register
def _(kind: Enum) -> JsonSchema:
    words = sorted({re.sub("[^a-z]", "", word.lower()) for word in (*kind.options, *kind.aliases)})
    alternatives = "|".join(NO_LETTERS.join(f"[{letter.upper()}{letter}]" for letter in word) for word in words)
    other_spelling = {
        "type": "string",
        "pattern": f"^{NO_LETTERS}({alternatives}){NO_LETTERS}$",
        "maxLength": bounds.MAX_OPTION_LENGTH,
        "description": "in other spellings",
    }
    return {"anyOf": [response_schema(kind), other_spelling]}


@request_schema.register
def _(_: Cursor) -> JsonSchema:
    description = "the place where a page ended, from `Link`"
    return {"type": "string", "maxLength": bounds.MAX_CURSOR_LENGTH, "description": description}


@request_schema.register
def _(kind: CommaSeparated) -> JsonSchema:
    word = f"{'-?' if kind.signed else ''}({'|'.join(kind.options)})"
    pattern = f"^{word}(,{word})*$"
    description = "separated by commas"
    return {"type": "string", "pattern": pattern, "maxLength": bounds.MAX_WORD_LENGTH, "description": description}
