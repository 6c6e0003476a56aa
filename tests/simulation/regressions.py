"""The failures that simulations have found. Each is replayed by every run of the tests."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "regressions.txt"


class Regression(NamedTuple):
    """The arguments of tests/simulation/run.py that replay a failure, and a sentence about what was wrong."""

    arguments: list[str]
    found: str


def read_regressions(lines: Iterable[str] | None = None) -> list[Regression]:
    """Return the failures of some lines, by default those of regressions.txt. Raises ValueError without a sentence."""
    regressions = []
    for line in FILE.read_text().splitlines() if lines is None else lines:
        arguments, _, found = line.partition("#")
        if arguments.strip():
            if not found.strip():
                raise ValueError(f"Say behind # what was wrong: {line}")
            regressions.append(Regression(arguments.split(), found.strip()))
    return regressions
