"""What can be done with one activity, wherever it lies: all of it for those who are in its workspace."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib import errors, jsontext
from chalicelib.activity_schemas import BLOCK_SHAPES
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, activities, items, lifecycle, removals, times, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import MARK
from chalicelib.domain.items import LOST, Placed
from chalicelib.domain.workspaces import Fields, Found, People
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Key
from chalicelib.storage.models import User
from chalicelib.storage.spaces import Activity, Member, Workspace


@dataclass(frozen=True)
class Held:
    """An activity, and the workspace that it lies in and that the caller was admitted to."""

    activity: Activity
    found: Found

    def placed(self, caller: Caller) -> Placed:
        """The activity as it is answered."""
        return items.as_placed(caller, self.activity, self.found.people)


def show(caller: Caller, activity_id: int) -> Placed:
    """One activity, if it lies in a workspace of the caller. Raises errors.NotFound."""
    return _entered(caller, _read(caller, activity_id)).placed(caller)


def seen(caller: Caller, activity: Activity | None, beside: Iterable[str] = ()) -> People:
    """Everybody in an activity that was read, and in texts beside it, if the caller sees it. Raises errors.NotFound."""
    return _entered(caller, _there(activity), beside=beside).found.people


def create(caller: Caller, fields: Fields) -> Change[Placed]:
    """A new activity on top of the inbox of the caller's personal workspace."""
    user, activity_id = table.together(
        lambda: access.known(table.get(User, caller.account, caller.user)),
        lambda: table.count_up(caller.account, "ids"),
    )
    doc = activities.blank(activity_id, caller.user, fields)
    change = items.founded(caller, user.personal, workspaces.inbox_of(user.personal), doc, {user.id: user})
    return change.requiring(access.here(caller.account, caller.user))


def update(caller: Caller, activity_id: int, fields: Fields) -> Change[Placed]:
    """Changes name and description."""
    return _changed(caller, _entered(caller, _read(caller, activity_id)), fields)


def change_block(caller: Caller, activity_id: int, block_id: str, fields: Fields) -> Change[Placed]:
    """Sets a block to another of its options, a number in its range, or a time.

    The owner of the workspace, creator and assignee may, other members while `members_can_change_blocks`.
    """
    activity = _read(caller, activity_id)
    stands = MARK + caller.user in (activity.doc["creator"], activity.doc["assignee"])
    held = _entered(caller, activity, "enter" if stands else "change_blocks")
    name = next((name for name in BLOCK_SHAPES if activity.doc[name]["id"] == block_id), None)
    if name is None:
        raise errors.NotFound("there is no such block in this activity")
    if not fields:
        return Change(held.placed(caller))
    value = BLOCK_SHAPES[name].check(fields)["value"]
    block = activity.doc[name]
    new = {"time": value} if "time" in block else {"value": str(value)}
    if new.items() <= block.items():
        return Change(held.placed(caller))
    return _changed(caller, held, {name: block | new | {"updated_at": times.now()}})


def move(caller: Caller, activity_id: int, workspace_id: int, source: int | None) -> Change[Placed]:
    """Puts an activity on top of the inbox of a workspace. `source` is the workspace or stack where it should be."""
    place = Workspace.key(caller.account, workspace_id)
    membership = Member.key(caller.account, workspace_id, caller.user)
    held = _entered(caller, _read(caller, activity_id), more=[place, membership])
    if source not in (None, held.activity.workspace, held.activity.stack):
        raise errors.Conflict("the activity is not (any more) where source_id says; nothing was moved")
    member: Any = held.found.items.get(membership)
    space: Any = held.found.items.get(place)
    found = replace(held.found, workspace=access.admit(space, member, "enter"), member=member)
    return items.moved(caller, found, held.activity, workspaces.inbox_of(workspace_id), items.order_now())


def act(caller: Caller, activity_id: int, verb: str) -> Change[Placed]:
    """Does what lifecycle says of a verb. Raises errors.Conflict where the verb does not fit the state."""
    held = _entered(caller, _read(caller, activity_id), lifecycle.BY[verb])
    state = lifecycle.after(held.activity.doc["state"], verb)
    if state == lifecycle.DELETED:
        return _deleted(caller, held)
    if verb != "take_over":
        return _changed(caller, held, {"state": state})
    change = _changed(caller, held, {"assignee": MARK + caller.user})
    return change.requiring(*items.leaving(caller, held.activity)) if change.saves else change


def _read(caller: Caller, activity_id: int) -> Activity:
    return _there(table.get(Activity, caller.account, activity_id))


def _there(activity: Activity | None) -> Activity:
    if activity is None:
        raise errors.NotFound(LOST)
    return activity


def _entered(
    caller: Caller, activity: Activity, verb: str = "enter", more: Iterable[Key] = (), beside: Iterable[str] = ()
) -> Held:
    """The activity, if the caller may do this in its workspace. Raises errors.NotFound, errors.Forbidden."""
    people = activities.people([jsontext.dump(activity.doc), *beside])
    try:
        return Held(activity, workspaces.enter(caller, activity.workspace, verb, people=people, more=more))
    except errors.NotFound:  # in the same words, or it would tell that there is one
        raise errors.NotFound(LOST) from None


def _changed(caller: Caller, held: Held, fields: Fields) -> Change[Placed]:
    """The activity with these fields, in all its copies; whoever stands in it no longer has none."""
    activity = held.activity
    if fields.items() <= activity.doc.items():
        return Change(held.placed(caller))
    before = items.involvements(caller, activity)
    activity.doc = activity.doc | fields | {"updated_at": times.now()}
    copies = items.copies(caller, activity)
    left = {one.pk for one in before} - {one.pk for one in copies}
    return Change(held.placed(caller), [activity, *copies], [one for one in before if one.pk in left])


def _deleted(caller: Caller, held: Held) -> Change[Placed]:
    """Gone from wherever it is kept, its comments first; only this answer shows it as deleted."""
    if held.activity.discussed:
        removals.silence(caller, held.activity.id)
    gone = [held.activity, *items.copies(caller, held.activity)]
    shown = held.activity.doc | {"state": lifecycle.DELETED, "updated_at": times.now()}
    text = jsontext.dump(shown)
    placed = Placed(held.activity.workspace, held.activity.id, gone[1].sk, text, held.found.people)
    return Change(placed, deletes=gone)
