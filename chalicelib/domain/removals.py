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
from chalicelib.domain import copies, emptying, stacks, workspaces
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.workspaces import PERSONAL, Found
from chalicelib.jsontext import dump
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Item
from chalicelib.storage.spaces import Activity, Invitation, Member, Membership, Placement, Stack, Whereabouts, Workspace

STEP = 33  # items at once, fewer where each takes more than three of the hundred writes of a transaction
MOST_WRITES, MOST_BYTES = 100, 4_000_000  # of a transaction; the text of an item is in each of its writes
# Writes of an item at least: under its id, where it was, where it is; beyond a workspace with people.
WITHIN, ACROSS = 3, 4
KEPT, DROPPED = "archiving", "deleting"


def delete_workspace(caller: Caller, workspace_id: int, archive_items: bool) -> Change[None]:
    """Removes a workspace. Its items go with it, or into its owner's archive. From the start nobody sees it any more.

    Only its owner may. Raises errors.Conflict for a personal one. A request that was cut off goes on as it began.
    """
    found, inside = table.together(
        lambda: workspaces.enter(caller, workspace_id, "delete"), lambda: _inside(caller, workspace_id)
    )
    workspace = found.workspace
    if workspace.type == PERSONAL:
        raise errors.Conflict("a personal workspace cannot be deleted")
    if not workspace.ending and (change := _whole_workspace(caller, found, inside, archive_items)):
        return change
    _mark(workspace, KEPT if archive_items else DROPPED)
    kept = workspace.ending == KEPT
    for placements, activities in _bottom_up(caller, workspace_id, Placement.everywhere, ACROSS):
        if not kept:
            _silence(caller, activities)
        changes.commit(emptying.emptied(caller, found, placements, activities, kept))
    _leave_alone(caller, workspace_id)
    return Change(None, deletes=[workspace, *_place_of(caller, workspace_id, found.member)])


def _leave_alone(caller: Caller, workspace_id: int) -> None:
    """Removes the stacks of an empty workspace, and then everybody but the caller."""
    partition = Workspace.key(caller.account, workspace_id)[0]
    drop([[stack, _whereabouts(caller, stack)] for stack in table.having(Stack, partition, Stack.prefix)])
    others = [one for one in table.having(Member, partition, Member.prefix) if one.user != caller.user]
    drop([_place_of(caller, workspace_id, member) for member in others])


def _whole_workspace(caller: Caller, found: Found, inside: list[Item], kept: bool) -> Change[None] | None:
    """A workspace with all that is inside, gone at once; None where that is too much for one transaction."""
    workspace_id, placements = found.workspace.id, [one for one in reversed(inside) if isinstance(one, Placement)]
    if len(inside) == WITHIN * STEP:
        return None
    discussed = [] if kept else [one.activity for one in placements if one.discussed]
    asked = [partial(emptying.comments, caller, activity_id) for activity_id in discussed]
    activities, discussions = _confirmed(caller, placements, inside, lambda: _inside(caller, workspace_id), asked)
    if not kept and any(activity.discussed for activity in activities.values() if activity.id not in discussed):
        return None  # commented on before items told of it: emptied step by step, comments first
    emptied = emptying.emptied(caller, found, placements, activities, kept)
    said = [item for discussion in discussions for both in discussion for item in both]
    stacks = [item for one in inside if isinstance(one, Stack) for item in (one, _whereabouts(caller, one))]
    places = [item for one in inside if isinstance(one, Member) for item in _place_of(caller, workspace_id, one)]
    return _fitting(Change(None, emptied.saves, [*emptied.deletes, *said, *stacks, *places, found.workspace]))


def delete_stack(caller: Caller, workspace_id: int, stack_id: int) -> Change[None]:
    """Removes a stack. Its items go on top of the inbox in their order. Until all have gone it shows the others."""
    key, prefix = Stack.key(caller.account, workspace_id, stack_id), Placement.prefix(stack_id)
    found, lowest = table.together(
        lambda: workspaces.enter(caller, workspace_id, "enter", more=[key]),
        lambda: _lowest(caller, workspace_id, prefix, STEP),
    )
    stack, inbox = stacks.found_in(caller, found, stack_id), workspaces.inbox_of(workspace_id)
    found.workspace.stacks = [one for one in found.workspace.stacks if one != stack_id]
    gone: Change[None] = Change(None, [found.workspace], [stack, _whereabouts(caller, stack)])
    if not stack.ending and len(lowest) < STEP:
        activities, _ = _confirmed(caller, lowest, lowest, lambda: _lowest(caller, workspace_id, prefix, STEP))
        moved = emptying.moved(caller, lowest, activities, workspace_id, inbox)
        if change := _fitting(Change(None, [*gone.saves, *moved.saves], [*gone.deletes, *moved.deletes])):
            return change
    _mark(stack, DROPPED)
    for placements, activities in _bottom_up(caller, workspace_id, prefix, WITHIN):
        changes.commit(emptying.moved(caller, placements, activities, workspace_id, inbox))
    return gone


