"""The field types as JSON Schema."""

from chalicelib.validation import bounds
from chalicelib.validation.types import (
    MAX_AMOUNT,
    MAX_DIGITS,
    MAX_INTEGER,
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


DECIMAL: JsonSchema = {
    "type": "number",
    "minimum": -MAX_AMOUNT,
    "maximum": MAX_AMOUNT,
    "description": f"at most {MAX_DIGITS} significant digits",
}


@response_schema.register
def _(_: Number) -> JsonSchema:
    return {"type": "number"}


@request_schema.register
def _(_: Number) -> JsonSchema:
    digits = {"type": "string", "pattern": r"^-?[0-9]{1,7}(\.[0-9]{1,7})?$", "description": "the number as digits"}
    return {"anyOf": [DECIMAL, digits]}


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
    part = rf"[^@{BLANK}.{CONTROLS}]+"
    pattern = rf"^[{BLANK}]*[^@{BLANK}{CONTROLS}]+@{part}(\.{part})*[{BLANK}]*$"
    return {"type": "string", "pattern": pattern, "maxLength": 254}


@request_schema.register
def _(kind: Pattern) -> JsonSchema:
    return {"type": "string", "pattern": f"^{kind.regex}$"}


@request_schema.register
def _(kind: Enum) -> JsonSchema:
    """Other spellings are accepted as well, but nobody should send them: clients get the options as a type."""
    return reference(kind.name) if kind.name else describe_options(kind)


def describe_options(kind: Enum) -> JsonSchema:
    """Return the JSON Schema of the options."""
    return {"type": "string", "enum": list(kind.options)}


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
