"""OAuth access tokens."""

from typing import Protocol

from chalicelib.json_text import JsonObject


class IssuedToken(Protocol):
    """A new access token, the seconds until it expires, and its scope in the words of OAuth."""

    @property
    def token(self) -> str: ...

    @property
    def expires_in(self) -> int: ...

    @property
    def scope(self) -> str: ...


def serialize_token(issued: IssuedToken) -> JsonObject:
    """Return an access token as a successful response of RFC 6749 section 5.1."""
    return {
        "access_token": issued.token,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
        "scope": issued.scope,
    }