def _inside(caller: Caller, workspace_id: int) -> list[Item]:
    """What lies in a workspace, of all kinds, as much of it as could fit into one transaction."""
    reach = WITHIN * STEP
    rows = table.rows(Workspace.key(caller.account, workspace_id)[0], " ", table.LAST, reach=reach)
    return [Item.from_raw_data(row) for row in islice(rows, reach)]


def _confirmed(
    caller: Caller,
    placements: list[Placement],
    seen: Sequence[Item],
    again: Callable[[], Sequence[Item]],
    asked: Sequence[Callable[[], Any]] = (),
) -> tuple[dict[int, Activity], list[Any]]:
    """The activities of what was seen, and what else is asked, while what was seen is read once more.

    From then on all that arrives is counted. The first reading was under way beside that of the count, which may have
    been the later. Raises errors.Stale.
    """
    reads: list[Callable[[], Any]] = [lambda: emptying.activities_of(caller, placements), again, *asked]
    activities, now, *answers = table.side_by_side(reads)
    if [one.sk for one in now] != [one.sk for one in seen]:
        raise errors.Stale("something has just arrived or left")
    return activities, answers


def _fitting(change: Change[None]) -> Change[None] | None:
    """The change, if it fits into one transaction with the receipt of an Idempotency-Key."""
    texts = [getattr(item, "doc", None) or {} for item in [*change.saves, *change.deletes]]
    fits = len(texts) < MOST_WRITES and sum(len(dump(text).encode()) for text in texts) <= MOST_BYTES
    return change if fits else None


def _mark(item: Workspace | Stack, ending: str) -> None:
    """Says for good that this is being deleted: from now on nothing arrives in it."""
    if not item.ending:
        item.ending = ending
        changes.commit(Change(None, saves=[item]))


def _bottom_up(
    caller: Caller, workspace_id: int, prefix: str, least: int
) -> Iterator[tuple[list[Placement], dict[int, Activity]]]:
    """What lies under a prefix, the oldest first, as much of it as fits, as long as there is anything.

    `least` is how many writes an item takes; beyond a workspace those take more that concern several people.
    """
    while lowest := _lowest(caller, workspace_id, prefix, min(STEP, MOST_WRITES // least)):
        activities = emptying.activities_of(caller, lowest)
        writes = [least if least == WITHIN else 2 + len(copies.of(caller, activities[one.activity])) for one in lowest]
        sizes = (len(dump(one.doc).encode()) * each for one, each in zip(lowest, writes, strict=True))
        both = zip(accumulate(writes), accumulate(sizes), strict=True)
        fitting = sum(count <= MOST_WRITES and size <= MOST_BYTES for count, size in both)
        some = lowest[: max(1, fitting)]
        yield some, {one.activity: activities[one.activity] for one in some}


def _lowest(caller: Caller, workspace_id: int, prefix: str, most: int) -> list[Placement]:
    partition = Workspace.key(caller.account, workspace_id)[0]
    return [*table.having(Placement, partition, prefix, limit=most, backwards=True)]


def _silence(caller: Caller, activities: dict[int, Activity]) -> None:
    for activity in activities.values():
        if activity.discussed:
            silence(caller, activity.id)


def silence(caller: Caller, activity_id: int) -> None:
    """Removes all comments on an activity."""
    drop(emptying.comments(caller, activity_id))


def _whereabouts(caller: Caller, stack: Stack) -> Whereabouts:
    return Whereabouts.at(caller.account, stack.id)


def _place_of(caller: Caller, workspace_id: int, member: Member) -> list[Item]:
    """A place in the workspace, both sides of it; with it goes the invitation that has not been decided."""
    holders = [member.user, member.inviter] if member.role == INVITED and member.invitation else []
    invitations = [Invitation.at(caller.account, holder, member.invitation) for holder in holders]
    return [member, Membership.at(caller.account, member.user, workspace_id), *invitations]


def drop(places: Sequence[Sequence[Item]]) -> None:
    """Removes what belongs together at once, as many together as one transaction takes."""
    for start in range(0, len(places), STEP // 2):
        some = [item for place in places[start : start + STEP // 2] for item in place]
        changes.commit(Change(None, deletes=some))
