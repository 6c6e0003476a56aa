"""What becomes of an invitation: accepted or declined by the invited, taken back by who invited."""

from typing import Any, NoReturn

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, workspaces
from chalicelib.domain.access import MEMBER, Caller
from chalicelib.domain.invitations import ACCEPTED, DECLINED, PENDING, Shown
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import User
from chalicelib.storage.records import Token
from chalicelib.storage.spaces import Invitation, Member, Membership, Workspace

ABSENT = "there is no such invitation"


def listing(caller: Caller) -> list[Shown]:
    """Pending invitations to and from the caller, the oldest first."""
    partition = Invitation.key(caller.account, caller.user, 0)[0]
    pending = [one for one in table.having(Invitation, partition, Invitation.prefix) if one.state == PENDING]
    return _shown(caller, pending)


def show(caller: Caller, invitation_id: int) -> Shown:
    """One invitation to or from the caller, decided or not. Raises errors.NotFound."""
    return gathered(caller.account, _own(caller, invitation_id)).shown


def accept(caller: Caller, invitation_id: int) -> Change[Shown]:
    """Makes the invited a member; a second time changes nothing. Raises errors.NotFound, Forbidden, Conflict."""
    return decided(caller, gathered(caller.account, _own(caller, invitation_id)), ACCEPTED)


def decline(caller: Caller, invitation_id: int) -> Change[Shown]:
    """Leaves the invited outside; a second time changes nothing. Raises errors.NotFound, Forbidden, Conflict."""
    return decided(caller, gathered(caller.account, _own(caller, invitation_id)), DECLINED)


def delete(caller: Caller, invitation_id: int) -> Change[None]:
    """Takes an invitation back. Raises errors.NotFound, Forbidden, and Conflict where it has been accepted."""
    found = gathered(caller.account, _own(caller, invitation_id))
    if found.shown.invitation.inviter != caller.user:
        raise errors.Forbidden("only who invited can take the invitation back")
    if found.shown.invitation.state == ACCEPTED:
        raise errors.Conflict("the invitation has been accepted; remove the member instead")
    return _gone(found)


def withdrawn(account: int, invitation: Invitation) -> Change[None]:
    """An invitation of somebody who leaves, gone unless it has just been decided. Raises errors.NotFound."""
    found = gathered(account, invitation)
    return _gone(found) if found.shown.invitation.state == PENDING else Change(None)


def _gone(found: "Gathered") -> Change[None]:
    place = found.place if found.shown.invitation.state == PENDING else []
    return Change(None, deletes=[*found.copies, *place])


@dataclass(frozen=True)
class Gathered:
    """An invitation in both its copies, with what it shows and the place that is kept free."""

    shown: Shown
    copies: list[Invitation]
    place: list[Member | Membership]


def decided(caller: Caller, found: Gathered, decision: str) -> Change[Shown]:
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
    stays = workspaces.stays(caller, invitation.workspace, ABSENT)
    joins = access.here(caller.account, caller.user, errors.NotFound(ABSENT))
    return Change(found.shown, [*found.copies, *found.place], requires=[stays, joins])


def gathered(account: int, known: Invitation | Token) -> Gathered:
    """Everything about an invitation in one request. Raises errors.NotFound where its workspace is gone."""
    invitation_id: Any = known.id if isinstance(known, Invitation) else known.invitation
    copies = [Invitation.key(account, holder, invitation_id) for holder in (known.user, known.inviter)]
    people = [User.key(account, user) for user in (known.user, known.inviter)]
    workspace = Workspace.key(account, known.workspace)
    place = [Member.key(account, known.workspace, known.user), Membership.key(account, known.user, known.workspace)]
    items = table.get_many([*copies, *people, workspace, *place])
    shown, found = items.get(copies[0]), items.get(workspace)
    if not isinstance(shown, Invitation) or not isinstance(found, Workspace) or found.ending:
        _absent()
    users = workspaces.people_in(items.values())
    return Gathered(
        Shown(shown, found, users),
        [item for item in items.values() if isinstance(item, Invitation)],
        [item for item in items.values() if isinstance(item, Member | Membership)],
    )


def _shown(caller: Caller, found: list[Invitation]) -> list[Shown]:
    """Invitations with what they show; those into workspaces that are gone are left out."""
    people = {user for one in found for user in (one.user, one.inviter)}
    keys = [User.key(caller.account, user) for user in people]
    keys += [Workspace.key(caller.account, one.workspace) for one in found]
    items = table.get_many(keys).values()
    users = workspaces.people_in(items)
    spaces = {item.id: item for item in items if isinstance(item, Workspace) and not item.ending}
    return [Shown(one, spaces[one.workspace], users) for one in found if one.workspace in spaces]


def _own(caller: Caller, invitation_id: int) -> Invitation:
    return table.get(Invitation, caller.account, caller.user, invitation_id) or _absent()


def _absent() -> NoReturn:
    raise errors.NotFound(ABSENT)
