"""Authorisation: who the caller is, and what the caller may do.

Objects that the caller may not see raise NotFound. Actions that the caller may not perform raise Forbidden.
"""

from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.deletion_states import ARCHIVING, DELETING
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.stamps import OPERATOR, Author
from chalicelib.storage.unit_of_work import Precondition


class Caller(NamedTuple):
    """The user on whose behalf a request is made. A caller reaches only objects of the account `account`.

    `key` is the credential of the request. `scope` is "read" or "write". `has_token` says that the request was made
    with an access token of the credential, not with its secret. `confirms_deletions` says that the account lets its API
    clients delete only what they have confirmed.
    """

    account: int
    user: str
    key: str
    scope: str
    has_token: bool = False
    confirms_deletions: bool = False

    def as_author(self, request_id: str = "") -> Author:
        """Return the caller as the author of changes. `request_id` is the id of the request."""
        return Author(self.user, self.key.partition("-")[2], request_id)


ANONYMOUS = Caller(account=0, user="", key="", scope="")


def operator(account: int) -> Caller:
    """Return the caller for operator commands. It has no user and no credential, and it may do everything."""
    return Caller(account, OPERATOR, "", "write")


def require_write_scope(caller: Caller) -> None:
    """Raise Forbidden unless the caller's credential or token has the scope `write`."""
    if caller.scope != "write":
        raise errors.Forbidden("This credential or token may only read. Making changes requires the scope write.")


def require_secret(caller: Caller) -> None:
    """Raise Forbidden if the request was made with an access token.

    A token is valid for hours only. With a new secret, a stolen token would give access for longer.
    """
    if caller.has_token:
        raise errors.Forbidden("An access token cannot do this. Send the key and secret of a credential instead.")


WORKSPACE_NOT_FOUND = "There is no such workspace."
OWNER, MEMBER, INVITED = "owner", "member", "invited"


class Permission(NamedTuple):
    """Something that users do in a workspace, and the roles that may do it.

    `text` describes it in error messages, after "may not". Members also need `setting`, a setting of the workspace.
    """

    text: str
    roles: frozenset[str]
    setting: str | None = None


EVERY_ROLE = frozenset({OWNER, MEMBER, INVITED})
OWNER_AND_MEMBERS = frozenset({OWNER, MEMBER})
ONLY_OWNER = frozenset({OWNER})
PERMISSIONS = {
    "see": Permission("see it", EVERY_ROLE),
    "enter": Permission("see what is in it", OWNER_AND_MEMBERS),
    # The parties to a delegation may view its activity without this permission.
    "view": Permission("see its activities", OWNER_AND_MEMBERS),
    "invite": Permission("invite others", OWNER_AND_MEMBERS, "allow_invitations"),
    "take_over": Permission("take over activities of others", OWNER_AND_MEMBERS, "allow_take_over_by_members"),
    "delegate": Permission("delegate activities of others", OWNER_AND_MEMBERS, "allow_take_over_by_members"),
    "change_blocks": Permission(
        "change the blocks of others' activities", OWNER_AND_MEMBERS, "members_can_change_blocks"
    ),
    "change": Permission("change it", ONLY_OWNER),
    "delete": Permission("delete it", ONLY_OWNER),
}
REFUSALS = {
    MEMBER: "Members of this workspace may not {text}.",
    INVITED: "You are only invited to this workspace; you may not {text}.",
}


def require_permission(workspace: Workspace | None, member: Member | None, permission: str) -> tuple[Workspace, Member]:
    """Return the workspace and its member if the member has the permission with this name.

    Raises NotFound without a workspace or a member, and Forbidden without the permission. Nobody finds a workspace that
    was deleted. Only its owner still finds one whose deletion was cut off, to continue it.
    """
    if workspace is None or member is None:
        raise errors.NotFound(WORKSPACE_NOT_FOUND)
    may_continue = workspace.deletion_state in (ARCHIVING, DELETING) and (permission, member.role) == ("delete", OWNER)
    if workspace.deletion_state and not may_continue:
        raise errors.NotFound(WORKSPACE_NOT_FOUND)
    if not has_permission(workspace, member, permission):
        raise errors.Forbidden(REFUSALS[member.role].format(text=PERMISSIONS[permission].text))
    return workspace, member


def has_permission(workspace: Workspace, member: Member, name: str) -> bool:
    """Return whether a member of a workspace, or somebody invited to it, has the permission with this name."""
    permission = PERMISSIONS[name]
    if member.role == MEMBER and permission.setting and not workspace.setting[permission.setting]:
        return False
    return member.role in permission.roles


ADMIN = "admin"
USER_HAS_LEFT = "The user of this credential has left the account."
CALLER_CHANGED = "Your credential or your role was changed while this request was processed. Nothing was changed."


def is_admin(user: User) -> bool:
    """Return whether a user is an admin of the account."""
    return user.role == ADMIN


def require_active(user: User | None) -> User:
    """Return the caller's user as it was read. Raises Forbidden if the user has left the account or is leaving it."""
    if user is None or user.deletion_state:
        raise errors.Forbidden(USER_HAS_LEFT)
    return user


def require_admin(user: User | None) -> User:
    """Return the caller's user as it was read. Raises Forbidden if the user is not an admin of the account."""
    active_user = require_active(user)
    if not is_admin(active_user):
        raise errors.Forbidden("Only an admin of the account may do this.")
    return active_user


def can_see_credential(user: User, credential: Credential) -> bool:
    """Return whether a user may see a credential: admins see all credentials of the account, members their own."""
    return is_admin(user) or credential.user == user.id


def require_user_active(account: int, user: str, error: errors.Problem | None = None) -> Precondition:
    """Return the precondition that a user belongs to the account when a change is committed.

    `error` is raised otherwise. Without it, the user is taken to be the caller.
    """
    return Precondition(User.ref(account, user), User.is_active(), error or errors.Forbidden(USER_HAS_LEFT))


def require_caller_unchanged(caller: Caller, user: User, credential: Credential | None = None) -> list[Precondition]:
    """Return the preconditions that the caller's role and credential are still valid when a change is committed.

    `user` is the caller's user as it was read. With `credential`, the caller's as it was read, it must also treat
    deletions as before.
    """
    conflict, is_valid = errors.Conflict(CALLER_CHANGED), Credential.is_live(clock.now())
    if credential:
        is_valid &= credential.has_same_policy()
    return [
        Precondition(User.ref(caller.account, caller.user), User.has_role(user.role), conflict),
        Precondition(Credential.ref(caller.account, caller.key), is_valid, conflict),
    ]
