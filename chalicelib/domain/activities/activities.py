"""Read and change one activity, wherever it is. Members of its workspace may do so; settings restrict some verbs."""

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, delegations, deletion, documents, items, lifecycle, visible_activity
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.visible_activity import VIEW, VisibleActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.json_text import JsonObject
from chalicelib.schemas.activities import BLOCK_SCHEMAS
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.users import User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Steps


def get_activity(caller: Caller, activity_id: int) -> PlacedActivity:
    """Return an activity of a workspace of the caller, or one that is delegated by or to the caller.

    Raises errors.NotFound.
    """
    activity = visible_activity.read_activity(caller, activity_id)
    return visible_activity.enter_activity(caller, activity, VIEW).placed(caller)


def create_activity(caller: Caller, fields: JsonObject) -> Change[PlacedActivity]:
    """Create an activity on top of the inbox of the caller's personal workspace."""
    user, activity_id = run_both(
        lambda: access.require_active(table.get(User.ref(caller.account, caller.user))),
        lambda: next_id(caller.account, "ids"),
    )
    document = documents.new_document(activity_id, caller.user, fields)
    inbox_id = workspaces.inbox_id(user.personal_workspace)
    change = items.plan_new_item(caller, user.personal_workspace, inbox_id, document, {user.id: user})
    return change.with_preconditions(access.require_user_active(caller.account, caller.user))


def update_activity(caller: Caller, activity_id: int, fields: JsonObject) -> Change[PlacedActivity]:
    """Change the name and description of an activity. Raises errors.NotFound and errors.Forbidden."""
    activity = visible_activity.read_activity(caller, activity_id)
    return _plan_update(caller, visible_activity.enter_activity(caller, activity), fields)


def change_block(caller: Caller, activity_id: int, block_id: str, fields: JsonObject) -> Change[PlacedActivity]:
    """Set the value or the time of a building block.

    The owner of the workspace, the creator and the assignee may do so; other members only while
    `members_can_change_blocks` is set. Raises errors.NotFound, errors.Forbidden and errors.Invalid.
    """
    activity = visible_activity.read_activity(caller, activity_id)
    permission = visible_activity.required_permission(caller, activity, "change_blocks")
    visible = visible_activity.enter_activity(caller, activity, permission)
    name = _find_block(activity, block_id)
    if not fields:
        return Change(visible.placed(caller))
    value = BLOCK_SCHEMAS[name].check(fields)["value"]
    block = activity.block(name)
    changes: JsonObject = {"time": value} if "time" in block else {"value": str(value)}
    if changes.items() <= block.items():
        return Change(visible.placed(caller))
    return _plan_update(caller, visible, {name: {**block, **changes, "updated_at": clock.now()}})


def _find_block(activity: Activity, block_id: str) -> str:
    """Return the name of the block with this id. Raises errors.NotFound."""
    for name in BLOCK_SCHEMAS:
        if activity.block(name)["id"] == block_id:
            return name
    raise errors.NotFound("There is no such block in this activity.")


def move_activity(caller: Caller, activity_id: int, workspace_id: int, source: int | None) -> Change[PlacedActivity]:
    """Put an activity on top of the inbox of a workspace.

    `source` is the id of the workspace or stack where the caller expects it to be. Raises errors.NotFound,
    errors.Forbidden, and errors.Conflict if the activity is somewhere else.
    """
    activity = visible_activity.read_activity(caller, activity_id)
    destination_refs = workspaces.workspace_refs(caller, workspace_id)
    context = visible_activity.enter_activity(caller, activity, refs=destination_refs).context
    if source not in (None, activity.workspace, activity.stack):
        raise errors.Conflict("The activity is not in the place that source_id names. Nothing was moved.")
    destination = workspaces.find_workspace(caller, workspace_id, context.rows).require_permission("enter")
    return items.plan_move(caller, destination, activity, workspaces.inbox_id(workspace_id), new_order())


