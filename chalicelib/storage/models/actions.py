"""TODO."""

from chalicelib.storage.models.base import DocumentAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Action(Row, discriminator="action"):
    prefix = "ACTION#"

    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, action: int) -> Key:
        return f"{account_partition(account)}#ACTIONS", f"{Action.prefix}{action:016}"
