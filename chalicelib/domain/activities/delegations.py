"""Delegations: what becomes of an activity that one person has handed over to another.

One delegation of an activity is open at a time, whoever hands it on. Once it is accepted the delegee is the assignee,
and the activity lies with the delegee unless the delegee is a member of the workspace where it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib import clock, errors, json_text
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.activities import copies, documents, items, lifecycle, visible_activity
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.visible_activity import VIEW, VisibleActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import Fields, People, WorkspaceContext
from chalicelib.storage import table
from chalicelib.storage.marks import MARK, people_in
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Key
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.unit_of_work import Change, Precondition

DELEGATION_NOT_FOUND = "there is no such delegation"


@dataclass(frozen=True)
class DelegationView:
    """A delegation as it is answered, and the people in it."""

    id: int
    activity: int
    text: str
    people: People


def get_delegation(caller: Caller, delegation_id: int) -> DelegationView:
    """One delegation by or to the caller, open or past. Raises errors.NotFound."""
    row = get_own_row(caller, delegation_id)
    text = json_text.dump(row.doc)
    spaces = {row.workspace} if row.workspace else set()
    people, there = workspaces.read_open_workspaces(caller, spaces, people_in([text]))
    if spaces - there:
        raise errors.NotFound(DELEGATION_NOT_FOUND)
    return DelegationView(row.id, row.activity, text, people)


def respond_for_activity(
    caller: Caller, activity_id: int, verb: str, reason: str | None = None
) -> Change[PlacedActivity]:
    """Accepts, declines or takes back what has been delegated. Raises errors.NotFound, Forbidden, Conflict."""
    activity = visible_activity.read_activity(caller, activity_id)
    home = _home_keys(caller, activity.delegation) if activity.delegation else []
    return plan_decision(caller, visible_activity.enter_activity(caller, activity, VIEW, more=home), verb, reason)


def respond(caller: Caller, delegation_id: int, verb: str, reason: str | None = None) -> Change[DelegationView]:
    """Accepts or declines a delegation. Raises errors.NotFound, Forbidden, Conflict."""
    found = enter_open_delegation(caller, get_own_row(caller, delegation_id), verb)
    change = plan_decision(caller, found, verb, reason)
    row = next(one for one in change.save if isinstance(one, Delegation))
    return change.with_answer(view(found, row.doc))


def get_own_row(caller: Caller, delegation_id: int) -> Delegation:
    """What is kept with the caller of a delegation. Raises errors.NotFound."""
    sides = (Delegation.opened, Delegation.past)
    keys = [Delegation.key(caller.account, caller.user, side, delegation_id) for side in sides]
    for row in table.get_many(keys).values():
        if isinstance(row, Delegation):
            return row
    raise errors.NotFound(DELEGATION_NOT_FOUND)


def enter_open_delegation(
    caller: Caller, row: Delegation, verb: str, *, people: Iterable[str] = (), more: Iterable[Key] = ()
) -> VisibleActivity:
    """The activity of a delegation of the caller. Raises errors.NotFound, and errors.Conflict for a past one."""
    if row.workspace is None:
        past = row.state.replace("_", " ")
        raise errors.Conflict(f"{verb} does not fit a delegation that is {past}; nothing fits any more")
    details = {"origin": row.origin, "stack": row.stack, "delegator": row.delegator}
    cards = [User.key(caller.account, one) for one in people]
    return visible_activity.enter_delegated_activity(caller, row, [*_home_keys(caller, details), *cards, *more])


def view(found: VisibleActivity, document: Fields) -> DelegationView:
    """A delegation as it is answered."""
    return DelegationView(document["id"], found.activity.id, json_text.dump(document), found.context.people)


def plan_decision(
    caller: Caller, found: VisibleActivity, verb: str, reason: str | None = None
) -> Change[PlacedActivity]:
    """What becomes of an activity and its delegation. Raises errors.Forbidden, errors.Conflict."""
    require_verb_allowed(caller, found, verb)
    before = copies.all_copies(caller, found.activity)
    requires = _plan_acceptance(caller, found) if verb == "accept" else plan_return(caller, found)
    said = {"reason": reason} if verb == "decline" else {}
    past = copies.apply_to_delegation(caller, found.activity, verb, **said)
    return visible_activity.plan_rewrite(caller, found, before, past).with_preconditions(*requires)


def plan_end(caller: Caller, row: Delegation, leaver: str) -> Change[PlacedActivity]:
    """Ends a delegation of somebody who leaves: what the delegee had returns, what the delegator gave stays there."""
    delegator = Caller(caller.account, row.delegator, "", "write")
    found = enter_open_delegation(delegator, row, "take_back")
    if row.delegator != leaver or row.state == lifecycle.PENDING:
        return plan_decision(delegator, found, "take_back")
    before = copies.all_copies(caller, found.activity)
    return visible_activity.plan_rewrite(
        caller, found, before, copies.apply_to_delegation(caller, found.activity, "approve")
    )


def require_verb_allowed(caller: Caller, found: VisibleActivity, verb: str) -> None:
    """Lets pass who may do this with a delegation, if it fits. Raises errors.Forbidden, errors.Conflict."""
    found.check_party(caller, verb)
    lifecycle.next_state(found.activity.doc["state"], verb, found.activity.delegation)


def plan_return(caller: Caller, found: VisibleActivity) -> list[Precondition]:
    """Gives what was accepted back to the delegator, where it was if that can still be; answers what that requires."""
    activity, delegation = found.activity, found.activity.delegation
    if delegation["state"] != lifecycle.ACCEPTED:
        return []
    _assign(activity, delegation["delegator"])
    if activity.workspace == delegation["origin"]:
        return []
    return _relocate(caller, activity, *_home(caller, found.context, delegation))


def _plan_acceptance(caller: Caller, found: VisibleActivity) -> list[Precondition]:
    """Makes the delegee the assignee, who gets it on the own inbox unless it lies where the delegee is as well."""
    activity, member = found.activity, found.context.member
    activity.delegation = activity.delegation | {"origin": activity.workspace, "stack": activity.stack}
    _assign(activity, caller.user)
    personal = access.require_active(found.context.people.get(caller.user)).personal
    stays = member is not None and member.role != INVITED
    inbox = workspaces.inbox_id(personal)
    requires = items.require_may_leave(caller, activity) if stays else _relocate(caller, activity, personal, inbox)
    return [*requires, access.require_user_active(caller.account, caller.user)]


def _assign(activity: Activity, user: str) -> None:
    activity.doc = activity.doc | {"assignee": MARK + user, "updated_at": clock.now()}


def _relocate(caller: Caller, activity: Activity, workspace: int, stack: int) -> list[Precondition]:
    """Puts it on top there; where it leaves and where it arrives must both be there when that is committed."""
    leaves = workspaces.require_workspace_open(caller, activity.workspace, documents.ACTIVITY_NOT_FOUND)
    activity.workspace, activity.stack, activity.order = workspace, stack, new_order()
    return [leaves, *items.require_destination_open(caller, workspace, stack)]


def _home(caller: Caller, found: WorkspaceContext, delegation: Fields) -> tuple[int, int]:
    """Where it was, or at least the inbox there, or that of the delegator who is no longer there."""
    space, member, *stacks = (found.rows.get(key) for key in _home_keys(caller, delegation))
    is_open = isinstance(space, Workspace) and not space.deletion_state
    if is_open and isinstance(member, Member) and member.role != INVITED:
        there = [stack.id for stack in stacks if isinstance(stack, Stack) and not stack.deletion_state]
        return delegation["origin"], there[0] if there else workspaces.inbox_id(delegation["origin"])
    personal = found.people[delegation["delegator"]].personal
    return personal, workspaces.inbox_id(personal)


def _home_keys(caller: Caller, delegation: Fields) -> list[Key]:
    """What has to be read to give something back: the workspace it was in, the delegator's place there, the stack."""
    account, origin, stack = caller.account, delegation["origin"], delegation["stack"]
    keys = [Workspace.key(account, origin), Member.key(account, origin, delegation["delegator"])]
    return keys if stack in (None, workspaces.inbox_id(origin)) else [*keys, Stack.key(account, origin, stack)]
