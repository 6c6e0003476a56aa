"""TODO."""

from typing import Any


def serialize_account(account: Any) -> dict[str, Any]:
    """An account, for whoever runs the deployment."""
    return {"id": account.id, "name": account.name, "created_at": account.created_at}
