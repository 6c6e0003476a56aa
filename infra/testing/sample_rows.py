"""Rows of other users, with which the cost bench fills an account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.storage.models.base import Ref, Row

FIRST_ID = 1_000_000_000  # far above the ids that requests are given
CREATED_AT = "2026-11-22T00:00:00Z"
TTL = timedelta(days=1)
HASH = "0" * 64


@dataclass(frozen=True)
class SampleRow:
    """A row to store many times, and the reference to its nth copy. The copies differ in their keys only."""

    row: Row
    ref: Callable[[int], Ref[Row]]


def sample_user(number: int) -> str:
    """Return the id of the nth user."""
    return f"f{number:08x}"
