"""Output to the terminal. Text that others have chosen, such as names and titles, cannot control it."""

import sys
from typing import NoReturn, TextIO

from chalicelib.control_characters import escape_control_characters


def show(text: str, file: TextIO | None = None) -> None:
    """Print text, by default to stdout, with control characters escaped but for line feeds and tabs."""
    print(_escape(text), file=file, flush=True)


def fail(text: str) -> NoReturn:
    """Print text to stderr as `show` does, and exit with 1."""
    sys.exit(_escape(text))


def _escape(text: str) -> str:
    return escape_control_characters(text, keep="\n\t")
