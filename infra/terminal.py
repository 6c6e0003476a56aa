"""Output to the terminal. Text that others have chosen, such as names and titles, cannot control it."""

import os
import sys
from typing import NoReturn, TextIO

from chalicelib.control_characters import escape_control_characters


def show(text: str, file: TextIO | None = None) -> None:
    """Print text, by default to stdout, with control characters escaped but for line feeds and tabs."""
    print(_escape(text), file=file, flush=True)


def fail(text: str) -> NoReturn:
    """Print text to stderr as `show` does, and exit with 1."""
    sys.exit(_escape(text))


def make_sentence(text: str) -> str:
    """Return a text in one line, with a capital letter at its start and a period at its end."""
    line = " ".join(text.split())
    return f"{line[:1].upper()}{line[1:].rstrip('.')}."


def has_colours(file: TextIO) -> bool:
    """Return whether colours may be written to a file: to a terminal, unless NO_COLOR (no-color.org) is set."""
    return file.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _escape(text: str) -> str:
    return escape_control_characters(text, keep="\n\t")
