"""The one way in which JSON is written: compact UTF-8 text, so that stored and answered text are the same bytes."""

import json
import sys
from json import JSONDecodeError
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

__all__ = ["JSONDecodeError", "JsonObject", "dump", "encoded_size", "load"]

JsonObject = dict[str, Any]

# Lambda's runtimes before 3.12 send all but printable ASCII escaped.
_quoted = encode_basestring_ascii if sys.version_info < (3, 12) else encode_basestring

load = json.loads


def dump(value: Any) -> str:
    """The JSON text of a value, without blanks, Unicode as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encoded_size(text: str) -> int:
    """The bytes that a JSON text takes within an answer of Lambda, where it is a JSON string: a quote takes two."""
    if text.isascii() and "\x7f" not in text:  # as most are: counting is enough
        return len(text) + text.count('"') + text.count("\\")
    return len(_quoted(text).encode()) - 2
