"""Members of a workspace: who is in it, and how they leave."""

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, OWNER, Caller
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.unit_of_work import Change


def list_members(caller: Caller, workspace_id: int) -> list[User]:
    """Its owner, then the members by name; not those only invited."""
    partition = Workspace.key(caller.account, workspace_id)[0]
    members = [one for one in table.query(Member, partition, Member.prefix) if one.role != INVITED]
    found = workspaces.enter_workspace(caller, workspace_id, "enter", people=[one.user for one in members])
    people = [found.people[one.user] for one in members]
    owner = found.workspace.owner
    return sorted(people, key=lambda user: (user.id != owner, user.last_name, user.first_name, user.id))


def remove_member(caller: Caller, workspace_id: int, user: str) -> Change[None]:
    """The owner removes anyone, members remove themselves. Raises errors.Conflict for the owner, errors.Forbidden."""
    key = Member.key(caller.account, workspace_id, user)
    found = workspaces.enter_workspace(caller, workspace_id, "enter", more=[key])
    member = found.rows.get(key)
    if not isinstance(member, Member) or member.role == INVITED:
        raise errors.NotFound("there is no such member in this workspace")
    if member.role == OWNER:
        raise errors.Conflict("the owner cannot leave the workspace")
    if caller.user not in (user, found.workspace.owner):
        raise errors.Forbidden(f"as {access.MEMBER} of this workspace you may only remove yourself")
    return Change(None, delete=[member, Membership.at(caller.account, user, workspace_id)])
