"""The log: one line of JSON for each request and each failure. It never contains a secret or a control character."""

import logging
import sys
import traceback
from typing import Any

from chalicelib import json_text
from chalicelib.control_characters import escape_control_characters
from chalicelib.storage.metering import Cost

_log = logging.getLogger("access")
_log.setLevel(logging.INFO)
_log.propagate = False
_handler = logging.StreamHandler(sys.stderr)
_handler.setFormatter(logging.Formatter("%(message)s"))
_log.addHandler(_handler)


def write_line(**fields: Any) -> None:
    """Write one line with these fields."""
    _write(logging.INFO, fields)


def cost_fields(cost: Cost) -> dict[str, float]:
    """Return the fields of a line that say what the work cost in DynamoDB."""
    return {"calls": cost.calls, "rcu": cost.read_units, "wcu": cost.write_units}


def write_exception(request_id: str) -> None:
    """Write the traceback of the current exception, with the request id that the client received."""
    _write(logging.ERROR, {"request_id": request_id, "level": "error", "traceback": traceback.format_exc()})


def _write(level: int, fields: dict[str, Any]) -> None:
    """Write one line. JSON escapes the control characters up to U+001F itself, and reads the others as they were."""
    _log.log(level, escape_control_characters(json_text.dump(fields)))
