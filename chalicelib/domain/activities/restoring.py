"""Restore activities: put a deleted one back with all its copies, and take back the change of a field or a move.

Only those may do so who may make the change itself. The argument `rows` has the rows that were read for it: the
activity, its workspaces with the caller's place in them, its stack, and the people in it.
"""

from collections.abc import Collection, Iterable, Sequence

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, items, lifecycle, visible_activity
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.workspaces import PERSONAL
from chalicelib.json_text import JsonObject
from chalicelib.schemas.activities import BLOCK_SCHEMAS
from chalicelib.storage import restoring
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change, Precondition

PLACE = "place"  # stands for the workspace and the stack of an activity among its fields
IS_BACK = "This activity exists again."
STILL_DELETED = "The deletion of this activity has not been finished. Repeat it first."
NO_WORKSPACE = "The workspace in which the activity was does not exist any more."
NO_STACK = "The stack on which the activity was does not exist any more. If it was deleted, undo that first."
NO_ARCHIVE = "Only a personal workspace has an archive."
PERSON_LEFT = "Somebody in this activity has left the account."
OF_DELEGATION = "This change belongs to a delegation. Delegations cannot be undone, because mails about them were sent."


def refs_beside(caller: Caller, images: Sequence[Activity]) -> list[Ref[Row]]:
    """Return references to the rows that decide whether an activity can become as one of its images shows it."""
    refs: list[Ref[Row]] = []
    for image in images:
        refs += [Tombstone.ref(image), *workspaces.workspace_refs(caller, image.workspace)]
        if image.stack is not None and not stacks.is_inbox(image.workspace, image.stack):
            refs.append(Stack.ref(caller.account, image.workspace, image.stack))
    people = {user for image in images for user in copies.involved_users(image)}
    spaces = {image.workspace for image in images}
    refs += [User.ref(caller.account, user) for user in people]
    return [*refs, *(Member.ref(caller.account, workspace, user) for workspace in spaces for user in people)]


def plan_restoration(caller: Caller, rows: Rows, image: Activity) -> Change[None]:
    """Put a deleted activity back at its old place, with all its copies.

    An alarm that was due meanwhile is not sent any more. Raises errors.Conflict if the activity exists, its deletion
    has not been finished, its place is gone, or somebody in it has left. Raises errors.NotFound and errors.Forbidden.
    """
    stored = rows.get(image.reference)
    if stored is not None:
        raise errors.Conflict(STILL_DELETED if stored.deleted_by else IS_BACK)
    _require_place(caller, rows, image)
    activity = restoring.copy_deleted(image, rows)
    activity.deleted_by = None
    _set_alarm(activity, image.alarm_at and image.block("alarm")["time"])
    return Change(
        None,
        save=[activity, *copies.all_copies(caller, activity)],
        preconditions=[
            restoring.require_same_deletion(image, rows),
            *items.require_destination_open(caller, image.workspace, image.stack),
            *_require_active(caller, rows, copies.involved_users(activity)),
        ],
    )


def plan_reversal(
    caller: Caller, rows: Rows, activity: Activity, before: Activity, fields: Collection[str]
) -> Change[None]:
    """Set fields of an activity back to their values in an image. PLACE among them moves it back, in its old order.

    Raises errors.NotFound, errors.Forbidden, and errors.Conflict if the old place is gone, or if it would give the
    activity to somebody who has left.
    """
    _require_permissions(caller, rows, activity, fields)
    copies_before = copies.all_copies(caller, activity)
    preconditions: list[Precondition] = []
    if PLACE in fields:
        _require_place(caller, rows, before)
        preconditions = items.require_destination_open(caller, before.workspace, before.stack)
        if activity.workspace != before.workspace:
            preconditions = [*items.require_may_leave(caller, activity), *preconditions]
    written = _set_back(caller, activity, before, fields)
    if "assignee" in fields:
        preconditions += _require_assignable(caller, rows, activity)
    current = {row.reference for row in copies.all_copies(caller, activity)}
    outdated = [copy for copy in copies_before if copy.reference not in current]
    return Change(None, written, outdated, preconditions)


