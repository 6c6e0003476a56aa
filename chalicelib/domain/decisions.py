"""What becomes of an invitation: accepted or declined by the invited, taken back by who invited."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from chalicelib import errors
from chalicelib.domain import credentials, invitations
from chalicelib.domain.access import MEMBER, Caller
from chalicelib.domain.credentials import Issued
from chalicelib.domain.invitations import ACCEPTED, DECLINED, PENDING, Shown
from chalicelib.domain.workspaces import Fields
from chalicelib.storage import table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.models import User
from chalicelib.storage.spaces import Invitation, Member, Membership, Token, Workspace, is_open

TOKEN = re.compile(r"([1-9][0-9]{0,8})-[A-Za-z0-9_-]{43}")


def listing(caller: Caller) -> list[Shown]:
    """Pending invitations to and from the caller, the oldest first."""
    partition = Invitation.key(caller.account, caller.user, 0)[0]
    pending = [one for one in table.having(Invitation, partition, Invitation.prefix) if one.state == PENDING]
    return _shown(caller, pending)


def show(caller: Caller, invitation_id: int) -> Shown:
    """One invitation to or from the caller, decided or not. Raises errors.NotFound."""
    shown = _shown(caller, [_own(caller, invitation_id)])
    return shown[0] if shown else _absent()


def accept(caller: Caller, invitation_id: int) -> Change[Shown]:
    """Makes the invited a member; a second time changes nothing. Raises errors.NotFound, Forbidden, Conflict."""
    return _decided(caller, invitation_id, ACCEPTED)


def decline(caller: Caller, invitation_id: int) -> Change[Shown]:
    """Leaves the invited outside; a second time changes nothing. Raises errors.NotFound, Forbidden, Conflict."""
    return _decided(caller, invitation_id, DECLINED)


def delete(caller: Caller, invitation_id: int) -> Change[None]:
    """Takes an invitation back. Raises errors.NotFound, Forbidden, and Conflict where it has been accepted."""
    invitation = _own(caller, invitation_id)
    if invitation.inviter != caller.user:
        raise errors.Forbidden("only who invited can take the invitation back")
    if invitation.state == ACCEPTED:
        raise errors.Conflict("the invitation has been accepted; remove the member instead")
    place = _place(caller, invitation) if invitation.state == PENDING else []
    return Change(None, deletes=[*invitations.both(caller, invitation), *place])


@dataclass(frozen=True)
class Welcome:
    """An accepted link: the invitation, and the first credential of somebody who had none."""

    shown: Shown
    issued: Issued | None = None


def opened(token: str) -> tuple[Caller, Token, Shown]:
    """Whose link this is and what it leads to. Raises errors.NotFound: used, expired, decided or never given out."""
    match = TOKEN.fullmatch(token)
    known = table.get(Token, int(match[1]), invitations.hashed(token)) if match else None
    if match is None or known is None or known.ttl <= datetime.now(UTC):
        _absent()
    holder = Caller(int(match[1]), known.user, "", "write")
    shown = show(holder, known.invitation)
    return (holder, known, shown) if shown.invitation.state == PENDING else _absent()


def accept_link(token: str, names: Fields) -> Change[Welcome]:
    """Accepts by the link of a mail, once. Who was only an address becomes a user by that name, with a credential."""
    holder, known, shown = opened(token)
    change = accept(holder, known.invitation)
    change = Change(change.answer, change.saves, [*change.deletes, known], change.requires)
    user = shown.people[holder.user]
    if not user.awaited:
        return change.answering(Welcome(shown))
    user.first_name, user.last_name, user.awaited = names["first_name"], names["last_name"], False
    issued = credentials.create(holder.account, holder.user, label="invitation")
    return change.also(user, *issued.saves).answering(Welcome(shown, issued.answer))


def _decided(caller: Caller, invitation_id: int, decision: str) -> Change[Shown]:
    invitation = _own(caller, invitation_id)
    if invitation.user != caller.user:
        raise errors.Forbidden("only the invited can decide about the invitation")
    shown = show(caller, invitation_id)
    if invitation.state == decision:
        return Change(shown)
    if invitation.state != PENDING:
        raise errors.Conflict(f"the invitation has been {invitation.state} already")
    copies, place = invitations.both(caller, invitation), _place(caller, invitation)
    for copy in copies:
        copy.state = decision
    shown.invitation.state = decision
    if decision == DECLINED:
        return Change(shown, copies, place)
    for one in place:
        one.role = MEMBER
    key = Workspace.key(caller.account, invitation.workspace)
    return Change(shown, [*copies, *place], requires=[Requirement(Workspace, key, is_open(Workspace), _gone())])


def _place(caller: Caller, invitation: Invitation) -> list[Member | Membership]:
    """The place that is kept free for the invited."""
    member = Member.key(caller.account, invitation.workspace, invitation.user)
    membership = Membership.key(caller.account, invitation.user, invitation.workspace)
    found = table.get_many([member, membership]).values()
    return [one for one in found if isinstance(one, Member | Membership)]


def _shown(caller: Caller, found: list[Invitation]) -> list[Shown]:
    """Invitations with what belongs to them; those into workspaces that are gone are left out."""
    people = {user for one in found for user in (one.user, one.inviter)}
    keys = [User.key(caller.account, user) for user in people]
    keys += [Workspace.key(caller.account, one.workspace) for one in found]
    items = table.get_many(keys).values()
    users = {item.id: item for item in items if isinstance(item, User)}
    spaces = {item.id: item for item in items if isinstance(item, Workspace) and not item.ending}
    return [Shown(one, spaces[one.workspace], users) for one in found if one.workspace in spaces]


def _own(caller: Caller, invitation_id: int) -> Invitation:
    return table.get(Invitation, caller.account, caller.user, invitation_id) or _absent()


def _gone() -> errors.Problem:
    return errors.NotFound("there is no such invitation")


def _absent() -> NoReturn:
    raise _gone()
