"""What becomes of items where what holds them is deleted: they are moved together, or are gone with all about them."""

from chalicelib import errors
from chalicelib.domain import copies, items
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import Found
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Item
from chalicelib.storage.records import Comment, Topic
from chalicelib.storage.spaces import Activity, Placement


def emptied(
    caller: Caller, found: Found, placements: list[Placement], activities: dict[int, Activity], kept: bool
) -> Change[None]:
    """Items of a workspace that goes: in its owner's archive, or gone."""
    if kept:
        return moved(caller, placements, activities, found.owner.personal, None)
    return dropped(caller, placements, activities)


def moved(
    caller: Caller,
    placements: list[Placement],
    activities: dict[int, Activity],
    workspace_id: int,
    stack_id: int | None,
) -> Change[None]:
    """Items on top of another place, each above the one before; None is the archive."""
    saves: list[Item] = []
    for above, placement in enumerate(placements):
        activity = activities[placement.activity]
        stays = activity.workspace == workspace_id
        activity.workspace, activity.stack, activity.order = workspace_id, stack_id, items.order_now(above)
        saves += [activity, *([copies.placement(caller, activity)] if stays else copies.of(caller, activity))]
    return Change(None, saves, placements)


def dropped(caller: Caller, placements: list[Placement], activities: dict[int, Activity]) -> Change[None]:
    """Items gone for good; their comments go before them or with them."""
    others = [one for activity in activities.values() for one in copies.beside(caller, activity)]
    return Change(None, deletes=[*placements, *activities.values(), *others])


def comments(caller: Caller, activity_id: int) -> list[list[Item]]:
    """The comments on an activity, each with where it is found."""
    said = table.having(Comment, Comment.key(caller.account, activity_id, 0)[0], Comment.prefix)
    return [[one, Topic.at(caller.account, one.id)] for one in said]


def activities_of(caller: Caller, placements: list[Placement]) -> dict[int, Activity]:
    """The activities that lie there, by their ids. Raises errors.Stale where one does no longer."""
    found = table.get_many(Activity.key(caller.account, placement.activity) for placement in placements)
    if len(found) < len(placements):
        raise errors.Stale("an activity has been deleted meanwhile")
    return {item.id: item for item in found.values() if isinstance(item, Activity)}
