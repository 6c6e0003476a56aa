"""Write all JSON in one way, as compact UTF-8 text, so that the stored and the returned text have the same bytes."""

import json
import re
import sys
from json import JSONDecodeError
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NoReturn

__all__ = [
    "JSONDecodeError",
    "JsonObject",
    "TooDeepText",
    "UnusableText",
    "decode",
    "dump",
    "dump_sendable",
    "dump_sorted",
    "encoded_size",
    "exceeds_depth",
    "load",
    "parse",
]

JsonObject = dict[str, Any]

# Lambda's runtimes before Python 3.12 escape every character that is not ASCII.
_encode_string = encode_basestring_ascii if sys.version_info < (3, 12) else encode_basestring

load = json.loads

# A string, which may lack its end, or a bracket. Possessive quantifiers keep this linear in the length of the text.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


class UnusableText(ValueError):
    """Bytes that are no text, or text that is no JSON or too deep. The message is the end of a sentence about it."""


class TooDeepText(UnusableText):
    """Text that has too many levels. It may be no JSON besides."""


def decode(content: bytes) -> str:
    """Return the text of JSON, which is UTF-8 (RFC 8259 section 8.1). Raises UnusableText."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableText(f"is not valid UTF-8 at byte {error.start}") from None


def parse(text: str, most_levels: int) -> Any:
    """Return the value of a JSON text of at most so many levels. Raises UnusableText, or TooDeepText for more."""
    if exceeds_depth(text, most_levels):
        raise TooDeepText(f"is more than {most_levels} levels deep")
    try:
        return load(text, parse_constant=_refuse_constant)
    except JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise UnusableText(f"is not valid JSON at {position}: {error.msg}") from None
    except ValueError as error:
        raise UnusableText(f"is not usable JSON: {error}") from None


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def exceeds_depth(text: str, most: int) -> bool:
    """Return whether a JSON text has more than so many levels of objects and arrays. It need not be valid JSON.

    A parser would call itself for each level, so this is to be asked first.
    """
    if text.count("[") + text.count("{") <= most:  # most texts
        return False
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        first = match[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > most:
            return True
    return False


def dump(value: Any) -> str:
    """Return a value as JSON text, without blanks and without escaping Unicode."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def dump_sendable(value: Any) -> str:
    """Return a value as JSON text like `dump`. Half a surrogate pair, which cannot be sent, becomes a question mark."""
    return dump(value).encode(errors="replace").decode()


def dump_sorted(value: Any) -> str:
    """Return a value as JSON text in ASCII, which is the same for objects that differ in the order of their fields."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def encoded_size(text: str) -> int:
    """Return the size of a JSON text in Lambda's response, in bytes.

    The response contains the text as a JSON string, in which a quote or a backslash takes two bytes.
    """
    if text.isascii() and "\x7f" not in text:  # most texts: counting is enough
        return len(text) + text.count('"') + text.count("\\")
    return len(_encode_string(text).encode()) - 2
