"""What can be done with one activity, wherever it lies: all of it for those who are in its workspace."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, delegations, deletion, documents, items, lifecycle, visible_activity
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.visible_activity import VIEW, VisibleActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import Fields, People
from chalicelib.schemas.activities import BLOCK_SCHEMAS
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.marks import MARK
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change


def get_activity(caller: Caller, activity_id: int) -> PlacedActivity:
    """One activity, if it lies in a workspace of the caller or is delegated by or to the caller.

    Raises errors.NotFound.
    """
    return visible_activity.enter_activity(caller, visible_activity.read_activity(caller, activity_id), VIEW).placed(
        caller
    )


def people_if_visible(caller: Caller, activity: Activity | None, beside: Iterable[str] = ()) -> People:
    """Everybody in an activity that was read, and in texts beside it, if the caller sees it. Raises errors.NotFound."""
    return visible_activity.enter_activity(
        caller, visible_activity.require_activity(activity), VIEW, beside=beside
    ).context.people


def create_activity(caller: Caller, fields: Fields) -> Change[PlacedActivity]:
    """A new activity on top of the inbox of the caller's personal workspace."""
    user, activity_id = run_both(
        lambda: access.require_active(table.get(User, caller.account, caller.user)),
        lambda: next_id(caller.account, "ids"),
    )
    doc = documents.new_document(activity_id, caller.user, fields)
    change = items.plan_new_item(caller, user.personal, workspaces.inbox_id(user.personal), doc, {user.id: user})
    return change.with_preconditions(access.require_user_active(caller.account, caller.user))


def update_activity(caller: Caller, activity_id: int, fields: Fields) -> Change[PlacedActivity]:
    """Changes name and description."""
    return _plan_change(
        caller, visible_activity.enter_activity(caller, visible_activity.read_activity(caller, activity_id)), fields
    )


def change_block(caller: Caller, activity_id: int, block_id: str, fields: Fields) -> Change[PlacedActivity]:
    """Sets a block to another of its options, a number in its range, or a time.

    The owner of the workspace, creator and assignee may, other members while `members_can_change_blocks`.
    """
    activity = visible_activity.read_activity(caller, activity_id)
    found = visible_activity.enter_activity(
        caller, activity, visible_activity.required_permission(caller, activity, "change_blocks")
    )
    name = next((name for name in BLOCK_SCHEMAS if activity.doc[name]["id"] == block_id), None)
    if name is None:
        raise errors.NotFound("there is no such block in this activity")
    if not fields:
        return Change(found.placed(caller))
    value = BLOCK_SCHEMAS[name].check(fields)["value"]
    block = activity.doc[name]
    new = {"time": value} if "time" in block else {"value": str(value)}
    if new.items() <= block.items():
        return Change(found.placed(caller))
    return _plan_change(caller, found, {name: block | new | {"updated_at": clock.now()}})


def move_activity(caller: Caller, activity_id: int, workspace_id: int, source: int | None) -> Change[PlacedActivity]:
    """Puts an activity on top of the inbox of a workspace. `source` is the workspace or stack where it should be."""
    place = Workspace.key(caller.account, workspace_id)
    membership = Member.key(caller.account, workspace_id, caller.user)
    lying = visible_activity.enter_activity(
        caller, visible_activity.read_activity(caller, activity_id), more=[place, membership]
    )
    if source not in (None, lying.activity.workspace, lying.activity.stack):
        raise errors.Conflict("the activity is not (any more) where source_id says; nothing was moved")
    member: Any = lying.context.rows.get(membership)
    space: Any = lying.context.rows.get(place)
    found = replace(lying.context, workspace=access.require_permission(space, member, "enter"), member=member)
    return items.plan_move(caller, found, lying.activity, workspaces.inbox_id(workspace_id), new_order())


def apply_verb(caller: Caller, activity_id: int, verb: str) -> Change[PlacedActivity]:
    """Does what lifecycle says of a verb. Raises errors.Conflict where the verb does not fit the state."""
    by = lifecycle.PERFORMED_BY[verb]
    found = visible_activity.enter_activity(
        caller, visible_activity.read_activity(caller, activity_id), by if by in access.PERMISSIONS else VIEW
    )
    if by not in access.PERMISSIONS:
        found.check_party(caller, verb)
    activity = found.activity
    state = lifecycle.next_state(activity.doc["state"], verb, activity.delegation)
    if state == lifecycle.DELETED:
        return _plan_deletion(caller, found)
    return _plan_take_over(caller, found) if verb == "take_over" else _plan_write(caller, found, {"state": state}, verb)


def _plan_take_over(caller: Caller, found: VisibleActivity) -> Change[PlacedActivity]:
    """The caller as assignee, which ends a delegation to somebody else; one to the caller is accepted by it."""
    activity, delegation = found.activity, found.activity.delegation or {}
    is_pending = delegation.get("state") == lifecycle.PENDING
    if is_pending and delegation["delegee"] == caller.user:
        return delegations.plan_decision(caller, found, "accept")
    if activity.doc["assignee"] == MARK + caller.user and not is_pending:
        return Change(found.placed(caller))
    change = _plan_write(caller, found, {"assignee": MARK + caller.user}, "take_over")
    return change.with_preconditions(*items.require_may_leave(caller, activity))


def _plan_change(caller: Caller, found: VisibleActivity, fields: Fields) -> Change[PlacedActivity]:
    is_so = fields.items() <= found.activity.doc.items()
    return Change(found.placed(caller)) if is_so else _plan_write(caller, found, fields)


def _plan_write(caller: Caller, found: VisibleActivity, fields: Fields, verb: str = "") -> Change[PlacedActivity]:
    """The activity with these fields, and its delegation as the verb leaves it."""
    activity = found.activity
    before = copies.all_copies(caller, activity)
    activity.doc = activity.doc | fields | {"updated_at": clock.now()}
    if "alarm" in fields:
        activity.set_alarm(fields["alarm"]["time"])
    return visible_activity.plan_rewrite(caller, found, before, copies.apply_to_delegation(caller, activity, verb))


def _plan_deletion(caller: Caller, found: VisibleActivity) -> Change[PlacedActivity]:
    """Gone from wherever it is kept, its comments first; only this answer shows it as deleted."""
    activity = found.activity
    if activity.discussed:
        deletion.delete_comments(caller, activity.id)
    gone = [activity, *copies.all_copies(caller, activity)]
    activity.doc = activity.doc | {"state": lifecycle.DELETED, "updated_at": clock.now()}
    return Change(found.placed(caller), delete=gone)
