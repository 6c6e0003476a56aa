"""Deleting what holds others: workspaces and stacks, however many items are in them.

A small one goes in one transaction, unless something has arrived since it was read. One transaction takes a hundred
writes, so a large one goes in steps. The first marks it, each further one is whole in itself, and the last removes what
carries the mark: cut off anywhere, the same request again finishes the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice
from typing import Any

from chalicelib import errors
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.activities import copies
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.workspaces import PERSONAL, WorkspaceContext
from chalicelib.json_text import dump
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.activities import Activity, Placement
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.comments import Comment, CommentLookup
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.parallel import run_both, run_parallel
from chalicelib.storage.unit_of_work import Change

BATCH_SIZE = 33  # items at once, fewer where each takes more than three of the hundred writes of a transaction
MAX_WRITES, MAX_BYTES = 100, 4_000_000  # of a transaction; the text of an item is in each of its writes
# Writes of an item at least: under its id, where it was, where it is; beyond a workspace with people.
WRITES_WITHIN_WORKSPACE, WRITES_ACROSS_WORKSPACES = 3, 4
ARCHIVING, DELETING = "archiving", "deleting"


def delete_workspace(caller: Caller, workspace_id: int, archive_items: bool) -> Change[None]:
    """Removes a workspace. Its items go with it, or into its owner's archive. From the start nobody sees it any more.

    Only its owner may. Raises errors.Conflict for a personal one. A request that was cut off goes on as it began.
    """
    found, inside = run_both(
        lambda: workspaces.enter_workspace(caller, workspace_id, "delete"), lambda: _read_contents(caller, workspace_id)
    )
    workspace = found.workspace
    if workspace.type == PERSONAL:
        raise errors.Conflict("a personal workspace cannot be deleted")
    if not workspace.deletion_state and (change := _plan_whole_workspace(caller, found, inside, archive_items)):
        return change
    _mark_as_deleting(workspace, ARCHIVING if archive_items else DELETING)
    kept = workspace.deletion_state == ARCHIVING
    for placements, activities in _batches(caller, workspace_id, Placement.everywhere, WRITES_ACROSS_WORKSPACES):
        if not kept:
            _delete_comments_of_all(caller, activities)
        unit_of_work.commit(_plan_emptying(caller, found, placements, activities, kept))
    _delete_stacks_and_members(caller, workspace_id)
    return Change(None, delete=[workspace, *_membership_rows(caller, workspace_id, found.member)])


def _delete_stacks_and_members(caller: Caller, workspace_id: int) -> None:
    """Removes the stacks of an empty workspace, and then everybody but the caller."""
    partition = Workspace.key(caller.account, workspace_id)[0]
    delete_in_batches([[stack, _lookup(caller, stack)] for stack in table.query(Stack, partition, Stack.prefix)])
    others = [one for one in table.query(Member, partition, Member.prefix) if one.user != caller.user]
    delete_in_batches([_membership_rows(caller, workspace_id, member) for member in others])


def _plan_whole_workspace(
    caller: Caller, found: WorkspaceContext, inside: list[Row], kept: bool
) -> Change[None] | None:
    """A workspace with all that is inside, gone at once; None where that is too much for one transaction."""
    workspace_id, placements = found.workspace.id, [one for one in reversed(inside) if isinstance(one, Placement)]
    if len(inside) == WRITES_WITHIN_WORKSPACE * BATCH_SIZE:
        return None
    discussed = [] if kept else [one.activity for one in placements if one.discussed]
    asked = [partial(_comment_rows, caller, activity_id) for activity_id in discussed]
    activities, discussions = _confirm_unchanged(
        caller, placements, inside, lambda: _read_contents(caller, workspace_id), asked
    )
    if not kept and any(activity.discussed for activity in activities.values() if activity.id not in discussed):
        return None  # commented on before items told of it: emptied step by step, comments first
    emptied = _plan_emptying(caller, found, placements, activities, kept)
    said = [item for discussion in discussions for both in discussion for item in both]
    stacks = [item for one in inside if isinstance(one, Stack) for item in (one, _lookup(caller, one))]
    places = [item for one in inside if isinstance(one, Member) for item in _membership_rows(caller, workspace_id, one)]
    return _if_it_fits(Change(None, emptied.save, [*emptied.delete, *said, *stacks, *places, found.workspace]))


def delete_stack(caller: Caller, workspace_id: int, stack_id: int) -> Change[None]:
    """Removes a stack. Its items go on top of the inbox in their order. Until all have gone it shows the others."""
    key, prefix = Stack.key(caller.account, workspace_id, stack_id), Placement.prefix(stack_id)
    found, lowest = run_both(
        lambda: workspaces.enter_workspace(caller, workspace_id, "enter", more=[key]),
        lambda: _read_lowest(caller, workspace_id, prefix, BATCH_SIZE),
    )
    stack, inbox = stacks.require_stack(caller, found, stack_id), workspaces.inbox_id(workspace_id)
    found.workspace.stacks = [one for one in found.workspace.stacks if one != stack_id]
    gone: Change[None] = Change(None, [found.workspace], [stack, _lookup(caller, stack)])
    if not stack.deletion_state and len(lowest) < BATCH_SIZE:
        activities, _ = _confirm_unchanged(
            caller, lowest, lowest, lambda: _read_lowest(caller, workspace_id, prefix, BATCH_SIZE)
        )
        moved = _plan_moving(caller, lowest, activities, workspace_id, inbox)
        if change := _if_it_fits(Change(None, [*gone.save, *moved.save], [*gone.delete, *moved.delete])):
            return change
    _mark_as_deleting(stack, DELETING)
    for placements, activities in _batches(caller, workspace_id, prefix, WRITES_WITHIN_WORKSPACE):
        unit_of_work.commit(_plan_moving(caller, placements, activities, workspace_id, inbox))
    return gone


def _read_contents(caller: Caller, workspace_id: int) -> list[Row]:
    """What lies in a workspace, of all kinds, as much of it as could fit into one transaction."""
    reach = WRITES_WITHIN_WORKSPACE * BATCH_SIZE
    rows = table.query_raw(Workspace.key(caller.account, workspace_id)[0], " ", table.LAST_SORT_KEY, reach=reach)
    return [Row.from_raw_data(row) for row in islice(rows, reach)]


def _confirm_unchanged(
    caller: Caller,
    placements: list[Placement],
    seen: Sequence[Row],
    again: Callable[[], Sequence[Row]],
    asked: Sequence[Callable[[], Any]] = (),
) -> tuple[dict[int, Activity], list[Any]]:
    """The activities of what was seen, and what else is asked, while what was seen is read once more.

    From then on all that arrives is counted. The first reading was under way beside that of the count, which may have
    been the later. Raises errors.Stale.
    """
    reads: list[Callable[[], Any]] = [lambda: _read_activities(caller, placements), again, *asked]
    activities, now, *answers = run_parallel(reads)
    if [one.sk for one in now] != [one.sk for one in seen]:
        raise errors.Stale("something has just arrived or left")
    return activities, answers


def _if_it_fits(change: Change[None]) -> Change[None] | None:
    """The change, if it fits into one transaction with the receipt of an Idempotency-Key."""
    texts = [getattr(item, "doc", None) or {} for item in [*change.save, *change.delete]]
    fits = len(texts) < MAX_WRITES and sum(len(dump(text).encode()) for text in texts) <= MAX_BYTES
    return change if fits else None


def _mark_as_deleting(item: Workspace | Stack, deletion_state: str) -> None:
    """Says for good that this is being deleted: from now on nothing arrives in it."""
    if not item.deletion_state:
        item.deletion_state = deletion_state
        unit_of_work.commit(Change(None, save=[item]))


def _batches(
    caller: Caller, workspace_id: int, prefix: str, least: int
) -> Iterator[tuple[list[Placement], dict[int, Activity]]]:
    """What lies under a prefix, the oldest first, as much of it as fits, as long as there is anything.

    `least` is how many writes an item takes; beyond a workspace those take more that concern several people.
    """
    while lowest := _read_lowest(caller, workspace_id, prefix, min(BATCH_SIZE, MAX_WRITES // least)):
        activities = _read_activities(caller, lowest)
        writes = [
            least if least == WRITES_WITHIN_WORKSPACE else 2 + len(copies.all_copies(caller, activities[one.activity]))
            for one in lowest
        ]
        sizes = (len(dump(one.doc).encode()) * each for one, each in zip(lowest, writes, strict=True))
        both = zip(accumulate(writes), accumulate(sizes), strict=True)
        fitting = sum(count <= MAX_WRITES and size <= MAX_BYTES for count, size in both)
        some = lowest[: max(1, fitting)]
        yield some, {one.activity: activities[one.activity] for one in some}


def _read_lowest(caller: Caller, workspace_id: int, prefix: str, most: int) -> list[Placement]:
    partition = Workspace.key(caller.account, workspace_id)[0]
    return [*table.query(Placement, partition, prefix, limit=most, backwards=True)]


def _delete_comments_of_all(caller: Caller, activities: dict[int, Activity]) -> None:
    for activity in activities.values():
        if activity.discussed:
            delete_comments(caller, activity.id)


def delete_comments(caller: Caller, activity_id: int) -> None:
    """Removes all comments on an activity."""
    delete_in_batches(_comment_rows(caller, activity_id))


def _lookup(caller: Caller, stack: Stack) -> StackLookup:
    return StackLookup.at(caller.account, stack.id)


def _membership_rows(caller: Caller, workspace_id: int, member: Member) -> list[Row]:
    """A place in the workspace, both sides of it; with it goes the invitation that has not been decided."""
    holders = [member.user, member.inviter] if member.role == INVITED and member.invitation else []
    invitations = [Invitation.at(caller.account, holder, member.invitation) for holder in holders]
    return [member, Membership.at(caller.account, member.user, workspace_id), *invitations]


def delete_in_batches(places: Sequence[Sequence[Row]]) -> None:
    """Removes what belongs together at once, as many together as one transaction takes."""
    for start in range(0, len(places), BATCH_SIZE // 2):
        some = [item for place in places[start : start + BATCH_SIZE // 2] for item in place]
        unit_of_work.commit(Change(None, delete=some))


def _plan_emptying(
    caller: Caller, found: WorkspaceContext, placements: list[Placement], activities: dict[int, Activity], kept: bool
) -> Change[None]:
    """Items of a workspace that goes: in its owner's archive, or gone."""
    if kept:
        return _plan_moving(caller, placements, activities, found.owner.personal, None)
    return _plan_deleting(caller, placements, activities)


