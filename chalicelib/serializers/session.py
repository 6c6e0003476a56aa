"""The session: the caller and the rate limit."""

from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User


class RateLimit(Protocol):
    """The requests per period, the remaining ones, and the end of the period in seconds since 1970."""

    @property
    def limit(self) -> int: ...

    @property
    def remaining(self) -> int: ...

    @property
    def reset(self) -> int: ...


class SessionContext(Protocol):
    """The caller's user, account and credential, and the scope of the request."""

    @property
    def user(self) -> User: ...

    @property
    def account(self) -> Account: ...

    @property
    def credential(self) -> Credential: ...

    @property
    def scope(self) -> str: ...


def serialize_rate_limit(limit: RateLimit) -> JsonObject:
    """Return how many requests are answered in a period, how many of them are left, and when the period ends."""
    return {"limit": limit.limit, "remaining": limit.remaining, "reset": limit.reset}


def serialize_context(context: SessionContext, links: Links) -> JsonObject:
    """Return who is calling, with which credential and scope."""
    account, credential = context.account, context.credential
    return {
        "user": serialize_user(context.user, links),
        "account": {"id": account.id, "name": account.name},
        "credential": {
            "key": credential.id,
            "label": credential.label,
            "scope": credential.scope,
            "expires_at": credential.expires_at,
        },
        "scope": context.scope,
    }
