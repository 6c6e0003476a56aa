"""TODO."""

from typing import Any

from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user


def serialize_rate_limit(limit: Any) -> dict[str, Any]:
    """How much may be asked, and until when."""
    return {"limit": limit.limit, "remaining": limit.remaining, "reset": limit.reset}


def serialize_context(context: Any, at: Links) -> dict[str, Any]:
    """Who is calling, with what."""
    credential, account = context.credential, context.account
    names = ("label", "scope", "expires_at")
    return {
        "user": serialize_user(context.user, at),
        "account": {"id": account.id, "name": account.name},
        "credential": {"key": credential.id} | {name: getattr(credential, name) for name in names},
        "scope": context.scope,
    }