def _plan_moving(
    caller: Caller,
    placements: list[Placement],
    activities: dict[int, Activity],
    workspace_id: int,
    stack_id: int | None,
) -> Change[None]:
    """Items on top of another place, each above the one before; None is the archive."""
    saves: list[Row] = []
    for above, placement in enumerate(placements):
        activity = activities[placement.activity]
        stays = activity.workspace == workspace_id
        activity.workspace, activity.stack, activity.order = workspace_id, stack_id, new_order(above)
        saves += [activity, *([copies.placement(caller, activity)] if stays else copies.all_copies(caller, activity))]
    return Change(None, saves, placements)


def _plan_deleting(caller: Caller, placements: list[Placement], activities: dict[int, Activity]) -> Change[None]:
    """Items gone for good; their comments go before them or with them."""
    others = [one for activity in activities.values() for one in copies.copies_besides_placement(caller, activity)]
    return Change(None, delete=[*placements, *activities.values(), *others])


def _comment_rows(caller: Caller, activity_id: int) -> list[list[Row]]:
    """The comments on an activity, each with where it is found."""
    said = table.query(Comment, Comment.key(caller.account, activity_id, 0)[0], Comment.prefix)
    return [[one, CommentLookup.at(caller.account, one.id)] for one in said]


def _read_activities(caller: Caller, placements: list[Placement]) -> dict[int, Activity]:
    """The activities that lie there, by their ids. Raises errors.Stale where one does no longer."""
    found = table.get_many(Activity.key(caller.account, placement.activity) for placement in placements)
    if len(found) < len(placements):
        raise errors.Stale("an activity has been deleted meanwhile")
    return {item.id: item for item in found.values() if isinstance(item, Activity)}
