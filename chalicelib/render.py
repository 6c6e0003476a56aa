"""From what the domain answers to the documented JSON. Pure."""

from collections.abc import Collection
from typing import Any


def only(document: dict[str, Any], fields: Collection[str] | None) -> dict[str, Any]:
    """The named fields of a document, in its own order; all of them where none are named."""
    return document if fields is None else {name: value for name, value in document.items() if name in fields}


def account(account: Any) -> dict[str, Any]:
    """An account, for whoever runs the deployment."""
    return {"id": account.id, "name": account.name, "created_at": account.created_at}


def user(user: Any) -> dict[str, Any]:
    """A user with role and account, for whoever runs the deployment."""
    names = ("id", "email", "first_name", "last_name", "role", "created_at")
    return {name: getattr(user, name) for name in names} | {"account": user.account}


def credential(credential: Any) -> dict[str, Any]:
    """A credential without its secret, which is not kept. `last_used_at` is exact to the day."""
    names = ("id", "user", "label", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    described = {"key": credential.id, "account": credential.account}
    return described | {name: getattr(credential, name) for name in names}
