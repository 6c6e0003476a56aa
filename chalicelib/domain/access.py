"""The gate: who is calling, and what that lets them do.

What the caller may not see is errors.NotFound, what the caller may see and not do is errors.Forbidden.
"""

from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import times
from chalicelib.storage.changes import Requirement
from chalicelib.storage.models import Credential, User
from chalicelib.storage.spaces import Member, Workspace


@dataclass(frozen=True)
class Caller:
    """Whose credential a request carries. Everything a caller reaches lies in `account`."""

    account: int
    user: str
    key: str
    scope: str


NOBODY = Caller(account=0, user="", key="", scope="")


def operator(account: int) -> Caller:
    """Whoever runs the deployment, who may do everything and has no credential."""
    return Caller(account, "operator", "", "write")


def may_write(caller: Caller) -> None:
    """Lets `write` credentials pass. Raises errors.Forbidden for the others."""
    if caller.scope != "write":
        raise errors.Forbidden("this credential or token may only read; a change needs one with the scope write")


ABSENT = "there is no such workspace"
OWNER, MEMBER, INVITED = "owner", "member", "invited"

# What may be done in a workspace, by whom.
WORKSPACE_VERBS = {
    "see": {OWNER, MEMBER, INVITED},
    "enter": {OWNER, MEMBER},
    "look": {OWNER, MEMBER},  # at activities in it, as may others whom these are delegated by or to
    "invite": {OWNER, MEMBER},
    "take_over": {OWNER, MEMBER},
    "delegate": {OWNER, MEMBER},
    "change_blocks": {OWNER, MEMBER},
    "change": {OWNER},
    "delete": {OWNER},
}
# What members may only while a setting of the workspace says so.
WHILE = {
    "invite": "allow_invitations",
    "take_over": "allow_take_over_by_members",
    "delegate": "allow_take_over_by_members",  # of others' activities
    "change_blocks": "members_can_change_blocks",
}
WORDS = {
    "take_over": "take over the activities in",
    "delegate": "delegate others' activities in",
    "change_blocks": "change the blocks of others' activities in",
}


def admit(workspace: Workspace | None, member: Member | None, verb: str) -> Workspace:
    """Lets those pass who may do this in a workspace. One that is being deleted is there only for who deletes it."""
    if workspace is None or member is None:
        raise errors.NotFound(ABSENT)
    if workspace.ending and (verb, member.role) != ("delete", OWNER):
        raise errors.NotFound(ABSENT)
    allowed = set(WORKSPACE_VERBS[verb])
    if verb in WHILE and not workspace.setting[WHILE[verb]]:
        allowed.remove(MEMBER)
    if member.role not in allowed:
        raise errors.Forbidden(f"as {member.role} of this workspace you may not {WORDS.get(verb, verb)} it")
    return workspace


ADMIN = "admin"
GONE = "the user of this credential has left the account"
OVERTAKEN = "your credential has been revoked, or your role has changed, while this was under way; nothing was changed"


def known(card: Any) -> User:
    """The caller's own user. Raises errors.Forbidden for somebody who has left the account."""
    if not isinstance(card, User) or card.ending:
        raise errors.Forbidden(GONE)
    return card


def administer(card: Any) -> User:
    """Lets admins pass. Raises errors.Forbidden for the others."""
    user = known(card)
    if user.role != ADMIN:
        raise errors.Forbidden("only an admin of the account may do this")
    return user


def reaches(card: User, credential: Credential) -> bool:
    """Whether a user sees a credential: admins all of the account, members their own."""
    return card.role == ADMIN or credential.user == card.id


def here(account: int, user: str, error: errors.Problem | None = None) -> Requirement:
    """That somebody still belongs to the account when a change is committed; the caller, unless an error is given."""
    return Requirement(User, User.key(account, user), User.is_here(), error or errors.Forbidden(GONE))


def acting(caller: Caller, card: User) -> list[Requirement]:
    """That the caller may still do what the card allows when a change is committed."""
    overtaken = errors.Conflict(OVERTAKEN)
    key = Credential.key(caller.account, caller.key)
    return [
        Requirement(User, User.key(caller.account, caller.user), User.is_still(card.role), overtaken),
        Requirement(Credential, key, Credential.is_live(times.now()), overtaken),
    ]
