"""Stacks of workspaces."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition, workspace_partition


class Stack(Row, discriminator="stack"):
    """A stack of a workspace. The inbox has no row.

    `deletion_state` says that the stack is being deleted and its items are moving to the inbox. `additions` counts
    the items that are put on the stack, without changing its version.

    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / STACK#{stack}
    Access patterns: get by workspace and id; list all of a workspace, alone or with their items.
    """

    prefix = "STACK#"
    is_canonical = True

    id = IntegerAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    deletion_state = UnicodeAttribute(null=True)
    additions = IntegerAttribute(null=True)

    @staticmethod
    def key(account: int, workspace: int, stack: int) -> Key:
        """Return the key of a stack."""
        return workspace_partition(account, workspace), f"{Stack.prefix}{stack:016}"


class StackLookup(Row, discriminator="stack_lookup"):
    """The workspace of a stack, for calls that name only the id of the stack.

    The row is created and deleted with its stack. An inbox needs none, because the id of its workspace is one less
    than its own.

    Key: ACCOUNT#{account} / STACK_LOOKUP#{stack}
    Access patterns: get by the id of the stack.
    """

    workspace = IntegerAttribute()

    @staticmethod
    def key(account: int, stack: int) -> Key:
        """Return the key of a stack's lookup."""
        return account_partition(account), f"STACK_LOOKUP#{stack:016}"
