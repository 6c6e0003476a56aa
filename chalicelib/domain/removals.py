"""Deleting what holds others: workspaces and stacks, however many items are in them.

One transaction takes a hundred writes, so a large one goes in steps. The first marks it, each further one is whole in
itself, and the last removes what carries the mark: cut off anywhere, the same request again finishes the rest.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from chalicelib import errors
from chalicelib.domain import copies, items, stacks, workspaces
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.workspaces import PERSONAL
from chalicelib.jsontext import dump
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Item
from chalicelib.storage.records import Comment, Topic
from chalicelib.storage.spaces import Activity, Invitation, Member, Membership, Placement, Stack, Whereabouts, Workspace

STEP = 33  # items at once, fewer where each takes more than three of the hundred writes of a transaction
MOST_WRITES, MOST_BYTES = 100, 4_000_000  # of a transaction; the text of an item is in each of its writes
WITHIN, ACROSS = 3, 9  # writes of an item: under its id, where it was, where it is; beyond a workspace its other copies
KEPT, DROPPED = "archiving", "deleting"


def delete_workspace(caller: Caller, workspace_id: int, archive_items: bool) -> Change[None]:
    """Removes a workspace. Its items go with it, or into its owner's archive. From the start nobody sees it any more.

    Only its owner may. Raises errors.Conflict for a personal one. A request that was cut off goes on as it began.
    """
    found = workspaces.enter(caller, workspace_id, "delete")
    workspace = found.workspace
    if workspace.type == PERSONAL:
        raise errors.Conflict("a personal workspace cannot be deleted")
    _mark(workspace, KEPT if archive_items else DROPPED)
    kept = workspace.ending == KEPT
    for placements in _bottom_up(caller, workspace_id, Placement.everywhere, ACROSS):
        changes.commit(_moved(caller, placements, found.owner.personal, None) if kept else _dropped(caller, placements))
    partition = Workspace.key(caller.account, workspace_id)[0]
    drop([[stack, _whereabouts(caller, stack)] for stack in table.having(Stack, partition, Stack.prefix)])
    others = [one for one in table.having(Member, partition, Member.prefix) if one.user != caller.user]
    drop([_place_of(caller, workspace_id, member) for member in others])
    return Change(None, deletes=[workspace, *_place_of(caller, workspace_id, found.member)])


def delete_stack(caller: Caller, workspace_id: int, stack_id: int) -> Change[None]:
    """Removes a stack. Its items go on top of the inbox in their order. Until all have gone it shows the others."""
    key = Stack.key(caller.account, workspace_id, stack_id)
    found = workspaces.enter(caller, workspace_id, "enter", more=[key])
    stack = stacks.found_in(caller, found, stack_id)
    _mark(stack, DROPPED)
    inbox = workspaces.inbox_of(workspace_id)
    for placements in _bottom_up(caller, workspace_id, Placement.prefix(stack_id), WITHIN):
        changes.commit(_moved(caller, placements, workspace_id, inbox))
    found.workspace.stacks = [one for one in found.workspace.stacks if one != stack_id]
    return Change(None, saves=[found.workspace], deletes=[stack, _whereabouts(caller, stack)])


def _mark(item: Workspace | Stack, ending: str) -> None:
    """Says for good that this is being deleted: from now on nothing arrives in it."""
    if not item.ending:
        item.ending = ending
        changes.commit(Change(None, saves=[item]))


def _bottom_up(caller: Caller, workspace_id: int, prefix: str, writes: int) -> Iterator[list[Placement]]:
    """What lies under a prefix, the oldest first, in steps of so many writes for each, as long as there is anything."""
    partition, step = Workspace.key(caller.account, workspace_id)[0], min(STEP, MOST_WRITES // writes)
    while placements := [*table.having(Placement, partition, prefix, limit=step, backwards=True)]:
        sizes = accumulate(len(dump(placement.doc).encode()) for placement in placements)
        fitting = sum(size <= MOST_BYTES // writes for size in sizes)
        yield placements[: max(1, fitting)]


def _moved(caller: Caller, placements: list[Placement], workspace_id: int, stack_id: int | None) -> Change[None]:
    activities = _activities(caller, placements)
    saves: list[Item] = []
    for above, placement in enumerate(placements):
        activity = activities[placement.activity]
        stays = activity.workspace == workspace_id
        activity.workspace, activity.stack, activity.order = workspace_id, stack_id, items.order_now(above)
        saves += [activity, *([copies.placement(caller, activity)] if stays else copies.of(caller, activity))]
    return Change(None, saves, placements)


def _dropped(caller: Caller, placements: list[Placement]) -> Change[None]:
    """Items gone for good; their comments go before them, in steps of their own."""
    activities = _activities(caller, placements).values()
    for activity in activities:
        if activity.discussed:
            silence(caller, activity.id)
    others = [one for activity in activities for one in copies.beside(caller, activity)]
    return Change(None, deletes=[*placements, *activities, *others])


def silence(caller: Caller, activity_id: int) -> None:
    """Removes all comments on an activity."""
    said = table.having(Comment, Comment.key(caller.account, activity_id, 0)[0], Comment.prefix)
    drop([[one, Topic.at(caller.account, one.id)] for one in said])


def _activities(caller: Caller, placements: list[Placement]) -> dict[int, Activity]:
    found = table.get_many(Activity.key(caller.account, placement.activity) for placement in placements)
    if len(found) < len(placements):
        raise errors.Stale("an activity has been deleted meanwhile")
    return {item.id: item for item in found.values() if isinstance(item, Activity)}


def _whereabouts(caller: Caller, stack: Stack) -> Whereabouts:
    return Whereabouts.at(caller.account, stack.id)


def _place_of(caller: Caller, workspace_id: int, member: Member) -> list[Item]:
    """A place in the workspace, both sides of it; with it goes the invitation that has not been decided."""
    holders = [member.user, member.inviter] if member.role == INVITED and member.invitation else []
    copies = [Invitation.at(caller.account, holder, member.invitation) for holder in holders]
    return [member, Membership.at(caller.account, member.user, workspace_id), *copies]


def drop(places: Sequence[Sequence[Item]]) -> None:
    """Removes what belongs together at once, as many together as one transaction takes."""
    for start in range(0, len(places), STEP // 2):
        some = [item for place in places[start : start + STEP // 2] for item in place]
        changes.commit(Change(None, deletes=some))
