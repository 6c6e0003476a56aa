"""Delete workspaces and stacks together with the items in them.

A small one is deleted in one transaction, unless something arrives in the meantime. A transaction takes at most a
hundred writes, so a large one is deleted in steps: the first commit marks it as being deleted, each further commit is
complete in itself, and the last one deletes the marked row. If a request is cut off, repeating it finishes the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from chalicelib import errors
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.activities import comments, copies
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.workspaces import PERSONAL, WorkspaceContext
from chalicelib.storage import table
from chalicelib.storage.models.activities import Activity, Placement
from chalicelib.storage.models.base import Range, Row
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.parallel import run_parallel
from chalicelib.storage.rows import Rows
from chalicelib.storage.transactions import MAX_BYTES, MAX_WRITES, count_writes, document_size, fits_in_transaction
from chalicelib.storage.unit_of_work import Change, Steps

# Writes that one item takes. Within a workspace: the activity, its old placement and its new one. If it leaves the
# workspace, the copy of its creator as well, and more if more people are involved. If it is deleted, a tombstone takes
# the place of the new placement.
WRITES_WITHIN_WORKSPACE, LEAST_WRITES_ACROSS_WORKSPACES = 3, 4
BATCH_SIZE = MAX_WRITES // WRITES_WITHIN_WORKSPACE  # items in one transaction, fewer if they take more writes
ARCHIVING, DELETING = "archiving", "deleting"  # the deletion states of a workspace; stacks have the second one only


class Batch(NamedTuple):
    """Items that are moved or deleted in one transaction: their placements, and their activities by id."""

    placements: list[Placement]
    activities: dict[int, Activity]


def delete_workspace(caller: Caller, workspace_id: int, archive_items: bool) -> Steps[None]:
    """Delete a workspace. Its items are deleted with it, or moved to its owner's archive.

    Only the owner may do so. Nobody else sees the workspace once the first step is committed. A repeated request
    continues as the first one began. Raises errors.NotFound, errors.Forbidden, and errors.Conflict for a personal
    workspace.
    """
    context = workspaces.enter_workspace(caller, workspace_id, "delete")
    if context.workspace.type == PERSONAL:
        raise errors.Conflict("A personal workspace cannot be deleted.")
    contents = _read_contents(caller, workspace_id)
    if contents is not None and not context.workspace.deletion_state:
        change = _plan_small_workspace(caller, context, contents, archive_items)
        if change is not None:
            return change
    return (yield from _delete_workspace_in_steps(caller, context, archive_items))


def _plan_small_workspace(
    caller: Caller, context: WorkspaceContext, contents: Rows, archive_items: bool
) -> Change[None] | None:
    """Delete a workspace and its contents in one transaction. Return None if they do not fit into one."""
    workspace = context.workspace
    placements = contents.all(Placement)[::-1]
    commented_on = [] if archive_items else [placement.activity for placement in placements if placement.discussed]
    batch, comment_rows = _read_batch(caller, placements, commented_on)
    if not archive_items and any(one.discussed for one in batch.activities.values() if one.id not in commented_on):
        return None  # an old placement does not say that there are comments, so they have not been read
    change = _plan_emptying(caller, context, batch, archive_items)
    rows = [*change.delete, *comment_rows]
    for stack in contents.all(Stack):
        rows += [stack, StackLookup.at(caller.account, stack.id)]
    for member in contents.all(Member):
        rows += rows_of_member(caller, workspace.id, member)
    change = Change(None, change.save, [*rows, workspace])
    return change if fits_in_transaction(change) else None


def _delete_workspace_in_steps(caller: Caller, context: WorkspaceContext, archive_items: bool) -> Steps[None]:
    """Mark the workspace as being deleted, delete what is in it, and finally the workspace itself."""
    workspace = context.workspace
    yield from _mark_as_deleting(workspace, ARCHIVING if archive_items else DELETING)
    is_archiving = workspace.deletion_state == ARCHIVING  # as the first request began
    count_writes_of = partial(_count_moving if is_archiving else _count_deleting, caller)
    for batch in _read_batches(
        caller, Placement.on_all_stacks(caller.account, workspace.id), LEAST_WRITES_ACROSS_WORKSPACES, count_writes_of
    ):
        if not is_archiving:
            yield from _delete_comments_of_batch(caller, batch)
        yield replace(_plan_emptying(caller, context, batch, is_archiving), resumes=True)
    yield from _delete_stacks(caller, workspace.id)
    yield from _delete_other_members(caller, workspace.id)
    rows = [workspace, *rows_of_member(caller, workspace.id, context.member)]
    return Change(None, delete=rows, resumes=True)


def _delete_stacks(caller: Caller, workspace_id: int) -> Iterator[Change[None]]:
    """Delete the stacks of a workspace whose items are gone."""
    empty_stacks = table.query(Stack.of_workspace(caller.account, workspace_id))
    groups = [[stack, StackLookup.at(caller.account, stack.id)] for stack in empty_stacks]
    return delete_in_batches(groups, resumes=True)


def _delete_other_members(caller: Caller, workspace_id: int) -> Iterator[Change[None]]:
    """Delete the memberships of everybody but the caller."""
    members = table.query(Member.of_workspace(caller.account, workspace_id))
    groups = [rows_of_member(caller, workspace_id, member) for member in members if member.user != caller.user]
    return delete_in_batches(groups, resumes=True)


def delete_stack(caller: Caller, workspace_id: int, stack_id: int) -> Steps[None]:
    """Delete a stack. Its items are moved on top of the inbox in their order.

    Until all have been moved, the stack shows the others. Raises errors.NotFound, and errors.Conflict for the inbox.
    """
    items = Placement.on_stack(caller.account, workspace_id, stack_id)
    stack_ref = Stack.ref(caller.account, workspace_id, stack_id)
    context = workspaces.enter_workspace(caller, workspace_id, "enter", refs=[stack_ref])
    stack = stacks.require_stack(caller, context, stack_id)
    lowest = _read_lowest(items, BATCH_SIZE)
    removal = _plan_stack_removal(caller, context.workspace, stack)
    if not stack.deletion_state and len(lowest) < BATCH_SIZE:
        change = _plan_small_stack(caller, workspace_id, lowest, removal)
        if fits_in_transaction(change):
            return change
    yield from _mark_as_deleting(stack, DELETING)
    for batch in _read_batches(caller, items, WRITES_WITHIN_WORKSPACE, lambda _: WRITES_WITHIN_WORKSPACE):
        yield replace(_plan_moves(caller, batch, workspace_id, workspaces.inbox_id(workspace_id)), resumes=True)
    return replace(removal, resumes=True)


def _plan_small_stack(
    caller: Caller, workspace_id: int, lowest: list[Placement], removal: Change[None]
) -> Change[None]:
    """Move all items of a stack to the inbox, and remove the stack, in one commit."""
    batch, _ = _read_batch(caller, lowest)
    moves = _plan_moves(caller, batch, workspace_id, workspaces.inbox_id(workspace_id))
    return Change(None, [*removal.save, *moves.save], [*removal.delete, *moves.delete])


def _plan_stack_removal(caller: Caller, workspace: Workspace, stack: Stack) -> Change[None]:
    """Delete an empty stack, and take it out of the order of stacks."""
    workspace.stacks = [stack_id for stack_id in workspace.stacks if stack_id != stack.id]
    return Change(None, save=[workspace], delete=[stack, StackLookup.at(caller.account, stack.id)])


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


def _read_contents(caller: Caller, workspace_id: int) -> Rows | None:
    """Return the rows of a workspace, of all kinds, or None if there are too many for one transaction."""
    too_many = WRITES_WITHIN_WORKSPACE * BATCH_SIZE
    rows = table.query_rows(Workspace.with_contents(caller.account, workspace_id), limit=too_many)
    return rows if len(rows) < too_many else None


def _read_batch(
    caller: Caller, placements: list[Placement], commented_on: Sequence[int] = ()
) -> tuple[Batch, list[Row]]:
    """Read the activities of these placements, and the comments on some of them.

    The placements must have been read after the row of the workspace or stack. That row counts arrivals, so the
    transaction fails if something arrives meanwhile. Raises errors.Stale if an activity is gone.
    """
    reads: list[Callable[[], Any]] = [lambda: _read_activities(caller, placements)]
    reads += [partial(comments.read_comment_rows, caller, activity_id) for activity_id in commented_on]
    activities, *comments_by_activity = run_parallel(reads)
    comment_rows = [row for groups in comments_by_activity for group in groups for row in group]
    return Batch(placements, activities), comment_rows


def _mark_as_deleting(row: Workspace | Stack, deletion_state: str) -> Iterator[Change[None]]:
    """Yield the change that marks a row as being deleted, unless it is marked already: then nothing can arrive."""
    if not row.deletion_state:
        row.deletion_state = deletion_state
        yield Change(None, save=[row])


def _count_moving(caller: Caller, activity: Activity) -> int:
    """Return the writes that it takes to move an item to another workspace: it, its copies and its old placement."""
    return 2 + len(copies.all_copies(caller, activity))


def _count_deleting(caller: Caller, activity: Activity) -> int:
    """Return the writes that it takes to delete an item with its copies."""
    return count_writes([], [activity, *copies.all_copies(caller, activity)])


def _read_batches(
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


def _delete_comments_of_batch(caller: Caller, batch: Batch) -> Iterator[Change[None]]:
    for activity in batch.activities.values():
        if activity.discussed:
            yield from delete_in_batches(comments.read_comment_rows(caller, activity.id), resumes=True)


def rows_of_member(caller: Caller, workspace_id: int, member: Member) -> list[Row]:
    """Return both rows of a member of a workspace, and those of the pending invitation of somebody invited."""
    rows: list[Row] = [member, Membership.at(caller.account, member.user, workspace_id)]
    if member.role == INVITED and member.invitation:
        holders = (member.user, member.inviter)
        rows += [Invitation.at(caller.account, holder, member.invitation, user=member.user) for holder in holders]
    return rows


def _plan_emptying(caller: Caller, context: WorkspaceContext, batch: Batch, archive_items: bool) -> Change[None]:
    """Move items of a workspace to its owner's archive, or delete them."""
    if archive_items:
        return _plan_moves(caller, batch, context.owner.personal_workspace, None)
    rows: list[Row] = [*batch.placements, *batch.activities.values()]
    for activity in batch.activities.values():
        rows += copies.copies_besides_placement(caller, activity)
    return Change(None, delete=rows)


def _plan_moves(caller: Caller, batch: Batch, workspace_id: int, stack_id: int | None) -> Change[None]:
    """Move items on top of another stack, each above the one before. `stack_id` None is the archive."""
    rows: list[Row] = []
    for position, placement in enumerate(batch.placements):
        activity = batch.activities[placement.activity]
        rows += copies.relocate(caller, activity, workspace_id, stack_id, new_order(position))
    return Change(None, rows, batch.placements)
