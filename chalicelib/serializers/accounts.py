"""Accounts, as the operator sees them."""

from chalicelib.json_text import JsonObject
from chalicelib.storage.models.accounts import Account


def serialize_account(account: Account) -> JsonObject:
    """Return an account with its id, name and time of creation, and whether its clients confirm deletions."""
    return {
        "id": account.id,
        "name": account.name,
        "created_at": account.created_at,
        "confirm_deletes": bool(account.confirms_deletions),
    }
