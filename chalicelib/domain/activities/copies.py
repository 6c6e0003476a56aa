"""The copies of an activity: rows that are only ever written together with it.

There is one in its place (`Placement`), one for each person involved (`UserActivity`), and one for each party to its
open delegation (`Delegation`).
"""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import lifecycle
from chalicelib.domain.activities.documents import ACTIVITY_NOT_FOUND
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.json_text import JsonObject
from chalicelib.storage.models.activities import Activity, Placement, UserActivity
from chalicelib.storage.models.base import Row, StoredText
from chalicelib.storage.models.delegations import OPEN, PAST, Delegation
from chalicelib.storage.unit_of_work import Change


class PlacedActivity(NamedTuple):
    """An activity as stored text, its place, and the people in it. `position` is where it is on its stack."""

    workspace: int
    activity: int
    position: str
    text: StoredText
    people: People


def require_activity(activity: Activity | None) -> Activity:
    """Return the activity that was read. Raises errors.NotFound if there was none or it is being deleted."""
    if activity is None or activity.deleted_by:
        raise errors.NotFound(ACTIVITY_NOT_FOUND)
    return activity


def place_activity(caller: Caller, activity: Activity, people: People) -> PlacedActivity:
    """Return an activity with its place, ready to be serialized."""
    position = placement(caller, activity).position
    return PlacedActivity(activity.workspace, activity.id, position, activity.text, people)


def all_copies(caller: Caller, activity: Activity) -> list[Row]:
    """Build all copies of an activity in its present state."""
    return [placement(caller, activity), *copies_besides_placement(caller, activity)]


def copies_besides_placement(caller: Caller, activity: Activity) -> list[Row]:
    """Build the copies whose keys stay the same when an activity moves."""
    return [*_user_activities(caller, activity), *delegation_copies(caller, activity)]


def plan_rewrite(caller: Caller, activity: Activity, copies_before: Sequence[Row]) -> Change[None]:
    """Save an activity and all its copies; delete those of `copies_before` that it no longer has."""
    copies = all_copies(caller, activity)
    current = {copy.reference for copy in copies}
    outdated = [copy for copy in copies_before if copy.reference not in current]
    return Change(None, save=[activity, *copies], delete=outdated)


def relocate(caller: Caller, activity: Activity, workspace_id: int, stack_id: int | None, order: str) -> list[Row]:
    """Put an activity in another place, and return the rows to save. `stack_id` None is the archive.

    Within a workspace only the placement changes: no other copy names the stack.
    """
    stays_in_workspace = activity.workspace == workspace_id
    activity.workspace, activity.stack, activity.order = workspace_id, stack_id, order
    if stays_in_workspace:
        return [activity, placement(caller, activity)]
    return [activity, *all_copies(caller, activity)]


def placement(caller: Caller, activity: Activity) -> Placement:
    """Build the copy of an activity in its place."""
    key_parts = (activity.workspace, activity.stack, activity.order, activity.id)
    is_discussed = activity.discussed or None  # not stored if false
    return Placement.at(caller.account, *key_parts, activity=activity.id, doc=activity.doc, discussed=is_discussed)


def delegation_parties(activity: Activity) -> set[str]:
    """Return the ids of the delegator and the delegee of an activity, who may view it wherever it is.

    When the delegation is done, only those remain who created the activity or are its assignee.
    """
    delegation = activity.delegation
    if not delegation:
        return set()
    parties = {delegation["delegator"], delegation["delegee"]}
    return parties if delegation["state"] in lifecycle.OPEN_STATES else parties & activity.people


def involved_users(activity: Activity) -> set[str]:
    """Return the ids of all users who have a copy of an activity."""
    return activity.people | delegation_parties(activity)


def _user_activities(caller: Caller, activity: Activity) -> list[UserActivity]:
    """Build the copies for the people involved in an activity."""
    parties = delegation_parties(activity)
    attributes = {"activity": activity.id, "workspace": activity.workspace, "doc": activity.doc}
    return [
        UserActivity.at(caller.account, user, activity.id, delegated=user in parties, **attributes)
        for user in sorted(involved_users(activity))
    ]


def delegation_copies(caller: Caller, activity: Activity) -> list[Delegation]:
    """Build the copies for both parties to the open delegation of an activity."""
    if not activity.delegation or activity.delegation["state"] not in lifecycle.OPEN_STATES:
        return []
    return _delegation_rows(caller, OPEN, activity, activity.delegation, workspace=activity.workspace)


def apply_to_delegation(caller: Caller, activity: Activity, verb: str, **details: str | None) -> list[Delegation]:
    """Apply a verb, with these details, to the delegation of an activity.

    Return the rows of the past delegation to save if the verb ends it.
    """
    if not activity.delegation:
        return []
    state = lifecycle.next_delegation_state(activity.delegation, verb)
    if state == activity.delegation["state"]:
        return []
    delegation = activity.delegation | {"state": state, "updated_at": clock.now()} | details
    remains = state in (*lifecycle.OPEN_STATES, lifecycle.DONE)
    activity.delegation = delegation if remains else None
    if state in lifecycle.OPEN_STATES:
        return []
    return _delegation_rows(caller, PAST, activity, delegation)


def _delegation_rows(
    caller: Caller, group: str, activity: Activity, delegation: JsonObject, workspace: int | None = None
) -> list[Delegation]:
    """Build the rows of a delegation, one for each party. `group` is OPEN or PAST."""
    names = ("id", "origin", "stack", "delegator", "delegee", "state")
    attributes = {name: delegation[name] for name in names}
    attributes |= {"activity": activity.id, "workspace": workspace, "doc": delegation_document(activity, delegation)}
    parties = (delegation["delegator"], delegation["delegee"])
    return [Delegation.at(caller.account, user, group, delegation["id"], **attributes) for user in parties]


def delegation_document(activity: Activity, delegation: JsonObject) -> JsonObject:
    """Return a delegation with its activity, its fields in the order of the document."""
    names = ("delegator", "delegee", "note", "sign_off", "state", "created_at", "updated_at", "reason", "delivery")
    details = {name: delegation[name] for name in names}
    return {"id": delegation["id"], "activity": activity.doc} | details
