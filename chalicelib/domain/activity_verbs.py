"""What can be done with one activity, wherever it lies: all of it for those who are in its workspace."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib import errors
from chalicelib.activity_schemas import BLOCK_SHAPES
from chalicelib.domain import (
    access,
    activities,
    copies,
    delegations,
    held,
    items,
    lifecycle,
    removals,
    times,
    workspaces,
)
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import MARK
from chalicelib.domain.held import LOOK, Held
from chalicelib.domain.items import Placed
from chalicelib.domain.workspaces import Fields, People
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import User
from chalicelib.storage.spaces import Activity, Member, Workspace


def show(caller: Caller, activity_id: int) -> Placed:
    """One activity, if it lies in a workspace of the caller or is delegated by or to the caller.

    Raises errors.NotFound.
    """
    return held.entered(caller, held.read(caller, activity_id), LOOK).placed(caller)


def seen(caller: Caller, activity: Activity | None, beside: Iterable[str] = ()) -> People:
    """Everybody in an activity that was read, and in texts beside it, if the caller sees it. Raises errors.NotFound."""
    return held.entered(caller, held.there(activity), LOOK, beside=beside).found.people


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
    return _changed(caller, held.entered(caller, held.read(caller, activity_id)), fields)


def change_block(caller: Caller, activity_id: int, block_id: str, fields: Fields) -> Change[Placed]:
    """Sets a block to another of its options, a number in its range, or a time.

    The owner of the workspace, creator and assignee may, other members while `members_can_change_blocks`.
    """
    activity = held.read(caller, activity_id)
    found = held.entered(caller, activity, held.verb_on_own(caller, activity, "change_blocks"))
    name = next((name for name in BLOCK_SHAPES if activity.doc[name]["id"] == block_id), None)
    if name is None:
        raise errors.NotFound("there is no such block in this activity")
    if not fields:
        return Change(found.placed(caller))
    value = BLOCK_SHAPES[name].check(fields)["value"]
    block = activity.doc[name]
    new = {"time": value} if "time" in block else {"value": str(value)}
    if new.items() <= block.items():
        return Change(found.placed(caller))
    return _changed(caller, found, {name: block | new | {"updated_at": times.now()}})


def move(caller: Caller, activity_id: int, workspace_id: int, source: int | None) -> Change[Placed]:
    """Puts an activity on top of the inbox of a workspace. `source` is the workspace or stack where it should be."""
    place = Workspace.key(caller.account, workspace_id)
    membership = Member.key(caller.account, workspace_id, caller.user)
    lying = held.entered(caller, held.read(caller, activity_id), more=[place, membership])
    if source not in (None, lying.activity.workspace, lying.activity.stack):
        raise errors.Conflict("the activity is not (any more) where source_id says; nothing was moved")
    member: Any = lying.found.items.get(membership)
    space: Any = lying.found.items.get(place)
    found = replace(lying.found, workspace=access.admit(space, member, "enter"), member=member)
    return items.moved(caller, found, lying.activity, workspaces.inbox_of(workspace_id), items.order_now())


def act(caller: Caller, activity_id: int, verb: str) -> Change[Placed]:
    """Does what lifecycle says of a verb. Raises errors.Conflict where the verb does not fit the state."""
    by = lifecycle.BY[verb]
    found = held.entered(caller, held.read(caller, activity_id), by if by in access.WORKSPACE_VERBS else LOOK)
    if by not in access.WORKSPACE_VERBS:
        found.check_party(caller, verb)
    activity = found.activity
    state = lifecycle.after(activity.doc["state"], verb, activity.delegation)
    if state == lifecycle.DELETED:
        return _deleted(caller, found)
    return _taken_over(caller, found) if verb == "take_over" else _written(caller, found, {"state": state}, verb)


def _taken_over(caller: Caller, found: Held) -> Change[Placed]:
    """The caller as assignee, which ends a delegation to somebody else; one to the caller is accepted by it."""
    activity, delegation = found.activity, found.activity.delegation or {}
    is_pending = delegation.get("state") == lifecycle.PENDING
    if is_pending and delegation["delegee"] == caller.user:
        return delegations.decided(caller, found, "accept")
    if activity.doc["assignee"] == MARK + caller.user and not is_pending:
        return Change(found.placed(caller))
    change = _written(caller, found, {"assignee": MARK + caller.user}, "take_over")
    return change.requiring(*items.leaving(caller, activity))


def _changed(caller: Caller, found: Held, fields: Fields) -> Change[Placed]:
    is_so = fields.items() <= found.activity.doc.items()
    return Change(found.placed(caller)) if is_so else _written(caller, found, fields)


def _written(caller: Caller, found: Held, fields: Fields, verb: str = "") -> Change[Placed]:
    """The activity with these fields, and its delegation as the verb leaves it."""
    activity = found.activity
    before = copies.of(caller, activity)
    activity.doc = activity.doc | fields | {"updated_at": times.now()}
    if "alarm" in fields:
        activity.ring(fields["alarm"]["time"])
    return held.change(caller, found, before, copies.settle(caller, activity, verb))


def _deleted(caller: Caller, found: Held) -> Change[Placed]:
    """Gone from wherever it is kept, its comments first; only this answer shows it as deleted."""
    activity = found.activity
    if activity.discussed:
        removals.silence(caller, activity.id)
    gone = [activity, *copies.of(caller, activity)]
    activity.doc = activity.doc | {"state": lifecycle.DELETED, "updated_at": times.now()}
    return Change(found.placed(caller), deletes=gone)
