"""An activity as somebody sees it: whoever is in its workspace, and whom it is delegated by and to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib import errors, json_text
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, lifecycle
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.documents import ACTIVITY_NOT_FOUND
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import WorkspaceContext
from chalicelib.storage import table
from chalicelib.storage.marks import MARK, people_in
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.unit_of_work import Change

VIEW = "look"
NOT_IN_WORKSPACE = (
    "the activity lies in a workspace that you are not in; as its delegator or delegee you may only look at it"
)


@dataclass(frozen=True)
class VisibleActivity:
    """An activity, and the workspace that it lies in, with what was read beside them."""

    activity: Activity
    context: WorkspaceContext

    def placed(self, caller: Caller) -> PlacedActivity:
        """The activity as it is answered."""
        return copies.place_activity(caller, self.activity, self.context.people)

    def check_party(self, caller: Caller, verb: str) -> None:
        """Lets those pass whose verb it is in a delegation. Raises errors.Forbidden; without one nothing is said."""
        delegation, role = self.activity.delegation, lifecycle.PERFORMED_BY[verb]
        sides = {lifecycle.EITHER: ("delegator", "delegee")}.get(role, (role,))
        if delegation and caller.user not in [delegation[side] for side in sides]:
            raise errors.Forbidden(f"only the {role} may {verb} this activity")
        if verb in lifecycle.SIGN_OFF_VERBS and not (delegation and delegation["sign_off"]):
            raise errors.Forbidden(f"only a delegator who asked for sign-off may {verb} an activity")


def read_activity(caller: Caller, activity_id: int) -> Activity:
    """An activity, unchecked. Raises errors.NotFound."""
    return require_activity(table.get(Activity, caller.account, activity_id))


def require_activity(activity: Activity | None) -> Activity:
    """An activity that was read, unchecked. Raises errors.NotFound."""
    if activity is None:
        raise errors.NotFound(ACTIVITY_NOT_FOUND)
    return activity


def enter_activity(
    caller: Caller, activity: Activity, verb: str = "enter", more: Iterable[Key] = (), beside: Iterable[str] = ()
) -> VisibleActivity:
    """An activity that was read, if the caller may do this with it; with everybody in it, and in texts beside it.

    Raises errors.NotFound, errors.Forbidden.
    """
    people = copies.people_of(activity) | people_in(beside)
    return require_permission(
        caller,
        VisibleActivity(activity, workspaces.read_workspace(caller, activity.workspace, people=people, more=more)),
        verb,
    )


def enter_delegated_activity(caller: Caller, row: Delegation, more: Iterable[Key] = ()) -> VisibleActivity:
    """The activity of an open delegation by or to the caller. Raises errors.NotFound."""
    key = Activity.key(caller.account, row.activity)
    people = people_in([json_text.dump(row.doc)])
    found = workspaces.read_workspace(caller, row.workspace, people=people, more=[key, *more])
    activity: Any = found.rows.get(key)
    if activity is None or activity.workspace != row.workspace or (activity.delegation or {}).get("id") != row.id:
        raise errors.Stale("the activity has just been moved, or the delegation decided")
    return require_permission(caller, VisibleActivity(activity, found), VIEW)


def require_permission(caller: Caller, held: VisibleActivity, verb: str) -> VisibleActivity:
    """What was read of an activity, if the caller may do this with it. Raises errors.NotFound, errors.Forbidden."""
    workspace, is_party = held.context.workspace, caller.user in copies.delegation_parties(held.activity)
    try:
        access.require_permission(workspace, held.context.member, verb)
    except (errors.NotFound, errors.Forbidden) as error:
        if is_party and workspace and not workspace.deletion_state:
            if verb == VIEW:
                return held
            raise errors.Forbidden(NOT_IN_WORKSPACE if isinstance(error, errors.NotFound) else error.detail) from None
        if isinstance(error, errors.NotFound):  # in the same words, or it would tell that there is one
            raise errors.NotFound(ACTIVITY_NOT_FOUND) from None
        raise
    return held


def required_permission(caller: Caller, activity: Activity, verb: str) -> str:
    """What has to be admitted: creator and assignee need only be in its workspace."""
    return "enter" if MARK + caller.user in (activity.doc["creator"], activity.doc["assignee"]) else verb


def plan_rewrite(
    caller: Caller, held: VisibleActivity, before: list[Row], past: Iterable[Row] = ()
) -> Change[PlacedActivity]:
    """The activity as it is now, in all its copies; whoever has nothing to do with it any more no longer has one."""
    change = copies.plan_rewrite(caller, held.activity, before)
    return change.and_save(*past).with_answer(held.placed(caller))
