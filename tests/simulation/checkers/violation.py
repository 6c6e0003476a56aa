"""The findings of checkers."""

from typing import NamedTuple


class Violation(NamedTuple):
    """A broken promise: the checker that noticed it, a sentence about it, and the requests involved."""

    checker: str
    text: str
    requests: tuple[str, ...] = ()
