"""The one way in which JSON is written: compact UTF-8 text, so that stored and answered text are the same bytes."""

import json
import re
import sys
from json import JSONDecodeError
from typing import Any

__all__ = ["MARKED", "JSONDecodeError", "dump", "load", "weight"]

ASCII_ONLY = sys.version_info < (3, 12)  # Lambda's runtimes for these send other letters escaped

MARKED = re.compile(r'"\\u0000([0-9a-f]{9})"')  # a person in stored text, see domain.activities

load = json.loads


def dump(value: Any) -> str:
    """The JSON text of a value, without blanks, Unicode as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def weight(text: str) -> int:
    """The bytes that a text takes within an answer of Lambda, where it is a JSON string: a quote takes two."""
    return len(json.dumps(text, ensure_ascii=ASCII_ONLY).encode()) - 2
