"""Actions of the OGSM API."""

from chalicelib.storage.models.base import DocumentAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Action(Row, discriminator="action"):
    """An action of an account, as its JSON text.

    Key: ACCOUNT#{account}#ACTIONS / ACTION#{action}
    Access patterns: get by id; list all in the order of their ids.
    """

    prefix = "ACTION#"
    is_canonical = True

    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, action: int) -> Key:
        """Return the key of an action."""
        return f"{account_partition(account)}#ACTIONS", f"{Action.prefix}{action:016}"
