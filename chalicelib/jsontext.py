"""The one way in which JSON is written: compact UTF-8 text, so that stored and answered text are the same bytes."""

import json
from json import JSONDecodeError
from typing import Any

__all__ = ["JSONDecodeError", "dump", "load"]

load = json.loads


def dump(value: Any) -> str:
    """The JSON text of a value, without blanks, Unicode as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
