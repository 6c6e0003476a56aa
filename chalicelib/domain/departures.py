"""How somebody leaves an account: without credentials, workspaces of others, invitations and delegations.

Whoever has left is still named in what was made.

It goes in steps, as removals do. From the first on nobody finds the user any more; the last frees address and slug. Cut
off anywhere, the same request again finishes the rest.
"""

from contextlib import suppress

from chalicelib import errors
from chalicelib.domain import access, audit, colleagues, credentials, decisions, delegations, follows, removals
from chalicelib.domain.access import MEMBER, OWNER, Caller
from chalicelib.domain.invitations import PENDING
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.models import Address, Slug, User
from chalicelib.storage.records import Delegation, Follow
from chalicelib.storage.spaces import Invitation, Member, Membership, Workspace

LEAVING, LEFT = "leaving", "left"


def remove(caller: Caller, who: str) -> Change[None]:
    """Has somebody leave the account. Raises errors.Conflict for the caller, and for owners of shared workspaces."""
    desk, user = colleagues.find(caller, who, ending=LEAVING)
    access.administer(desk.card)
    if user.id == caller.user:
        raise errors.Conflict("you cannot remove yourself from the account; another admin can")
    acting = access.acting(caller, desk.card)
    _mark(caller, user, acting)
    _revoke(caller, user)
    _withdraw(caller, user)
    _hand_back(caller, user)
    _leave(caller, user)
    _unfollow(caller, user)
    user.ending = LEFT
    event = audit.event(caller, "delete", audit.USER, user.id, {"email": user.email, "slug": user.slug})
    unique = [Address.at(caller.account, user.email), Slug.at(caller.account, user.slug)]
    return Change(None, [user, event], unique, acting)


def _mark(caller: Caller, user: User, acting: list[Requirement]) -> None:
    """From now on the user joins and founds nothing. What was founded just before is looked for again."""
    if not user.ending:
        _check_owned(caller, user)
        user.ending = LEAVING
        changes.commit(Change(None, [user], requires=acting))
    try:
        _check_owned(caller, user)
    except errors.Conflict:
        user.ending = None
        changes.commit(Change(None, [user]))
        raise


def _check_owned(caller: Caller, user: User) -> None:
    owned = [one for one in _memberships(caller, user) if one.role == OWNER and one.workspace != user.personal]
    if not owned:
        return
    spaces = table.get_many(Workspace.key(caller.account, one.workspace) for one in owned)
    names = [f"{space.name} ({space.id})" for space in spaces.values() if isinstance(space, Workspace)]
    raise errors.Conflict(f"the user owns shared workspaces, which have to be deleted first: {', '.join(names)}")


def _revoke(caller: Caller, user: User) -> None:
    """Ends all credentials, each with its event."""
    held = [one for one in credentials.listing(caller.account) if one.user == user.id and not one.revoked_at]
    for start in range(0, len(held), removals.STEP):
        revoked = [credentials.revoked(caller, one) for one in held[start : start + removals.STEP]]
        changes.commit(Change(None, saves=[item for change in revoked for item in change.saves]))


def _withdraw(caller: Caller, user: User) -> None:
    """Takes open invitations to and from the user back, one by one; those of workspaces that are going go with them."""
    partition = Invitation.key(caller.account, user.id, 0)[0]
    for one in [*table.having(Invitation, partition, Invitation.prefix)]:
        if one.state == PENDING:
            with suppress(errors.NotFound):
                changes.commit(decisions.withdrawn(caller.account, one))


def _leave(caller: Caller, user: User) -> None:
    joined = [one for one in _memberships(caller, user) if one.role == MEMBER]
    removals.drop([[one, Member.at(caller.account, one.workspace, user.id)] for one in joined])


def _hand_back(caller: Caller, user: User) -> None:
    """Ends open delegations by and to the user, one by one; those in workspaces that are going go with them."""
    partition = Delegation.key(caller.account, user.id, "", 0)[0]
    for row in [*table.having(Delegation, partition, Delegation.opened)]:
        with suppress(errors.NotFound):
            changes.commit(delegations.ended(caller, row, user.id))


def _unfollow(caller: Caller, user: User) -> None:
    partition = Follow.key(caller.account, user.id, "", "")[0]
    removals.drop([follows.sides(caller, one) for one in table.having(Follow, partition, Follow.prefix)])


def _memberships(caller: Caller, user: User) -> list[Membership]:
    partition = Membership.key(caller.account, user.id, 0)[0]
    return [*table.having(Membership, partition, Membership.prefix)]
