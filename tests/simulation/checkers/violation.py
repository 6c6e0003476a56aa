"""What a checker finds."""

from typing import NamedTuple


class Violation(NamedTuple):
    """A promise that was broken: the checker that noticed it, a sentence about it, and the requests involved."""

    checker: str
    text: str
    requests: tuple[str, ...] = ()
