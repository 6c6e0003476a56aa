"""The access log: one line of JSON for each request. It never contains a secret."""

import logging
import sys
from typing import Any

from chalicelib import json_text
from chalicelib.storage.metering import Cost

_log = logging.getLogger("access")
_log.setLevel(logging.INFO)
_log.propagate = False
_handler = logging.StreamHandler(sys.stderr)
_handler.setFormatter(logging.Formatter("%(message)s"))
_log.addHandler(_handler)


def write_line(**fields: Any) -> None:
    """Write one line with these fields."""
    _log.info(json_text.dump(fields))


def cost_fields(cost: Cost) -> dict[str, float]:
    """Return the fields of a line that say what the work cost in DynamoDB."""
    return {"calls": cost.calls, "rcu": cost.read_units, "wcu": cost.write_units}


def write_exception(request_id: str) -> None:
    """Write the traceback of the current exception, with the request id that the client received."""
    _log.exception(json_text.dump({"request_id": request_id, "level": "error"}))
