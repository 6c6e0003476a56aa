"""Read invitations and respond to them.

The invited user accepts or declines, the inviter takes back, and the owner of the workspace cancels.
"""

from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, MEMBER, Caller
from chalicelib.domain.people.invitations import ACCEPTED, DECLINED, PENDING, InvitationView, copy_refs
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change, Precondition

INVITATION_NOT_FOUND = "There is no such invitation."
INVITER_LOST_RIGHT = "The inviter may no longer invite others to this workspace, so the invitation has no effect."


class InvitationIds(NamedTuple):
    """The ids that lead to an invitation and everything about it."""

    invitation: int
    workspace: int
    user: str
    inviter: str

    def refs(self, account: int) -> list[Ref[Row]]:
        """Return references to the rows about the invitation, beside its workspace and the user who invited."""
        return [
            *copy_refs(account, self.user, self.inviter, self.invitation),
            *(Member.ref(account, self.workspace, user) for user in (self.user, self.inviter)),
            Membership.ref(account, self.user, self.workspace),
            User.ref(account, self.user),
        ]

    def all_refs(self, account: int) -> list[Ref[Row]]:
        """Return references to all rows about the invitation, with its workspace and the user who invited."""
        return [Workspace.ref(account, self.workspace), User.ref(account, self.inviter), *self.refs(account)]


class InvitationContext(NamedTuple):
    """An invitation with both its rows, and both rows of the place in the workspace that is kept for the user.

    `inviter_place` is the place of the inviter in the workspace, or None for one who is no longer a member.
    """

    view: InvitationView
    copies: list[Invitation]
    place: list[Member | Membership]
    inviter_place: Member | None

    @property
    def is_still_allowed(self) -> bool:
        """Whether the inviter may still invite others to the workspace."""
        inviter = self.inviter_place
        return inviter is not None and access.has_permission(self.view.workspace, inviter, "invite")


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


def list_workspace_invitations(caller: Caller, workspace_id: int) -> list[InvitationView]:
    """Return all pending invitations to a workspace, of all inviters, oldest first.

    Its owner and its members may see them. Raises errors.NotFound and errors.Forbidden.
    """
    invited = _read_invited(caller, workspace_id)
    refs: list[Ref[Row]] = [Invitation.ref(caller.account, one.user, one.invitation) for one in invited]
    people = {user for one in invited for user in (one.user, one.inviter)}
    context = workspaces.enter_workspace(caller, workspace_id, "enter", people=people, refs=refs)
    pending = sorted(context.rows.all(Invitation), key=lambda invitation: invitation.id)
    return [InvitationView(invitation, context.workspace, context.people) for invitation in pending]


def cancel_workspace_invitation(caller: Caller, workspace_id: int, invitation_id: int) -> Change[None]:
    """Cancel a pending invitation to a workspace.

    The owner of the workspace may cancel any of them, members only those that they sent. Raises errors.NotFound and
    errors.Forbidden.
    """
    invited = _read_invited(caller, workspace_id)
    place = next((one for one in invited if one.invitation == invitation_id), None)
    ids = InvitationIds(invitation_id, workspace_id, place.user, place.inviter) if place else None
    refs = ids.refs(caller.account) if ids else []
    context = workspaces.enter_workspace(caller, workspace_id, "enter", refs=refs)
    if ids is None:
        raise errors.NotFound(INVITATION_NOT_FOUND)
    if caller.user not in (ids.inviter, context.workspace.owner):
        raise errors.Forbidden("Members of this workspace may only cancel invitations that they sent.")
    return _plan_deletion(_find_context(caller.account, ids, context.rows))


def _read_invited(caller: Caller, workspace_id: int) -> list[Member]:
    """Return the places of those who are invited to a workspace. Raises errors.NotFound and errors.Forbidden."""
    workspaces.require_may_enter(caller, workspace_id)
    return [one for one in table.query(Member.of_workspace(caller.account, workspace_id)) if one.role == INVITED]


