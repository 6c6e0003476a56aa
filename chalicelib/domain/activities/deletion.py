"""Delete workspaces and stacks: move the items where they are to stay, and mark the rest as deleted.

A marked object is hidden at once and purged later, see deletion_marks.py and purges.py. A few items move in the
transaction that marks it, unless something arrives in the meantime. A transaction takes at most a hundred writes. More
items move in steps: the first commit lets nothing arrive any more, each further commit is complete in itself, and the
last one marks the object. If a request is cut off, repeating it finishes the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.activities import comments, copies
from chalicelib.domain.workspaces import deletion_marks, stacks, workspaces
from chalicelib.domain.workspaces.deletion_marks import MARK_WRITES
from chalicelib.domain.workspaces.workspaces import PERSONAL
from chalicelib.storage import table
from chalicelib.storage.models.activities import Activity, Placement
from chalicelib.storage.models.base import Range, Row
from chalicelib.storage.models.deletion_states import ARCHIVING, DELETING
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.transactions import MAX_BYTES, MAX_WRITES, count_writes, document_size, fits_in_transaction
from chalicelib.storage.unit_of_work import Change, Steps

# Writes that one item takes. Within a workspace: the activity, its old placement and its new one. If it leaves the
# workspace, the copy of its creator as well, and more if more people are involved. If it is deleted, a tombstone takes
# the place of the new placement.
WRITES_WITHIN_WORKSPACE, LEAST_WRITES_ACROSS_WORKSPACES = 3, 4
BATCH_SIZE = MAX_WRITES // WRITES_WITHIN_WORKSPACE  # items in one transaction, fewer if they take more writes


class Batch(NamedTuple):
    """Items that are moved or deleted in one transaction: their placements, and their activities by id."""

    placements: list[Placement]
    activities: dict[int, Activity]


class Destination(NamedTuple):
    """The place to which items move. `stack` is None for the archive."""

    workspace: int
    stack: int | None


def delete_workspace(caller: Caller, workspace_id: int, archive_items: bool) -> Steps[None]:
    """Mark a workspace as deleted. Before that, its items are moved to its owner's archive if `archive_items` is set.

    Only the owner may do so. Nobody sees the workspace once the first step is committed. A repeated request continues
    to archive items. Raises errors.NotFound, errors.Forbidden, and errors.Conflict for a personal workspace.
    """
    context = workspaces.enter_workspace(caller, workspace_id, "delete")
    workspace = context.workspace
    if workspace.type == PERSONAL:
        raise errors.Conflict("A personal workspace cannot be deleted.")
    if workspace.deletion_state == DELETING:
        return replace(deletion_marks.plan_immediate_purge(caller.account, workspace), resumes=True)

    def plan_mark() -> Change[None]:
        return deletion_marks.plan_workspace_mark(caller.account, workspace)

    if not archive_items and not workspace.deletion_state:
        return plan_mark()
    archive = Destination(context.owner.personal_workspace, None)
    items = Placement.on_all_stacks(caller.account, workspace_id)
    return (yield from _move_and_mark(caller, workspace, ARCHIVING, items, archive, plan_mark))


def delete_stack(caller: Caller, workspace_id: int, stack_id: int) -> Steps[None]:
    """Mark a stack as deleted. Its items are moved on top of the inbox in their order.

    Until all have been moved, the stack shows the others. Raises errors.NotFound, and errors.Conflict for the inbox.
    """
    stack_ref = Stack.ref(caller.account, workspace_id, stack_id)
    context = workspaces.enter_workspace(caller, workspace_id, "enter", refs=[stack_ref])
    stack = stacks.require_stack(caller, context, stack_id)

    def plan_mark() -> Change[None]:
        return deletion_marks.plan_stack_mark(caller.account, context.workspace, stack)

    inbox = Destination(workspace_id, workspaces.inbox_id(workspace_id))
    items = Placement.on_stack(caller.account, workspace_id, stack_id)
    return (yield from _move_and_mark(caller, stack, DELETING, items, inbox, plan_mark))


def _move_and_mark(
    caller: Caller,
    row: Workspace | Stack,
    state: str,
    items: Range[Placement],
    destination: Destination,
    plan_mark: Callable[[], Change[None]],
) -> Steps[None]:
    """Move all items of a workspace or stack, then mark its row as deleted. `state` is its state in the meantime."""
    if not row.deletion_state:
        moves = _plan_moving_all(caller, items, destination)
        if moves is not None and fits_in_transaction(moves, MARK_WRITES):
            mark, row.is_emptied = plan_mark(), True
            return Change(None, [*mark.save, *moves.save], moves.delete)
        row.deletion_state = state
        yield Change(None, save=[row])  # from now on nothing can arrive
    count_moving = partial(_count_moving, caller, destination)
    for batch in read_batches(caller, items, _count_least(row), count_moving):
        yield replace(_plan_moves(caller, batch, destination), resumes=True)
    return replace(plan_mark(), resumes=True)


def _plan_moving_all(caller: Caller, items: Range[Placement], destination: Destination) -> Change[None] | None:
    """Move all items of a range at once. Return None if they are too many.

    The row of the workspace or stack must have been read before. It counts arrivals, so the transaction fails if
    something arrives meanwhile.
    """
    lowest = _read_lowest(items, BATCH_SIZE)
    if len(lowest) == BATCH_SIZE:
        return None
    return _plan_moves(caller, Batch(lowest, _read_activities(caller, lowest)), destination)


def _count_least(row: Workspace | Stack) -> int:
    return WRITES_WITHIN_WORKSPACE if isinstance(row, Stack) else LEAST_WRITES_ACROSS_WORKSPACES


def _count_moving(caller: Caller, destination: Destination, activity: Activity) -> int:
    """Return the writes that it takes to move an item: it, its old placement and the copies that change."""
    if activity.workspace == destination.workspace:
        return WRITES_WITHIN_WORKSPACE
    return 2 + len(copies.all_copies(caller, activity))


def delete_with_comments(caller: Caller, activity: Activity) -> Iterator[Change[None]]:
    """Yield the changes that delete the comments on an activity without copies, and at last the activity itself."""
    groups: list[list[Row]] = [*comments.read_comment_rows(caller, activity.id), [activity]]
    return delete_in_batches(groups, resumes=True)


def delete_in_batches(groups: Sequence[Sequence[Row]], *, resumes: bool) -> Iterator[Change[None]]:
    """Yield the changes that delete groups of a few rows, as many groups at once as one transaction takes.

    The rows of one group are deleted in the same transaction. `resumes` has the same meaning as for Change.
    """
    batch: list[Row] = []
    for group in groups:
        if batch and count_writes([], [*batch, *group]) > WRITES_WITHIN_WORKSPACE * BATCH_SIZE:
            yield Change(None, delete=batch, resumes=resumes)
            batch = []
        batch += group
    if batch:
        yield Change(None, delete=batch, resumes=resumes)


def read_batches(
    caller: Caller, items: Range[Placement], least_writes: int, count_writes_of: Callable[[Activity], int]
) -> Iterator[Batch]:
    """Yield the items of a range, lowest first, while there are any: each batch has to be removed.

    `count_writes_of` returns the writes that it takes to remove one item, which are at least `least_writes`.
    """
    most = min(BATCH_SIZE, MAX_WRITES // least_writes)
    while lowest := _read_lowest(items, most):
        activities = _read_activities(caller, lowest)
        batch = Batch([], {})
        writes = size = 0
        for placement in lowest:
            activity = activities[placement.activity]
            item_writes = count_writes_of(activity)
            writes += item_writes
            size += item_writes * document_size(placement)
            if batch.placements and (writes > MAX_WRITES or size > MAX_BYTES):
                break
            batch.placements.append(placement)
            batch.activities[activity.id] = activity
        yield batch


def _read_lowest(items: Range[Placement], most: int) -> list[Placement]:
    """Return the lowest items of a range, lowest first."""
    return [*table.query(items, limit=most, backwards=True)]


def _read_activities(caller: Caller, placements: list[Placement]) -> dict[int, Activity]:
    """Return the activities of these placements by id. Raises errors.Stale if one of them is gone."""
    rows = table.get_many(Activity.ref(caller.account, placement.activity) for placement in placements)
    if len(rows) < len(placements):
        raise errors.Stale("An activity has just been deleted.")
    return {activity.id: activity for activity in rows.all(Activity)}


def rows_of_member(caller: Caller, workspace_id: int, member: Member) -> list[Row]:
    """Return both rows of a member of a workspace, and those of the pending invitation of somebody invited."""
    rows: list[Row] = [member, Membership.at(caller.account, member.user, workspace_id)]
    if member.role == INVITED and member.invitation:
        holders = (member.user, member.inviter)
        rows += [Invitation.at(caller.account, holder, member.invitation, user=member.user) for holder in holders]
    return rows


def _plan_moves(caller: Caller, batch: Batch, destination: Destination) -> Change[None]:
    """Move items to another place, each above the one before."""
    rows: list[Row] = []
    for position, placement in enumerate(batch.placements):
        activity = batch.activities[placement.activity]
        rows += copies.relocate(caller, activity, *destination, new_order(position))
    return Change(None, rows, batch.placements)
