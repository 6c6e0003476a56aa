"""The simple kinds of value as JSON JsonSchema."""

import re

from chalicelib.validation.types import (
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
from infra.openapi.kinds import JsonSchema, accepted, answered

OTHER = "[^A-Za-z\u0130\u212a]*"  # no letters; two of the others are those of i and k in lower case
BLANK = r"\s\u001c-\u001f\u0085"  # what Python strips
FEW = 1_000  # numbers that a pattern can name one by one


@answered.register
def _(_: Text) -> JsonSchema:
    return {"type": "string"}


@accepted.register
def _(kind: Text) -> JsonSchema:
    most = {"maxLength": kind.max_length} if kind.max_length is not None else {}
    if kind.min_length:  # then blanks around it do not count
        return {
            "type": "string",
            "pattern": f"^[^\\u0000]*[^{BLANK}\\u0000][^\\u0000]*$",
            "minLength": kind.min_length,
        } | most
    return {"type": "string", "pattern": r"^[^\u0000]*$"} | most


@answered.register
def _(_: Integer) -> JsonSchema:
    return {"type": "integer"}


@accepted.register
def _(kind: Integer) -> JsonSchema:
    digits = {"type": "string", "pattern": _digits(kind), "description": "the number as digits"}
    return {"anyOf": [number(kind), digits]}


def number(kind: Integer) -> JsonSchema:
    """A number within its bounds."""
    return {"type": "integer", "minimum": kind.minimum, "maximum": kind.maximum}


def _digits(kind: Integer) -> str:
    if kind.minimum >= 0 and kind.maximum <= FEW:
        return f"^({'|'.join(map(str, range(kind.minimum, kind.maximum + 1)))})$"
    sign, first = ("-?", "[0-9]") if kind.minimum < 0 else ("", "[1-9]")
    return f"^{sign}{first}[0-9]{{0,{len(str(kind.maximum)) - 2}}}$"


@answered.register
def _(_: Boolean) -> JsonSchema:
    return {"type": "boolean"}


@accepted.register
def _(_: Boolean) -> JsonSchema:
    return {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"}]}


@accepted.register
def _(_: Date) -> JsonSchema:
    return {"type": "string", "format": "date"}


@accepted.register
def _(_: Timestamp) -> JsonSchema:
    return {"type": "string", "format": "date-time"}


@accepted.register
def _(_: Email) -> JsonSchema:
    part = rf"[^@{BLANK}.\u0000]+"
    pattern = rf"^[{BLANK}]*[^@{BLANK}\u0000]+@{part}(\.{part})*[{BLANK}]*$"
    return {"type": "string", "pattern": pattern, "maxLength": 254}


@accepted.register
def _(kind: Pattern) -> JsonSchema:
    return {"type": "string", "pattern": f"^{kind.regex}$"}


@answered.register
def _(kind: Enum) -> JsonSchema:
    return {"type": "string", "enum": list(kind.options)}


@accepted.register
def _(kind: Enum) -> JsonSchema:
    words = sorted({re.sub("[^a-z]", "", word.lower()) for word in (*kind.options, *kind.aliases)})
    loosely = "|".join(OTHER.join(f"[{letter.upper()}{letter}]" for letter in word) for word in words)
    loose = {"type": "string", "pattern": f"^{OTHER}({loosely}){OTHER}$", "description": "in other spellings"}
    return {"anyOf": [answered(kind), loose]}


@accepted.register
def _(_: Cursor) -> JsonSchema:
    return {"type": "string", "description": "the place where a page ended, from `Link`"}


@accepted.register
def _(kind: CommaSeparated) -> JsonSchema:
    word = f"{'-?' if kind.signed else ''}({'|'.join(kind.options)})"
    return {"type": "string", "pattern": f"^{word}(,{word})*$", "description": "separated by commas"}
