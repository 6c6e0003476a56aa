"""The gate: who is calling, and what that lets them do.

What the caller may not see is errors.NotFound, what the caller may see and not do is errors.Forbidden.
"""

from dataclasses import dataclass

from chalicelib import errors
from chalicelib.storage.spaces import Member, Workspace


@dataclass(frozen=True)
class Caller:
    """Whose credential a request carries. Everything a caller reaches lies in `account`."""

    account: int
    user: str
    key: str
    scope: str


NOBODY = Caller(account=0, user="", key="", scope="")


def may_write(caller: Caller) -> None:
    """Lets `write` credentials pass. Raises errors.Forbidden for the others."""
    if caller.scope != "write":
        raise errors.Forbidden("this credential may only read; a change needs one with the scope write")


ABSENT = "there is no such workspace"
OWNER, MEMBER, INVITED = "owner", "member", "invited"

# What may be done in a workspace, by whom.
WORKSPACE_VERBS = {
    "see": {OWNER, MEMBER, INVITED},
    "enter": {OWNER, MEMBER},
    "invite": {OWNER, MEMBER},
    "change": {OWNER},
    "delete": {OWNER},
}


def admit(workspace: Workspace | None, member: Member | None, verb: str) -> Workspace:
    """Lets those pass who may do this in a workspace. One that is being deleted is there only for who deletes it."""
    if workspace is None or member is None:
        raise errors.NotFound(ABSENT)
    if workspace.ending and (verb, member.role) != ("delete", OWNER):
        raise errors.NotFound(ABSENT)
    allowed = set(WORKSPACE_VERBS[verb])
    if verb == "invite" and not workspace.setting["allow_invitations"]:
        allowed.remove(MEMBER)
    if member.role not in allowed:
        raise errors.Forbidden(f"as {member.role} of this workspace you may not {verb} it")
    return workspace
