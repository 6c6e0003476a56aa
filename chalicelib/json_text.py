"""Write all JSON in one way, as compact UTF-8 text, so that the stored and the returned text have the same bytes."""

import json
import sys
from json import JSONDecodeError
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

__all__ = ["JSONDecodeError", "JsonObject", "dump", "encoded_size", "load"]

JsonObject = dict[str, Any]

# Lambda's runtimes before Python 3.12 escape every character that is not ASCII.
_encode_string = encode_basestring_ascii if sys.version_info < (3, 12) else encode_basestring

load = json.loads


def dump(value: Any) -> str:
    """Return a value as JSON text, without blanks and without escaping Unicode."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encoded_size(text: str) -> int:
    """Return the size of a JSON text in Lambda's response, in bytes.

    The response contains the text as a JSON string, in which a quote or a backslash takes two bytes.
    """
    if text.isascii() and "\x7f" not in text:  # most texts: counting is enough
        return len(text) + text.count('"') + text.count("\\")
    return len(_encode_string(text).encode()) - 2
