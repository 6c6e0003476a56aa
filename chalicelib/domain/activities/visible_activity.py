"""An activity that the caller may see: as somebody in its workspace, or as a party to its delegation."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, lifecycle
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.documents import ACTIVITY_NOT_FOUND
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People, UncheckedContext
from chalicelib.storage import table
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref, Row, StoredText
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.rows import Rows
from chalicelib.storage.stored_text import people_in
from chalicelib.storage.unit_of_work import Change

VIEW = "view"  # the permission of domain.access that parties to a delegation have outside the workspace as well
NOT_IN_WORKSPACE = (
    "This activity is in a workspace that you are not a member of. As its delegator or delegee you may only view it."
)


class ActivityContext(NamedTuple):
    """The workspace of an activity, the caller's place in it, and the other rows that were read with them.

    A party to the delegation of the activity need not be a member. `member` is None then.
    """

    workspace: Workspace
    member: Member | None
    people: People
    rows: Rows


class VisibleActivity(NamedTuple):
    """An activity with its workspace and everything that was read with it."""

    activity: Activity
    context: ActivityContext

    def placed(self, caller: Caller) -> PlacedActivity:
        """Return the activity with its place, ready to be serialized."""
        return copies.place_activity(caller, self.activity, self.context.people)

    def require_party(self, caller: Caller, verb: str) -> None:
        """Raise errors.Forbidden unless the caller is the party to the delegation to whom the verb belongs.

        Without a delegation only the verbs of sign-off are refused: the state of the activity rules out the others.
        """
        delegation, role = self.activity.delegation, lifecycle.PERFORMED_BY[verb]
        action = verb.replace("_", " ")
        sides = ("delegator", "delegee") if role == lifecycle.EITHER else (role,)
        if delegation and caller.user not in [delegation[side] for side in sides]:
            raise errors.Forbidden(f"Only the {role} may {action} this activity.")
        if verb in lifecycle.SIGN_OFF_VERBS and not (delegation and delegation["sign_off"]):
            raise errors.Forbidden(f"Only a delegator who asked for sign-off may {action} an activity.")


def read_activity(caller: Caller, activity_id: int) -> Activity:
    """Return an activity without checking that the caller may see it. Raises errors.NotFound."""
    return copies.require_activity(table.get(Activity.ref(caller.account, activity_id)))


def enter_activity(
    caller: Caller,
    activity: Activity,
    permission: str = "enter",
    *,
    texts: Iterable[StoredText] = (),
    refs: Iterable[Ref[Row]] = (),
) -> VisibleActivity:
    """Return an activity with its workspace if the caller has a permission there.

    The people in the activity and in the further stored texts, and the rows that `refs` name, are read with it.
    Raises errors.NotFound and errors.Forbidden.
    """
    people = copies.involved_users(activity) | people_in(texts)
    context = workspaces.read_workspace(caller, activity.workspace, people=people, refs=refs)
    return require_permission(caller, activity, context, permission)


def enter_delegated_activity(caller: Caller, row: Delegation, refs: Iterable[Ref[Row]] = ()) -> VisibleActivity:
    """Return the activity of an open delegation by or to the caller, with its workspace and the rows of `refs`.

    Raises errors.NotFound, and errors.Stale if the activity has changed since the delegation was read.
    """
    activity, context = _read_delegated_activity(caller, row, refs)
    return require_permission(caller, activity, context, VIEW)


def read_delegated_activity(caller: Caller, row: Delegation, refs: Iterable[Ref[Row]] = ()) -> VisibleActivity:
    """Return the same as `enter_delegated_activity`, also if the workspace was deleted and is still stored."""
    activity, context = _read_delegated_activity(caller, row, refs)
    if context.workspace is None:
        raise errors.NotFound(ACTIVITY_NOT_FOUND)
    return VisibleActivity(activity, ActivityContext(context.workspace, context.member, context.people, context.rows))


def _read_delegated_activity(
    caller: Caller, row: Delegation, refs: Iterable[Ref[Row]]
) -> tuple[Activity, UncheckedContext]:
    ref = Activity.ref(caller.account, row.activity)
    context = workspaces.read_workspace(caller, row.workspace, people=row.people, refs=[ref, *refs])
    activity = context.rows.get(ref)
    if activity is None or activity.workspace != row.workspace or (activity.delegation or {}).get("id") != row.id:
        raise errors.Stale("The activity has just been moved, or its delegation has just been decided.")
    return activity, context


def require_permission(
    caller: Caller, activity: Activity, context: UncheckedContext, permission: str
) -> VisibleActivity:
    """Return the activity if the caller has a permission in its workspace.

    Parties to its delegation may view it even if they are not in its workspace. Raises errors.NotFound and
    errors.Forbidden.
    """
    workspace = _find_workspace_as_party(caller, activity, context)
    try:
        workspace, _ = access.require_permission(context.workspace, context.member, permission)
    except errors.NotFound:
        if workspace is None:  # the same words as for an unknown id, so as not to reveal that the activity exists
            raise errors.NotFound(ACTIVITY_NOT_FOUND) from None
        if permission != VIEW:
            raise errors.Forbidden(NOT_IN_WORKSPACE) from None
    except errors.Forbidden:
        if workspace is None or permission != VIEW:
            raise
    return VisibleActivity(activity, ActivityContext(workspace, context.member, context.people, context.rows))


def _find_workspace_as_party(caller: Caller, activity: Activity, context: UncheckedContext) -> Workspace | None:
    """Return the workspace if the caller is a party to the activity's delegation, unless it was deleted."""
    workspace = context.workspace
    is_party = caller.user in copies.delegation_parties(activity)
    return workspace if is_party and workspace and not workspace.deletion_state else None


def required_permission(caller: Caller, activity: Activity, verb: str) -> str:
    """Return the permission that the caller needs for a verb: creator and assignee only need to be members."""
    return "enter" if caller.user in activity.people else verb


def plan_rewrite(
    caller: Caller, visible: VisibleActivity, copies_before: list[Row], past_delegation: Iterable[Row] = ()
) -> Change[PlacedActivity]:
    """Save an activity and all its copies, and the rows of a delegation that has ended; delete outdated copies."""
    change = copies.plan_rewrite(caller, visible.activity, copies_before)
    return change.and_save(*past_delegation).with_answer(visible.placed(caller))
