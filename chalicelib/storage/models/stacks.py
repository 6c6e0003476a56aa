"""TODO."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition, workspace_partition


class Stack(Row, discriminator="stack"):
    """`ending` says that its items are on their way to the inbox. `arrivals` counts the items that are put on it."""

    prefix = "STACK#"

    id = IntegerAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    deletion_state = UnicodeAttribute(null=True)
    arrivals = IntegerAttribute(null=True)

    @staticmethod
    def key(account: int, workspace: int, stack: int) -> Key:
        return workspace_partition(account, workspace), f"{Stack.prefix}{stack:016}"


class StackLookup(Row, discriminator="whereabouts"):
    """In which workspace a stack is, written and removed with it. That of an inbox is known by its id."""

    workspace = IntegerAttribute()

    @staticmethod
    def key(account: int, stack: int) -> Key:
        return account_partition(account), f"WHEREABOUTS#{stack:016}"
