"""Delegations: read them, and accept, decline, take back or end them. Module `delegating` creates them.

An activity has at most one open delegation, even if it is redelegated. When a delegation is accepted, the delegee
becomes the assignee. The activity moves to the delegee's personal inbox unless the delegee is a member of its
workspace.
"""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.activities import copies, documents, items, lifecycle, visible_activity
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.visible_activity import VIEW, ActivityContext, VisibleActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.json_text import JsonObject
from chalicelib.storage import stored_text, table
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref, Row, StoredText
from chalicelib.storage.models.delegations import OPEN, PAST, Delegation
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.unit_of_work import Change, Precondition

DELEGATION_NOT_FOUND = "There is no such delegation."


class DelegationView(NamedTuple):
    """A delegation as stored text, and the people in it."""

    id: int
    activity: int
    text: StoredText
    people: People


def get_delegation(caller: Caller, delegation_id: int) -> DelegationView:
    """Return an open or past delegation by or to the caller. Raises errors.NotFound."""
    row = get_own_row(caller, delegation_id)
    needed = {row.workspace} if row.workspace else set()
    people, open_workspaces = workspaces.read_open_workspaces(caller, needed, row.people)
    if needed - open_workspaces:
        raise errors.NotFound(DELEGATION_NOT_FOUND)
    return DelegationView(row.id, row.activity, row.text, people)


def respond_for_activity(
    caller: Caller, activity_id: int, verb: str, reason: str | None = None
) -> Change[PlacedActivity]:
    """Accept, decline or take back the delegation of an activity.

    Raises errors.NotFound, errors.Forbidden and errors.Conflict.
    """
    activity = visible_activity.read_activity(caller, activity_id)
    refs = _origin_refs(caller, activity.delegation) if activity.delegation else []
    visible = visible_activity.enter_activity(caller, activity, VIEW, refs=refs)
    return plan_decision(caller, visible, verb, reason)


def respond(caller: Caller, delegation_id: int, verb: str, reason: str | None = None) -> Change[DelegationView]:
    """Accept or decline a delegation. Raises errors.NotFound, errors.Forbidden and errors.Conflict."""
    visible = enter_open_delegation(caller, get_own_row(caller, delegation_id), verb)
    change = plan_decision(caller, visible, verb, reason)
    row = next(saved for saved in change.save if isinstance(saved, Delegation))
    return change.with_answer(view(visible, row.doc))


def get_own_row(caller: Caller, delegation_id: int) -> Delegation:
    """Return the row of a delegation by or to the caller, open or past. Raises errors.NotFound."""
    refs = [Delegation.ref(caller.account, caller.user, group, delegation_id) for group in (OPEN, PAST)]
    found = table.get_many(refs).all(Delegation)
    if not found:
        raise errors.NotFound(DELEGATION_NOT_FOUND)
    return found[0]


def enter_open_delegation(
    caller: Caller,
    row: Delegation,
    verb: str,
    *,
    people: Iterable[str] = (),
    refs: Iterable[Ref[Row]] = (),
) -> VisibleActivity:
    """Return the activity of an open delegation by or to the caller, with these people and the rows of `refs`.

    Raises errors.NotFound, and errors.Conflict, which names the verb, if the delegation is past.
    """
    if row.workspace is None:
        state = row.state.replace("_", " ")
        raise errors.Conflict(f"A delegation that is {state} does not allow {verb}. It allows nothing any more.")
    place = {"origin": row.origin, "stack": row.stack, "delegator": row.delegator}
    user_refs = [User.ref(caller.account, user) for user in people]
    return visible_activity.enter_delegated_activity(caller, row, [*_origin_refs(caller, place), *user_refs, *refs])


def view(visible: VisibleActivity, document: JsonObject) -> DelegationView:
    """Return the view of a delegation of this activity."""
    return DelegationView(document["id"], visible.activity.id, stored_text.store(document), visible.context.people)


def plan_decision(
    caller: Caller, visible: VisibleActivity, verb: str, reason: str | None = None
) -> Change[PlacedActivity]:
    """Accept, decline or take back a delegation. Raises errors.Forbidden and errors.Conflict."""
    require_verb_allowed(caller, visible, verb)
    copies_before = copies.all_copies(caller, visible.activity)
    preconditions = _accept(caller, visible) if verb == "accept" else return_to_delegator(caller, visible)
    details = {"reason": reason} if verb == "decline" else {}
    past_delegation = copies.apply_to_delegation(caller, visible.activity, verb, **details)
    change = visible_activity.plan_rewrite(caller, visible, copies_before, past_delegation)
    return change.with_preconditions(*preconditions)


