"""The one way in which JSON is written: compact UTF-8 text, so that stored and answered text are the same bytes."""

import json
import re
import sys
from json import JSONDecodeError
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

__all__ = ["MARKED", "JSONDecodeError", "dump", "load", "timed", "weight"]

# Lambda's runtimes before 3.12 send all but printable ASCII escaped.
_quoted = encode_basestring_ascii if sys.version_info < (3, 12) else encode_basestring

MADE = '"\\u0000"'  # the time at which an activity was made, in its stored text, see domain.activities
MARKED = re.compile(r'"\\u0000([0-9a-f]{9})"')  # a person in stored text, see domain.activities

load = json.loads


def dump(value: Any) -> str:
    """The JSON text of a value, without blanks, Unicode as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def weight(text: str) -> int:
    """The bytes that a JSON text takes within an answer of Lambda, where it is a JSON string: a quote takes two."""
    if text.isascii() and "\x7f" not in text:  # as most are: counting is enough
        return len(text) + text.count('"') + text.count("\\")
    return len(_quoted(text).encode()) - 2


def timed(text: str) -> str:
    """The stored text of an activity with the time at which it was made, the first one in it, wherever it is meant."""
    made = text.partition('"created_at":')[2].partition(",")[0]
    return text.replace(MADE, made)
