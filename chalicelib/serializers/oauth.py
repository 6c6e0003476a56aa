"""TODO."""

from typing import Any


def serialize_token(granted: Any) -> dict[str, Any]:
    """An access token, as RFC 6749 section 5.1 has it."""
    return {
        "access_token": granted.token,
        "token_type": "bearer",
        "expires_in": granted.expires_in,
        "scope": granted.scope,
    }
