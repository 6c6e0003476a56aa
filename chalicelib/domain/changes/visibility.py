"""Who may see an image of an object: a row as it was before or after a change.

The rules are those of the calls that read the objects. They are applied to the image, with the roles that the viewer
has now.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from chalicelib.domain import access
from chalicelib.domain.access import INVITED, OWNER, Caller
from chalicelib.domain.activities import copies
from chalicelib.domain.people.invitations import PENDING
from chalicelib.domain.workspaces.workspaces import users_by_id
from chalicelib.storage import table
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.audit import AuditEvent
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows


class Viewer(NamedTuple):
    """A user who looks at changes. `roles` are the roles that the user has in workspaces now, by their ids."""

    caller: Caller
    user: User
    roles: Mapping[int, str]

    @property
    def is_admin(self) -> bool:
        """Whether the user is an admin of the account."""
        return access.is_admin(self.user)


def read_viewer(caller: Caller) -> Viewer:
    """Return the caller as a viewer. Raises errors.Forbidden if the caller has left the account."""
    user, memberships = run_both(
        lambda: table.get(User.ref(caller.account, caller.user)),
        lambda: list(table.query(Membership.of_user(caller.account, caller.user))),
    )
    return Viewer(caller, access.require_active(user), {one.workspace: one.role for one in memberships})


class Surroundings(NamedTuple):
    """The rows beside some images that decide who sees them, and that their answers show."""

    viewer: Viewer
    rows: Rows
    people: Mapping[str, User]
    workspaces: Mapping[int, Workspace]

    @property
    def is_admin(self) -> bool:
        """Whether the viewer is an admin of the account."""
        return self.viewer.is_admin

    def role_in(self, workspace: Workspace) -> str:
        """Return the role of the viewer in a workspace that the viewer may see."""
        return self.viewer.roles.get(workspace.id, OWNER)

    def sees_all_of(self, user: User) -> bool:
        """Return whether the viewer may see what a user's answer shows only to admins and to the user."""
        return self.is_admin or user.id == self.viewer.user.id

    def may_enter(self, workspace_id: int) -> bool:
        """Return whether the viewer may see what is in a workspace."""
        return self.viewer.roles.get(workspace_id, INVITED) != INVITED and self.is_open(workspace_id)

    def is_open(self, workspace_id: int) -> bool:
        """Return whether a workspace exists and is not being deleted."""
        workspace = self.workspaces.get(workspace_id)
        return workspace is not None and not workspace.deletion_state

    def may_see(self, row: Row) -> bool:
        """Return whether the viewer may see an image."""
        rule = RULES.get(type(row))
        return rule is None or rule(self, row)


def read_surroundings(viewer: Viewer, images: Iterable[Row]) -> Surroundings:
    """Return what decides who sees these images, with the people in them, in one request.

    Another request follows if a comment is on an activity that is in another workspace than the viewer's own.
    """
    account, shown = viewer.caller.account, list(images)
    people = {user for row in shown for user in _people_in(row)}
    spaces = {workspace for row in shown for workspace in _workspaces_of(row)}
    activities = {row.doc["activity_id"] for row in shown if isinstance(row, Comment)}
    spaces |= set(viewer.roles) if activities else set()
    refs: list[Ref[Row]] = [User.ref(account, user) for user in people]
    refs += [Activity.ref(account, activity) for activity in activities]
    rows = table.get_many([*refs, *(Workspace.ref(account, workspace) for workspace in spaces)])
    unread = {activity.workspace for activity in rows.all(Activity)} - spaces
    more = table.get_many(Workspace.ref(account, workspace) for workspace in unread)
    found = rows | more
    return Surroundings(viewer, found, users_by_id(found), {one.id: one for one in found.all(Workspace)})


def _people_in(row: Any) -> set[str]:
    """Return the ids of the users whom the answer of an image shows."""
    if isinstance(row, Activity | Delegation):
        return set(row.people)
    names = {
        Workspace: ("owner",),
        Member: ("user",),
        Invitation: ("user", "inviter"),
        Follow: ("holder", "other_user"),
    }
    if isinstance(row, Comment):
        return {row.author}
    return {getattr(row, name) for name in names.get(type(row), ())}


def _workspaces_of(row: Any) -> set[int]:
    if not isinstance(row, Stack | Member | Activity | Delegation | Invitation):
        return set()
    return {row.workspace} if row.workspace is not None else set()


def _sees_workspace(around: Surroundings, row: Workspace) -> bool:
    return row.id in around.viewer.roles or row.owner == around.viewer.user.id


def _sees_stack(around: Surroundings, row: Stack) -> bool:
    return around.may_enter(row.workspace)


def _sees_member(around: Surroundings, row: Member) -> bool:
    return row.user == around.viewer.user.id or around.may_enter(row.workspace)


def _sees_activity(around: Surroundings, row: Activity) -> bool:
    is_party = around.viewer.user.id in copies.delegation_parties(row)
    return around.may_enter(row.workspace) or (is_party and around.is_open(row.workspace))


def _sees_comment(around: Surroundings, row: Comment) -> bool:
    """Comments are seen with the activity as it is now. Once it has been deleted, only their authors see them."""
    activity = around.rows.get(Activity.ref(around.viewer.caller.account, row.doc["activity_id"]))
    if activity is None or activity.deleted_by:
        return row.author == around.viewer.user.id
    return _sees_activity(around, activity)


def _sees_delegation(around: Surroundings, row: Delegation) -> bool:
    is_party = around.viewer.user.id in (row.delegator, row.delegee)
    return is_party and (row.workspace is None or around.is_open(row.workspace))


def _sees_invitation(around: Surroundings, row: Invitation) -> bool:
    is_own = around.viewer.user.id in (row.user, row.inviter)
    return around.is_open(row.workspace) and (is_own or (row.state == PENDING and around.may_enter(row.workspace)))


def _sees_follow(around: Surroundings, row: Follow) -> bool:
    return around.viewer.user.id in (row.holder, row.other_user)


def _sees_credential(around: Surroundings, row: Credential) -> bool:
    return access.can_see_credential(around.viewer.user, row)


def _sees_event(around: Surroundings, _row: AuditEvent) -> bool:
    return around.viewer.is_admin


# Everybody in the account sees all other objects: users and the OGSM objects.
RULES: Mapping[type[Row], Callable[[Surroundings, Any], bool]] = {
    Workspace: _sees_workspace,
    Stack: _sees_stack,
    Member: _sees_member,
    Activity: _sees_activity,
    Comment: _sees_comment,
    Delegation: _sees_delegation,
    Invitation: _sees_invitation,
    Follow: _sees_follow,
    Credential: _sees_credential,
    AuditEvent: _sees_event,
}
