"""Credentials."""

from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.storage.models.credentials import Credential


class IssuedCredential(Protocol):
    """A credential with its new secret."""

    @property
    def credential(self) -> Credential: ...

    @property
    def secret(self) -> str: ...


def serialize_credential(credential: Credential) -> JsonObject:
    """Return a credential without its secret, which is not stored. `last_used_at` is exact to the day."""
    return {
        "key": credential.id,
        "id": credential.id,
        "account": credential.account,
        "user": credential.user,
        "label": credential.label,
        "scope": credential.scope,
        "created_at": credential.created_at,
        "expires_at": credential.expires_at,
        "last_used_at": credential.last_used_at,
        "revoked_at": credential.revoked_at,
        "old_secret_until": credential.old_secret_until,
    }


def serialize_issued_credential(issued: IssuedCredential) -> JsonObject:
    """Return a credential with its new secret. No other answer shows the secret."""
    return serialize_credential(issued.credential) | {"secret": issued.secret}
