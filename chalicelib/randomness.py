"""Random values: the only module that draws them, so that a test can control every one."""

import random
import secrets
import uuid
from contextvars import ContextVar

# The texts that the dry run of the present request has drawn. They mean nothing later. None outside of a dry run.
drawn_texts: ContextVar[set[str] | None] = ContextVar("drawn_texts", default=None)


def hex_digits(count: int) -> str:
    """Return that many unpredictable hexadecimal digits."""
    return note_drawn(secrets.token_hex((count + 1) // 2)[:count])


def url_safe_token() -> str:
    """Return 256 unpredictable bits as 43 characters that are safe in a URL."""
    return note_drawn(secrets.token_urlsafe(32))


def note_drawn(text: str) -> str:
    """Return a text that was drawn or made of one that was, and add it to those of the dry run if this is one."""
    noted = drawn_texts.get()
    if noted is not None:
        noted.add(text)
    return text


def request_id() -> str:
    """Return a random UUID for a request that came without an id."""
    return str(uuid.uuid4())


def jitter(limit: float) -> float:
    """Return a random number from 0 to `limit`, to spread retries over time."""
    return random.uniform(0, limit)
