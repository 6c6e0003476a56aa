"""Find the position that a deleted stack had among the others of its workspace."""

from collections.abc import Sequence

from chalicelib.domain.access import Caller
from chalicelib.domain.changes.net_changes import NetChange
from chalicelib.storage import table
from chalicelib.storage.models.changes import FeedEntry, HistoryRecord, read_images
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.stamps import request_of

MOST_SEARCHED = 100  # newest writes of the workspace


def find_position(caller: Caller, deletion: NetChange, order: Sequence[int]) -> int | None:
    """Return the position to restore a stack at, counted from the bottom. `order` are the stacks that are there now.

    The request that deleted it has also written the workspace, whose row lists the stacks in their order. None is the
    top, where the stack comes if that write is no longer among the newest MOST_SEARCHED ones.
    """
    stack = deletion.before
    entry = table.get(FeedEntry.ref(caller.account, deletion.seqs[0]))
    if not isinstance(stack, Stack) or entry is None or entry.stamp is None:
        return None
    records = HistoryRecord.of_object(caller.account, "workspace", str(stack.workspace))
    for record in table.query(records, limit=MOST_SEARCHED, backwards=True):
        before, _ = read_images(record)
        is_by_request = record.stamp is not None and request_of(record.stamp) == request_of(entry.stamp)
        if is_by_request and isinstance(before, Workspace) and stack.id in before.stacks:
            below = before.stacks[before.stacks.index(stack.id) + 1 :]
            return sum(stack_id in order for stack_id in below)
        if record.changed_at < entry.changed_at:
            break
    return None