def plan_withdrawal(account: int, invitation: Invitation) -> Change[None]:
    """Delete an invitation to or from a user who leaves the account, unless it has just been decided.

    An invitation to a deleted workspace is deleted as well, because the workspace may be restored. Raises
    errors.NotFound.
    """
    ids = _ids_of(invitation)
    context = _find_context(account, ids, table.get_many(ids.all_refs(account)), is_deleted_too=True)
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
    if decision == ACCEPTED and not context.is_still_allowed:
        raise errors.Conflict(INVITER_LOST_RIGHT)
    for copy in context.copies:
        copy.state = decision
    if decision == DECLINED:
        return Change(context.view, save=context.copies, delete=context.place)
    for row in context.place:
        row.role = MEMBER
    return Change(
        context.view, [*context.copies, *context.place], preconditions=_require_still_valid(caller, invitation)
    )


def _require_still_valid(caller: Caller, invitation: Invitation) -> list[Precondition]:
    """Require that workspace, inviter and invited user are still there when an invitation is accepted."""
    inviter_ref = Member.ref(caller.account, invitation.workspace, invitation.inviter)
    return [
        Precondition(inviter_ref, Member.is_inside(), errors.Conflict(INVITER_LOST_RIGHT)),
        workspaces.require_workspace_open(caller, invitation.workspace, INVITATION_NOT_FOUND),
        access.require_user_active(caller.account, caller.user, errors.NotFound(INVITATION_NOT_FOUND)),
    ]


def _read_own_invitation(caller: Caller, invitation_id: int) -> InvitationContext:
    """Return an invitation to or from the caller with everything about it. Raises errors.NotFound."""
    row = table.get(Invitation.ref(caller.account, caller.user, invitation_id))
    if row is None:
        raise errors.NotFound(INVITATION_NOT_FOUND)
    return read_invitation(caller.account, row)


def read_linked_invitation(account: int, token: LinkToken) -> tuple[InvitationContext, Account]:
    """Return the invitation that a link token leads to, with everything about it, and the account, in one request.

    Raises errors.NotFound, also if its workspace has been deleted.
    """
    if token.invitation is None or token.workspace is None:
        raise errors.NotFound(INVITATION_NOT_FOUND)
    ids = InvitationIds(token.invitation, token.workspace, token.user, token.inviter)
    rows = table.get_many([*ids.all_refs(account), Account.ref(account)])
    return _find_context(account, ids, rows), rows[Account.ref(account)]


def read_invitation(account: int, invitation: Invitation) -> InvitationContext:
    """Return an invitation again, with everything about it, in one request.

    Raises errors.NotFound, also if its workspace has been deleted.
    """
    ids = _ids_of(invitation)
    return _find_context(account, ids, table.get_many(ids.all_refs(account)))


def _ids_of(invitation: Invitation) -> InvitationIds:
    return InvitationIds(invitation.id, invitation.workspace, invitation.user, invitation.inviter)


def _find_context(account: int, ids: InvitationIds, rows: Rows, *, is_deleted_too: bool = False) -> InvitationContext:
    """Return the invitation with these ids from rows that have been read. Raises errors.NotFound.

    `is_deleted_too` also finds the invitation to a workspace that was deleted and is still stored.
    """
    workspace = rows.get(Workspace.ref(account, ids.workspace))
    copies = [rows.get(ref) for ref in copy_refs(account, ids.user, ids.inviter, ids.invitation)]
    if copies[0] is None or workspace is None or (workspace.deletion_state and not is_deleted_too):
        raise errors.NotFound(INVITATION_NOT_FOUND)
    place = [
        rows.get(Member.ref(account, ids.workspace, ids.user)),
        rows.get(Membership.ref(account, ids.user, ids.workspace)),
    ]
    return InvitationContext(
        InvitationView(copies[0], workspace, workspaces.users_by_id(rows)),
        [copy for copy in copies if copy],
        [row for row in place if row],
        rows.get(Member.ref(account, ids.workspace, ids.inviter)),
    )
