"""Read invitations and respond to them: the invited user accepts or declines, the inviter takes back."""

from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import MEMBER, Caller
from chalicelib.domain.people.invitations import ACCEPTED, DECLINED, PENDING, InvitationView
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.unit_of_work import Change

INVITATION_NOT_FOUND = "There is no such invitation."


class InvitationContext(NamedTuple):
    """An invitation with both its rows, and both rows of the place in the workspace that is kept for the user."""

    view: InvitationView
    copies: list[Invitation]
    place: list[Member | Membership]


def list_invitations(caller: Caller) -> list[InvitationView]:
    """Return the pending invitations to and from the caller, oldest first. Those to deleted workspaces are left out."""
    stored_invitations = table.query(Invitation.of_user(caller.account, caller.user))
    pending = [one for one in stored_invitations if one.state == PENDING]
    user_ids = {user for one in pending for user in (one.user, one.inviter)}
    refs: list[Ref[Row]] = [Workspace.ref(caller.account, one.workspace) for one in pending]
    rows = table.get_many([*refs, *(User.ref(caller.account, user) for user in user_ids)])
    people = workspaces.users_by_id(rows)
    open_workspaces = {workspace.id: workspace for workspace in workspaces.open_workspaces(rows)}
    return [
        InvitationView(one, open_workspaces[one.workspace], people)
        for one in pending
        if one.workspace in open_workspaces
    ]


def get_invitation(caller: Caller, invitation_id: int) -> InvitationView:
    """Return an invitation to or from the caller, pending or decided. Raises errors.NotFound."""
    return _read_own_invitation(caller, invitation_id).view


def accept_invitation(caller: Caller, invitation_id: int) -> Change[InvitationView]:
    """Accept an invitation; doing so again changes nothing.

    Raises errors.NotFound, errors.Forbidden and errors.Conflict.
    """
    return plan_decision(caller, _read_own_invitation(caller, invitation_id), ACCEPTED)


def decline_invitation(caller: Caller, invitation_id: int) -> Change[InvitationView]:
    """Decline an invitation; doing so again changes nothing.

    Raises errors.NotFound, errors.Forbidden and errors.Conflict.
    """
    return plan_decision(caller, _read_own_invitation(caller, invitation_id), DECLINED)


def delete_invitation(caller: Caller, invitation_id: int) -> Change[None]:
    """Take an invitation back. Raises errors.NotFound, errors.Forbidden, and errors.Conflict if it was accepted."""
    context = _read_own_invitation(caller, invitation_id)
    invitation = context.view.invitation
    if invitation.inviter != caller.user:
        raise errors.Forbidden("Only the inviter may take the invitation back.")
    if invitation.state == ACCEPTED:
        raise errors.Conflict("The invitation has been accepted. Remove the member instead.")
    return _plan_deletion(context)


def plan_withdrawal(account: int, invitation: Invitation) -> Change[None]:
    """Delete an invitation to or from a user who leaves the account, unless it has just been decided.

    Raises errors.NotFound.
    """
    context = read_invitation(account, invitation)
    return _plan_deletion(context) if context.view.invitation.state == PENDING else Change(None)


def _plan_deletion(context: InvitationContext) -> Change[None]:
    """Delete an invitation, and if it is pending, the place in the workspace that is kept for the user."""
    place = context.place if context.view.invitation.state == PENDING else []
    return Change(None, delete=[*context.copies, *place])


def plan_decision(caller: Caller, context: InvitationContext, decision: str) -> Change[InvitationView]:
    """Accept or decline an invitation. Raises errors.Forbidden, and errors.Conflict if it was decided differently."""
    invitation = context.view.invitation
    if invitation.user != caller.user:
        raise errors.Forbidden("Only the invited user may accept or decline the invitation.")
    if invitation.state == decision:
        return Change(context.view)
    if invitation.state != PENDING:
        raise errors.Conflict(f"The invitation has already been {invitation.state}.")
    for copy in context.copies:
        copy.state = decision
    if decision == DECLINED:
        return Change(context.view, save=context.copies, delete=context.place)
    for row in context.place:
        row.role = MEMBER
    preconditions = [
        workspaces.require_workspace_open(caller, invitation.workspace, INVITATION_NOT_FOUND),
        access.require_user_active(caller.account, caller.user, errors.NotFound(INVITATION_NOT_FOUND)),
    ]
    return Change(context.view, [*context.copies, *context.place], preconditions=preconditions)


def _read_own_invitation(caller: Caller, invitation_id: int) -> InvitationContext:
    """Return an invitation to or from the caller with everything about it. Raises errors.NotFound."""
    row = table.get(Invitation.ref(caller.account, caller.user, invitation_id))
    if row is None:
        raise errors.NotFound(INVITATION_NOT_FOUND)
    return read_invitation(caller.account, row)


def read_linked_invitation(account: int, token: LinkToken) -> InvitationContext:
    """Return the invitation that a link token leads to, with everything about it, in one request.

    Raises errors.NotFound, also if its workspace has been deleted.
    """
    if token.invitation is None or token.workspace is None:
        raise errors.NotFound(INVITATION_NOT_FOUND)
    return _read_context(account, token.invitation, token.workspace, token.user, token.inviter)


def read_invitation(account: int, invitation: Invitation) -> InvitationContext:
    """Return an invitation again, with everything about it, in one request.

    Raises errors.NotFound, also if its workspace has been deleted.
    """
    return _read_context(account, invitation.id, invitation.workspace, invitation.user, invitation.inviter)


def _read_context(account: int, invitation_id: int, workspace_id: int, user: str, inviter: str) -> InvitationContext:
    invited_ref, inviter_ref = (Invitation.ref(account, holder, invitation_id) for holder in (user, inviter))
    workspace_ref = Workspace.ref(account, workspace_id)
    user_refs = [User.ref(account, user), User.ref(account, inviter)]
    place_refs = [Member.ref(account, workspace_id, user), Membership.ref(account, user, workspace_id)]
    rows = table.get_many([invited_ref, inviter_ref, workspace_ref, *user_refs, *place_refs])
    invitation, workspace = rows.get(invited_ref), rows.get(workspace_ref)
    if invitation is None or workspace is None or workspace.deletion_state:
        raise errors.NotFound(INVITATION_NOT_FOUND)
    return InvitationContext(
        InvitationView(invitation, workspace, workspaces.users_by_id(rows)),
        rows.all(Invitation),
        [*rows.all(Member), *rows.all(Membership)],
    )