def apply_verb(caller: Caller, activity_id: int, verb: str) -> Change[PlacedActivity]:
    """Apply a verb of lifecycle.TRANSITIONS, except delete, to an activity.

    Raises errors.NotFound, errors.Forbidden, and errors.Conflict if the state of the activity does not allow the verb.
    """
    activity = visible_activity.read_activity(caller, activity_id)
    performer = lifecycle.PERFORMED_BY[verb]
    if performer in access.PERMISSIONS:
        visible = visible_activity.enter_activity(caller, activity, performer)
    else:
        visible = visible_activity.enter_activity(caller, activity, VIEW)
        visible.require_party(caller, verb)
    state = lifecycle.next_state(activity.doc["state"], verb, activity.delegation)
    if verb == "take_over":
        return _plan_take_over(caller, visible)
    return _plan_rewrite(caller, visible, {"state": state}, verb)


def delete_activity(caller: Caller, activity_id: int) -> Steps[PlacedActivity]:
    """Delete an activity and all its copies. If there are comments, they are deleted in further steps.

    Nobody sees the activity or its comments once the first step is committed. A repeated request continues. Only the
    answer shows the activity in the state deleted: nothing of it remains stored. Raises errors.NotFound and
    errors.Forbidden.
    """
    activity = table.get(Activity.ref(caller.account, activity_id))
    if activity is None:
        raise errors.NotFound(documents.ACTIVITY_NOT_FOUND)
    people = _find_people_if_deletable(caller, activity)
    outdated = copies.all_copies(caller, activity)
    activity.doc = activity.doc | {"state": lifecycle.DELETED, "updated_at": clock.now()}
    answer = copies.place_activity(caller, activity, people)
    if not activity.discussed:
        return Change(answer, delete=[activity, *outdated])
    if not activity.deleted_by:
        activity.deleted_by, activity.delegation = caller.user, None
        activity.set_alarm(None)
        yield Change(None, save=[activity], delete=outdated)
    *batches, last = deletion.delete_with_comments(caller, activity)
    yield from batches
    return last.with_answer(answer)


def _find_people_if_deletable(caller: Caller, activity: Activity) -> People:
    """Return the people in an activity that the caller may delete. Raises errors.NotFound and errors.Forbidden.

    The user who has begun to delete it may finish that, even without access to the workspace by now.
    """
    if activity.deleted_by == caller.user:
        return workspaces.read_workspace(caller, activity.workspace, people=copies.involved_users(activity)).people
    return visible_activity.enter_activity(caller, activity).context.people


def _plan_take_over(caller: Caller, visible: VisibleActivity) -> Change[PlacedActivity]:
    """Make the caller the assignee.

    A pending delegation to the caller is accepted. A delegation to anybody else is taken back.
    """
    activity, delegation = visible.activity, visible.activity.delegation or {}
    is_pending = delegation.get("state") == lifecycle.PENDING
    if is_pending and delegation["delegee"] == caller.user:
        return delegations.plan_decision(caller, visible, "accept")
    if activity.assignee == caller.user and not is_pending:
        return Change(visible.placed(caller))
    change = _plan_rewrite(caller, visible, {"assignee": caller.user}, "take_over")
    return change.with_preconditions(*items.require_may_leave(caller, activity))


def _plan_update(caller: Caller, visible: VisibleActivity, fields: JsonObject) -> Change[PlacedActivity]:
    """Set these fields of the activity. Write nothing if they already have these values."""
    if fields.items() <= visible.activity.doc.items():
        return Change(visible.placed(caller))
    return _plan_rewrite(caller, visible, fields)


def _plan_rewrite(
    caller: Caller, visible: VisibleActivity, fields: JsonObject, verb: str = ""
) -> Change[PlacedActivity]:
    """Set these fields of the activity, and apply the verb to its delegation."""
    activity = visible.activity
    copies_before = copies.all_copies(caller, activity)
    activity.change_fields(fields)
    past_delegation = copies.apply_to_delegation(caller, activity, verb)
    return visible_activity.plan_rewrite(caller, visible, copies_before, past_delegation)
