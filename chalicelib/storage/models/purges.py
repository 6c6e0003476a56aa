"""The purges of deleted workspaces and stacks, which the scheduled function carries out when they are due."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import LAST_SORT_KEY, IntegerAttribute, Range, Ref, Row

PARTITION = "PURGES"


class Purge(Row, discriminator="purge"):
    """A deleted workspace or stack whose rows are to be removed at a time.

    It is written in the transaction that marks the workspace or stack as deleted. `due` is the attribute `purge_at` of
    that row, and tells which of several deletions this one belongs to. `stack` is 0 if the workspace is to be purged.

    Key: PURGES / {due}#{account}#{workspace}#{stack}
    Access patterns: list those of all accounts that are due.
    """

    due = UnicodeAttribute()
    account = IntegerAttribute()
    workspace = IntegerAttribute()
    stack = IntegerAttribute()

    @staticmethod
    def ref(due: str, account: int, workspace: int, stack: int = 0) -> Ref["Purge"]:
        """Return the reference to a purge."""
        return Ref(PARTITION, f"{due}#{account:09}#{workspace:016}#{stack:016}", Purge)

    @staticmethod
    def due_until(moment: str) -> Range["Purge"]:
        """Return the range of all purges that are due at a time, the earliest first."""
        return Range(PARTITION, " ", moment + LAST_SORT_KEY, Purge)

    @classmethod
    def build(cls, due: str, account: int, workspace: int, stack: int = 0) -> "Purge":
        """Return a new purge."""
        return cls.at(due, account, workspace, stack, due=due, account=account, workspace=workspace, stack=stack)
