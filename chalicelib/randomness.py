"""Random values: the only module that draws them, so that a test can control every one."""

import random
import secrets
import uuid


def hex_digits(count: int) -> str:
    """Return that many unpredictable hexadecimal digits."""
    return secrets.token_hex((count + 1) // 2)[:count]


def url_safe_token() -> str:
    """Return 256 unpredictable bits as 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(32)


def request_id() -> str:
    """Return a random UUID for a request that came without an id."""
    return str(uuid.uuid4())


def jitter(limit: float) -> float:
    """Return a random number from 0 to `limit`, to spread retries over time."""
    return random.uniform(0, limit)
