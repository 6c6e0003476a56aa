"""The log of requests on a terminal: one readable line for each request, in place of one line of JSON.

The lines go where the JSON went. If that is no terminal, such as a file or a pipe, they stay JSON.
"""

import json
import logging
from typing import Any, TextIO

from chalicelib.control_characters import escape_control_characters
from infra import terminal

LOGGER = "access"  # that of chalicelib/http/log.py
GREEN, CYAN, YELLOW, RED, DIM, END = "\x1b[32m", "\x1b[36m", "\x1b[33m", "\x1b[31m", "\x1b[2m", "\x1b[0m"
COLOURS = {2: GREEN, 3: CYAN, 4: YELLOW, 5: RED}  # by the first digit of the status


class ReadableFormatter(logging.Formatter):
    """Formats a line of the log for people, with or without colours."""

    def __init__(self, *, has_colours: bool) -> None:
        super().__init__()
        self._has_colours = has_colours

    def format(self, record: logging.LogRecord) -> str:
        """Return the status, duration, method, path, tools and id of a request, or all fields of another line."""
        fields: dict[str, Any] = json.loads(record.getMessage())
        request_id = self._colour(DIM, _escape(fields.pop("request_id", "")))
        if "traceback" in fields:
            text = self._colour(RED, _escape(fields["traceback"].rstrip(), keep="\n"))
        elif "status" in fields:
            text = self._format_request(fields)
        else:
            text = " ".join(f"{name}={_escape(value)}" for name, value in fields.items())
        return f"{text}  {request_id}"

    def _format_request(self, fields: dict[str, Any]) -> str:
        status = self._colour(COLOURS.get(fields["status"] // 100, RED), str(fields["status"]))
        duration = f"{fields['ms']:>7.1f} ms" if "ms" in fields else " " * 10
        address = _escape(fields.get("route") or fields.get("path", ""))
        words = [f"{_escape(fields['method']):<6}", address, *map(_escape, fields.get("tools", ()))]
        return f"{status} {duration}  {' '.join(words)}"

    def _colour(self, code: str, text: str) -> str:
        return f"{code}{text}{END}" if self._has_colours else text


def install(file: TextIO) -> None:
    """Write the log for people if it goes to a terminal."""
    if file.isatty():
        for handler in logging.getLogger(LOGGER).handlers:
            handler.setFormatter(ReadableFormatter(has_colours=terminal.has_colours(file)))


def _escape(value: object, keep: str = "") -> str:
    return escape_control_characters(str(value), keep)
