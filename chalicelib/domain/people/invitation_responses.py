"""What becomes of an invitation: accepted or declined by the invited, taken back by who invited."""

from dataclasses import dataclass
from typing import Any, NoReturn

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import MEMBER, Caller
from chalicelib.domain.people.invitations import ACCEPTED, DECLINED, PENDING, InvitationView
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.unit_of_work import Change

INVITATION_NOT_FOUND = "there is no such invitation"


@dataclass(frozen=True)
class InvitationContext:
    """An invitation in both its copies, with what it shows and the place that is kept free."""

    shown: InvitationView
    copies: list[Invitation]
    place: list[Member | Membership]


def list_invitations(caller: Caller) -> list[InvitationView]:
    """Pending invitations to and from the caller, the oldest first."""
    partition = Invitation.key(caller.account, caller.user, 0)[0]
    pending = [one for one in table.query(Invitation, partition, Invitation.prefix) if one.state == PENDING]
    return _views(caller, pending)


def get_invitation(caller: Caller, invitation_id: int) -> InvitationView:
    """One invitation to or from the caller, decided or not. Raises errors.NotFound."""
    return read_invitation(caller.account, _get_own(caller, invitation_id)).shown


def accept_invitation(caller: Caller, invitation_id: int) -> Change[InvitationView]:
    """Makes the invited a member; a second time changes nothing. Raises errors.NotFound, Forbidden, Conflict."""
    return plan_decision(caller, read_invitation(caller.account, _get_own(caller, invitation_id)), ACCEPTED)


def decline_invitation(caller: Caller, invitation_id: int) -> Change[InvitationView]:
    """Leaves the invited outside; a second time changes nothing. Raises errors.NotFound, Forbidden, Conflict."""
    return plan_decision(caller, read_invitation(caller.account, _get_own(caller, invitation_id)), DECLINED)


def delete_invitation(caller: Caller, invitation_id: int) -> Change[None]:
    """Takes an invitation back. Raises errors.NotFound, Forbidden, and Conflict where it has been accepted."""
    found = read_invitation(caller.account, _get_own(caller, invitation_id))
    if found.shown.invitation.inviter != caller.user:
        raise errors.Forbidden("only who invited can take the invitation back")
    if found.shown.invitation.state == ACCEPTED:
        raise errors.Conflict("the invitation has been accepted; remove the member instead")
    return _plan_removal(found)


def plan_withdrawal(account: int, invitation: Invitation) -> Change[None]:
    """An invitation of somebody who leaves, gone unless it has just been decided. Raises errors.NotFound."""
    found = read_invitation(account, invitation)
    return _plan_removal(found) if found.shown.invitation.state == PENDING else Change(None)


def _plan_removal(found: InvitationContext) -> Change[None]:
    place = found.place if found.shown.invitation.state == PENDING else []
    return Change(None, delete=[*found.copies, *place])


def plan_decision(caller: Caller, found: InvitationContext, decision: str) -> Change[InvitationView]:
    """What accepting or declining makes of an invitation. Raises errors.NotFound, Forbidden, Conflict."""
    invitation = found.shown.invitation
    if invitation.user != caller.user:
        raise errors.Forbidden("only the invited can decide about the invitation")
    if invitation.state == decision:
        return Change(found.shown)
    if invitation.state != PENDING:
        raise errors.Conflict(f"the invitation has been {invitation.state} already")
    for copy in found.copies:
        copy.state = decision
    if decision == DECLINED:
        return Change(found.shown, found.copies, found.place)
    for one in found.place:
        one.role = MEMBER
    stays = workspaces.require_workspace_open(caller, invitation.workspace, INVITATION_NOT_FOUND)
    joins = access.require_user_active(caller.account, caller.user, errors.NotFound(INVITATION_NOT_FOUND))
    return Change(found.shown, [*found.copies, *found.place], preconditions=[stays, joins])


def read_invitation(account: int, known: Invitation | LinkToken) -> InvitationContext:
    """Everything about an invitation in one request. Raises errors.NotFound where its workspace is gone."""
    invitation_id: Any = known.id if isinstance(known, Invitation) else known.invitation
    copies = [Invitation.key(account, holder, invitation_id) for holder in (known.user, known.inviter)]
    people = [User.key(account, user) for user in (known.user, known.inviter)]
    workspace = Workspace.key(account, known.workspace)
    place = [Member.key(account, known.workspace, known.user), Membership.key(account, known.user, known.workspace)]
    items = table.get_many([*copies, *people, workspace, *place])
    shown, found = items.get(copies[0]), items.get(workspace)
    if not isinstance(shown, Invitation) or not isinstance(found, Workspace) or found.deletion_state:
        _not_found()
    users = workspaces.people_among(items.values())
    return InvitationContext(
        InvitationView(shown, found, users),
        [item for item in items.values() if isinstance(item, Invitation)],
        [item for item in items.values() if isinstance(item, Member | Membership)],
    )


def _views(caller: Caller, found: list[Invitation]) -> list[InvitationView]:
    """Invitations with what they show; those into workspaces that are gone are left out."""
    people = {user for one in found for user in (one.user, one.inviter)}
    keys = [User.key(caller.account, user) for user in people]
    keys += [Workspace.key(caller.account, one.workspace) for one in found]
    items = table.get_many(keys).values()
    users = workspaces.people_among(items)
    spaces = {item.id: item for item in items if isinstance(item, Workspace) and not item.deletion_state}
    return [InvitationView(one, spaces[one.workspace], users) for one in found if one.workspace in spaces]


def _get_own(caller: Caller, invitation_id: int) -> Invitation:
    return table.get(Invitation, caller.account, caller.user, invitation_id) or _not_found()


def _not_found() -> NoReturn:
    raise errors.NotFound(INVITATION_NOT_FOUND)
