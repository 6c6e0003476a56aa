"""What a client wants from the service."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.simulation.history import Response

Json = dict[str, Any]


def is_about_past(path: str) -> bool:
    """Return whether an address, with its query string, asks for what was there at a time."""
    return "at" in parse_qs(path.partition("?")[2])


@dataclass(frozen=True)
class Call:
    """One thing that a client wants. It sends it again after an error, with the same headers.

    `learn` is called with each answer, so that later calls can use the ids in it.
    """

    verb: str
    method: str
    path: str  # with its query string
    body: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)  # If-Match, Idempotency-Key, Prefer
    learn: Callable[[Response], None] = lambda _: None
    auth: tuple[str, str] | None = None  # another key and secret than the client's; ("", "") for none
