"""The gate: who is calling, and what that lets them do.

What the caller may not see is errors.NotFound, what the caller may see and not do is errors.Forbidden.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib import clock, errors
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.unit_of_work import Precondition


@dataclass(frozen=True)
class Caller:
    """Whose credential a request carries. Everything a caller reaches lies in `account`."""

    account: int
    user: str
    key: str
    scope: str


ANONYMOUS = Caller(account=0, user="", key="", scope="")


def operator(account: int) -> Caller:
    """Whoever runs the deployment, who may do everything and has no credential."""
    return Caller(account, "operator", "", "write")


def require_write_scope(caller: Caller) -> None:
    """Lets `write` credentials pass. Raises errors.Forbidden for the others."""
    if caller.scope != "write":
        raise errors.Forbidden("this credential or token may only read; a change needs one with the scope write")


WORKSPACE_NOT_FOUND = "there is no such workspace"
OWNER, MEMBER, INVITED = "owner", "member", "invited"

# What may be done in a workspace, by whom.
PERMISSIONS = {
    "see": {OWNER, MEMBER, INVITED},
    "enter": {OWNER, MEMBER},
    "view": {OWNER, MEMBER},  # activities in it; parties to a delegation may view its activity as well
    "invite": {OWNER, MEMBER},
    "take_over": {OWNER, MEMBER},
    "delegate": {OWNER, MEMBER},
    "change_blocks": {OWNER, MEMBER},
    "change": {OWNER},
    "delete": {OWNER},
}
# What members may only while a setting of the workspace says so.
REQUIRED_SETTINGS = {
    "invite": "allow_invitations",
    "take_over": "allow_take_over_by_members",
    "delegate": "allow_take_over_by_members",  # of others' activities
    "change_blocks": "members_can_change_blocks",
}
PERMISSION_TEXTS = {
    "take_over": "take over the activities in",
    "delegate": "delegate others' activities in",
    "change_blocks": "change the blocks of others' activities in",
}


def require_permission(workspace: Workspace | None, member: Member | None, verb: str) -> Workspace:
    """Lets those pass who may do this in a workspace. One that is being deleted is there only for who deletes it."""
    if workspace is None or member is None:
        raise errors.NotFound(WORKSPACE_NOT_FOUND)
    if workspace.deletion_state and (verb, member.role) != ("delete", OWNER):
        raise errors.NotFound(WORKSPACE_NOT_FOUND)
    allowed = set(PERMISSIONS[verb])
    if verb in REQUIRED_SETTINGS and not workspace.setting[REQUIRED_SETTINGS[verb]]:
        allowed.remove(MEMBER)
    if member.role not in allowed:
        raise errors.Forbidden(f"as {member.role} of this workspace you may not {PERMISSION_TEXTS.get(verb, verb)} it")
    return workspace


ADMIN = "admin"
USER_HAS_LEFT = "the user of this credential has left the account"
CALLER_CHANGED = (
    "your credential has been revoked, or your role has changed, while this was under way; nothing was changed"
)


def require_active(card: Any) -> User:
    """The caller's own user. Raises errors.Forbidden for somebody who has left the account."""
    if not isinstance(card, User) or card.deletion_state:
        raise errors.Forbidden(USER_HAS_LEFT)
    return card


def require_admin(card: Any) -> User:
    """Lets admins pass. Raises errors.Forbidden for the others."""
    user = require_active(card)
    if user.role != ADMIN:
        raise errors.Forbidden("only an admin of the account may do this")
    return user


def can_see_credential(card: User, credential: Credential) -> bool:
    """Whether a user sees a credential: admins all of the account, members their own."""
    return card.role == ADMIN or credential.user == card.id


def require_user_active(account: int, user: str, error: errors.Problem | None = None) -> Precondition:
    """That somebody still belongs to the account when a change is committed; the caller, unless an error is given."""
    return Precondition(User, User.key(account, user), User.is_here(), error or errors.Forbidden(USER_HAS_LEFT))


def require_caller_unchanged(caller: Caller, card: User) -> list[Precondition]:
    """That the caller may still do what the card allows when a change is committed."""
    overtaken = errors.Conflict(CALLER_CHANGED)
    key = Credential.key(caller.account, caller.key)
    return [
        Precondition(User, User.key(caller.account, caller.user), User.is_still(card.role), overtaken),
        Precondition(Credential, key, Credential.is_live(clock.now()), overtaken),
    ]
