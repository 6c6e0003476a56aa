"""The field types as JSON Schema."""

from chalicelib.validation import bounds
from chalicelib.validation.json_schema import plain_schema
from chalicelib.validation.types import (
    Boolean,
    CommaSeparated,
    Cursor,
    Date,
    Email,
    Enum,
    Integer,
    Number,
    Pattern,
    Text,
    Timestamp,
)
from infra.openapi.json_schema import JsonSchema, reference, request_schema, response_schema

BLANK = r"\s\u001c-\u001f\u0085"  # the white space that Python strips
CONTROLS = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # that no address may have
MAX_LISTED = 1_000  # up to this number a pattern lists the numbers one by one


@response_schema.register(Text | Boolean)
def _(kind: Text | Boolean) -> JsonSchema:
    return plain_schema(kind)


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
    return {"anyOf": [plain_schema(kind), digits]}


def _digits_pattern(kind: Integer) -> str:
    if kind.minimum >= 0 and kind.maximum <= MAX_LISTED:
        return f"^({'|'.join(map(str, range(kind.minimum, kind.maximum + 1)))})$"
    sign, first = ("-?", "[0-9]") if kind.minimum < 0 else ("", "[1-9]")
    return f"^{sign}{first}[0-9]{{0,{len(str(kind.maximum)) - 2}}}$"


@response_schema.register
def _(_: Number) -> JsonSchema:
    return {"type": "number"}


@request_schema.register
def _(kind: Number) -> JsonSchema:
    digits = {"type": "string", "pattern": r"^-?[0-9]{1,7}(\.[0-9]{1,7})?$", "description": "the number as digits"}
    return {"anyOf": [plain_schema(kind), digits]}


@request_schema.register
def _(kind: Boolean) -> JsonSchema:
    return {"anyOf": [plain_schema(kind), {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"}]}


@request_schema.register
def _(kind: Date) -> JsonSchema:
    return plain_schema(kind)


@request_schema.register
def _(kind: Timestamp) -> JsonSchema:
    return plain_schema(kind) | {"maxLength": bounds.MAX_OPTION_LENGTH}


@request_schema.register
def _(_: Email) -> JsonSchema:
    part = rf"[^@{BLANK}.{CONTROLS}]+"
    pattern = rf"^[{BLANK}]*[^@{BLANK}{CONTROLS}]+@{part}(\.{part})*[{BLANK}]*$"
    return {"type": "string", "pattern": pattern, "maxLength": 254}


@request_schema.register
def _(kind: Pattern) -> JsonSchema:
    return {"type": "string", "pattern": f"^{kind.regex}$"}


@request_schema.register
def _(kind: Enum) -> JsonSchema:
    """Other spellings are accepted as well, but nobody should send them: clients get the options as a type."""
    return reference(kind.name) if kind.name else plain_schema(kind)


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
