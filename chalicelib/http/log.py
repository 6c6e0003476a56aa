"""The access log: one JSON line for each request, never a secret in it."""

import logging
import sys
from typing import Any

from chalicelib import json_text

_log = logging.getLogger("access")
_log.setLevel(logging.INFO)
_log.propagate = False
_handler = logging.StreamHandler(sys.stderr)
_handler.setFormatter(logging.Formatter("%(message)s"))
_log.addHandler(_handler)


def write_line(**fields: Any) -> None:
    """One line with these fields."""
    _log.info(json_text.dump(fields))


def write_exception(request_id: str) -> None:
    """The traceback of the exception at hand, under the id that the client was told."""
    _log.exception(json_text.dump({"request_id": request_id, "level": "error"}))
