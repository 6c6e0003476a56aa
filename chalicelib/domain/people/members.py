"""Members of a workspace: list them and remove them."""

from chalicelib import errors
from chalicelib.domain.access import INVITED, OWNER, Caller
from chalicelib.domain.accounts import users
from chalicelib.domain.activities import deletion
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership
from chalicelib.storage.unit_of_work import Change, Steps


def list_members(caller: Caller, workspace_id: int) -> list[User]:
    """Return the owner of a workspace, then its members by name. Users who are only invited are left out."""
    workspaces.require_may_enter(caller, workspace_id)
    stored_members = table.query(Member.of_workspace(caller.account, workspace_id))
    member_ids = [member.user for member in stored_members if member.role != INVITED]
    context = workspaces.enter_workspace(caller, workspace_id, "enter", people=member_ids)
    members = [context.people[user_id] for user_id in member_ids]
    owner = context.workspace.owner
    return sorted(members, key=lambda user: (user.id != owner, users.name_order(user)))


def remove_member(caller: Caller, workspace_id: int, user: str) -> Steps[None]:
    """Remove a member from a workspace, after the pending invitations that the member has sent.

    The owner may remove anybody else, members may remove themselves. Raises errors.NotFound, errors.Forbidden, and
    errors.Conflict if the user is the owner.
    """
    member_ref = Member.ref(caller.account, workspace_id, user)
    context = workspaces.enter_workspace(caller, workspace_id, "enter", refs=[member_ref])
    member = context.rows.get(member_ref)
    if member is None or member.role == INVITED:
        raise errors.NotFound("There is no such member in this workspace.")
    if member.role == OWNER:
        raise errors.Conflict("The owner of a workspace cannot leave it.")
    if caller.user not in (user, context.workspace.owner):
        raise errors.Forbidden("Members of this workspace may only remove themselves.")
    places = table.query(Member.of_workspace(caller.account, workspace_id))
    invited = [place for place in places if place.role == INVITED and place.inviter == user]
    groups = [deletion.rows_of_member(caller, workspace_id, place) for place in invited]
    yield from deletion.delete_in_batches(groups, resumes=False)
    return Change(None, delete=[member, Membership.at(caller.account, user, workspace_id)])