def plan_end(caller: Caller, row: Delegation, leaver: str) -> Change[PlacedActivity]:
    """End a delegation because `leaver`, its delegator or delegee, leaves the account.

    An accepted activity returns to the delegator if the delegee leaves, and stays with the delegee if the delegator
    leaves. In a deleted workspace, which may be restored, it stays where it is.
    """
    delegator = Caller(caller.account, row.delegator, "", "write")
    place = {"origin": row.origin, "stack": row.stack, "delegator": row.delegator}
    visible = visible_activity.read_delegated_activity(delegator, row, _origin_refs(caller, place))
    if row.delegator != leaver or row.state == lifecycle.PENDING:
        return plan_decision(delegator, visible, "take_back")
    copies_before = copies.all_copies(caller, visible.activity)
    past_delegation = copies.apply_to_delegation(caller, visible.activity, "approve")
    return visible_activity.plan_rewrite(caller, visible, copies_before, past_delegation)


def require_verb_allowed(caller: Caller, visible: VisibleActivity, verb: str) -> None:
    """Raise errors.Forbidden if the verb is not the caller's, and errors.Conflict if the states do not allow it."""
    visible.require_party(caller, verb)
    lifecycle.next_state(visible.activity.state, verb, visible.activity.delegation)


def return_to_delegator(caller: Caller, visible: VisibleActivity) -> list[Precondition]:
    """Give an accepted activity back to the delegator, and return what the commit requires.

    It returns to where it was when it was delegated, if that place still exists. If it has just been deleted, the
    commit raises errors.Stale, and the next plan finds another place.
    """
    activity, delegation = visible.activity, visible.activity.delegation
    if delegation["state"] != lifecycle.ACCEPTED:
        return []
    activity.assignee = delegation["delegator"]
    if activity.workspace == delegation["origin"] or visible.context.workspace.deletion_state:
        return []
    workspace_id, stack_id = _find_place_to_return(caller, visible.context, delegation)
    closed = errors.Stale("The place to which the activity returns has just been deleted.")
    required = _relocate(caller, activity, workspace_id, stack_id)
    return [Precondition(one.ref, one.condition, closed, one.counts) for one in required]


def _accept(caller: Caller, visible: VisibleActivity) -> list[Precondition]:
    """Make the caller, who is the delegee, the assignee, and return what the commit requires.

    The activity moves to the delegee's personal inbox unless the delegee is a member of its workspace.
    """
    activity, member = visible.activity, visible.context.member
    activity.delegation = activity.delegation | {"origin": activity.workspace, "stack": activity.stack}
    activity.assignee = caller.user
    personal = access.require_active(visible.context.people.get(caller.user)).personal_workspace
    if member is not None and member.role != INVITED:
        preconditions = items.require_may_leave(caller, activity)
    else:
        preconditions = _relocate(caller, activity, personal, workspaces.inbox_id(personal))
    return [*preconditions, access.require_user_active(caller.account, caller.user)]


def _relocate(caller: Caller, activity: Activity, workspace_id: int, stack_id: int) -> list[Precondition]:
    """Put an activity on top of a stack. Return the requirement that both its old and its new place are open."""
    origin_open = workspaces.require_workspace_open(caller, activity.workspace, documents.ACTIVITY_NOT_FOUND)
    activity.workspace, activity.stack, activity.order = workspace_id, stack_id, new_order()
    return [origin_open, *items.require_destination_open(caller, workspace_id, stack_id)]


def _find_place_to_return(caller: Caller, context: ActivityContext, delegation: JsonObject) -> tuple[int, int]:
    """Return the workspace and stack to which an activity goes back.

    These are the ones where it was delegated. If the stack is gone, it is the inbox of that workspace. If the workspace
    is gone, or the delegator is no longer a member of it, it is the delegator's personal inbox.
    """
    origin, stack_id, delegator = delegation["origin"], delegation["stack"], delegation["delegator"]
    workspace = context.rows.get(Workspace.ref(caller.account, origin))
    member = context.rows.get(Member.ref(caller.account, origin, delegator))
    if workspace is None or workspace.deletion_state or member is None or member.role == INVITED:
        personal = context.people[delegator].personal_workspace
        return personal, workspaces.inbox_id(personal)
    stack = None if stack_id is None else context.rows.get(Stack.ref(caller.account, origin, stack_id))
    is_stack_open = stack is not None and not stack.deletion_state
    return origin, stack_id if is_stack_open else workspaces.inbox_id(origin)


def _origin_refs(caller: Caller, delegation: JsonObject) -> list[Ref[Row]]:
    """Return references to the workspace where an activity was delegated, the delegator in it, and its stack."""
    account, origin, stack = caller.account, delegation["origin"], delegation["stack"]
    refs: list[Ref[Row]] = [Workspace.ref(account, origin), Member.ref(account, origin, delegation["delegator"])]
    if stack not in (None, workspaces.inbox_id(origin)):
        refs.append(Stack.ref(account, origin, stack))
    return refs
