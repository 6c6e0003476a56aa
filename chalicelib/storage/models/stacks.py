"""Stacks of workspaces."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.activities import Placement
from chalicelib.storage.models.base import IntegerAttribute, Range, Ref, Row
from chalicelib.storage.models.deletion_states import DELETED
from chalicelib.storage.models.keys import account_partition, workspace_partition


class Stack(Row, discriminator="stack"):
    """A stack of a workspace. The inbox has no row.

    `deletion_state` says that the stack was deleted, or that its items are moving to the inbox before that: DELETED or
    DELETING of deletion_states.py. `purge_at` is the time when the rows of a deleted stack are to be removed.
    `additions` counts the items that are put on the stack, without changing its version.

    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / STACK#{stack}
    Access patterns: get by workspace and id; list all of a workspace, alone or with their items.
    """

    prefix = "STACK#"
    is_canonical = True

    id = IntegerAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    deletion_state = UnicodeAttribute(null=True)
    purge_at = UnicodeAttribute(null=True)
    additions = IntegerAttribute(null=True)

    @property
    def workspace(self) -> int:
        """The id of the workspace that the stack belongs to."""
        return int(self.pk.rpartition("#")[2])

    @property
    def is_deleted(self) -> bool:
        """Whether the stack was deleted, and only its row is left until it is purged."""
        return self.deletion_state == DELETED

    @staticmethod
    def ref(account: int, workspace: int, stack: int) -> Ref["Stack"]:
        """Return the reference to a stack."""
        return Ref(workspace_partition(account, workspace), f"{Stack.prefix}{stack:016}", Stack)

    @staticmethod
    def of_workspace(account: int, workspace: int) -> Range["Stack"]:
        """Return the range of all stacks of a workspace."""
        return Range.under(workspace_partition(account, workspace), Stack.prefix, Stack)

    @staticmethod
    def with_items(account: int, workspace: int, inbox: int) -> Range[Row]:
        """Return the range of all stacks of a workspace and the items on them, without those of the inbox.

        The items of the inbox come first, because its id is lower than those of the stacks. The range begins behind
        them. It contains the rows of the workspace and its members too.
        """
        stacks = Stack.of_workspace(account, workspace)
        return Range(stacks.pk, Placement.on_stack(account, workspace, inbox).last, stacks.last, Row)


class StackLookup(Row, discriminator="stack_lookup"):
    """The workspace of a stack, for calls that name only the id of the stack.

    The row is created and deleted with its stack. An inbox needs none, because the id of its workspace is one less
    than its own.

    Key: ACCOUNT#{account} / STACK_LOOKUP#{stack}
    Access patterns: get by the id of the stack.
    """

    workspace = IntegerAttribute()

    @staticmethod
    def ref(account: int, stack: int) -> Ref["StackLookup"]:
        """Return the reference to a stack's lookup."""
        return Ref(account_partition(account), f"STACK_LOOKUP#{stack:016}", StackLookup)