def _set_back(caller: Caller, activity: Activity, before: Activity, fields: Collection[str]) -> list[Row]:
    """Change the activity, and return the rows to save."""
    values = {name: before.doc[name] for name in fields if name != PLACE}
    if values:
        activity.change_fields({name: _as_changed_now(value) for name, value in values.items()})
    if "alarm" in values:
        _set_alarm(activity, activity.block("alarm")["time"])
    if PLACE in fields:
        moved = copies.relocate(caller, activity, before.workspace, before.stack, before.order)
        return [activity, *copies.all_copies(caller, activity)] if values else moved
    return [activity, *copies.all_copies(caller, activity)]


def _as_changed_now(value: object) -> object:
    return {**value, "updated_at": clock.now()} if isinstance(value, dict) else value


def _set_alarm(activity: Activity, moment: str | None) -> None:
    """Let the alarm be sent at a time that is still to come."""
    activity.set_alarm(moment if moment and moment > clock.now() else None)


def require_no_delegation_changed(before: Activity, after: Activity) -> None:
    """Raise errors.Conflict if a change of an activity has changed its delegation too, or was a sign-off of it."""
    signed_off = {lifecycle.APPROVED, lifecycle.REJECTED}
    states: JsonObject = {"before": before.state, "after": after.state}
    was_decision = states["after"] in signed_off and states["before"] != states["after"]
    if before.delegation != after.delegation or was_decision:
        raise errors.Conflict(OF_DELEGATION)


def _require_permissions(caller: Caller, rows: Rows, activity: Activity, fields: Collection[str]) -> None:
    """Raise errors.Forbidden or errors.NotFound unless the caller may change these fields."""
    permissions = {"enter"}
    if not BLOCK_SCHEMAS.keys().isdisjoint(fields):
        permissions.add(visible_activity.required_permission(caller, activity, "change_blocks"))
    if "assignee" in fields:
        permissions.add(lifecycle.PERFORMED_BY["take_over"])
    context = workspaces.find_workspace(caller, activity.workspace, rows)
    for permission in sorted(permissions):
        visible_activity.require_permission(caller, activity, context, permission)


def _require_place(caller: Caller, rows: Rows, image: Activity) -> None:
    """Raise errors.Conflict if the place of an image does not exist. Raises errors.NotFound and errors.Forbidden."""
    context = workspaces.find_workspace(caller, image.workspace, rows)
    if context.workspace is None or context.workspace.deletion_state:
        raise errors.Conflict(NO_WORKSPACE)
    workspace = context.require_permission("enter").workspace
    if image.stack is None:
        if workspace.type != PERSONAL:
            raise errors.Conflict(NO_ARCHIVE)
        return
    if not stacks.is_inbox(image.workspace, image.stack):
        stack = rows.get(Stack.ref(caller.account, image.workspace, image.stack))
        if stack is None or stack.deletion_state:
            raise errors.Conflict(NO_STACK)


def _require_active(caller: Caller, rows: Rows, users: Iterable[str]) -> list[Precondition]:
    """Return the preconditions that users belong to the account. Raises errors.Conflict if one of them does not."""
    error = errors.Conflict(PERSON_LEFT)
    for user in users:
        row = rows.get(User.ref(caller.account, user))
        if row is None or row.deletion_state:
            raise error
    return [access.require_user_active(caller.account, user, error) for user in sorted(users)]


def _require_assignable(caller: Caller, rows: Rows, activity: Activity) -> list[Precondition]:
    """Return the preconditions that the assignee is still in the workspace. Raises errors.Conflict."""
    error = errors.Conflict("The former assignee has left the workspace.")
    ref = Member.ref(caller.account, activity.workspace, activity.assignee)
    member = rows.get(ref)
    if member is None or member.role not in (access.OWNER, access.MEMBER):
        raise error
    return [
        *_require_active(caller, rows, [activity.assignee]),
        Precondition(ref, Member.is_inside(), error),
    ]
