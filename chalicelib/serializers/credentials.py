"""TODO."""

from typing import Any


def serialize_credential(credential: Any) -> dict[str, Any]:
    """A credential without its secret, which is not kept. `last_used_at` is exact to the day."""
    names = ("id", "account", "user", "label", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    shown = {name: getattr(credential, name) for name in (*names, "old_secret_until")}
    return {"key": credential.id} | shown


def serialize_issued_credential(issued: Any) -> dict[str, Any]:
    """A credential with its new secret, which is shown this once."""
    return serialize_credential(issued.credential) | {"secret": issued.secret}
