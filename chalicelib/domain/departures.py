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
from chalicelib.storage.item import Item
from chalicelib.storage.models import Address, Credential, Slug, User
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
    held, own = _mark(caller, user, acting)
    _revoke(caller, held)
    _withdraw(caller, own)
    _hand_back(caller, user, own)
    _leave(caller, user, own)
    user.ending = LEFT
    event = audit.event(caller, "delete", audit.USER, user.id, {"email": user.email, "slug": user.slug})
    unique = [Address.at(caller.account, user.email), Slug.at(caller.account, user.slug)]
    return Change(None, [user, event], unique, acting)


def _mark(caller: Caller, user: User, acting: list[Requirement]) -> tuple[list[Credential], list[Item]]:
    """From now on the user joins and founds nothing. What was founded just before is found with all that has to go."""
    if not user.ending:
        _check_owned(caller, user, _own(caller, user, Membership.prefix))
        user.ending = LEAVING
        changes.commit(Change(None, [user], requires=acting))
    held, (own, handed) = table.together(
        lambda: _held(caller, user),
        lambda: table.together(
            lambda: _own(caller, user, Invitation.prefix),
            lambda: _own(caller, user, Delegation.opened, Delegation.opened),
        ),
    )
    try:
        _check_owned(caller, user, own)
    except errors.Conflict:
        user.ending = None
        changes.commit(Change(None, [user]))
        raise
    return held, [*own, *handed]


def _held(caller: Caller, user: User) -> list[Credential]:
    return [one for one in credentials.listing(caller.account) if one.user == user.id and not one.revoked_at]


def _own(caller: Caller, user: User, first: str, last: str = Membership.prefix) -> list[Item]:
    """What lies with the user under these prefixes and between them."""
    rows = table.rows(Membership.key(caller.account, user.id, 0)[0], first, last + table.LAST)
    return [Item.from_raw_data(row) for row in rows]


def _check_owned(caller: Caller, user: User, own: list[Item]) -> None:
    memberships = [one for one in own if isinstance(one, Membership)]
    owned = [one for one in memberships if one.role == OWNER and one.workspace != user.personal]
    if not owned:
        return
    spaces = table.get_many(Workspace.key(caller.account, one.workspace) for one in owned)
    names = [f"{space.name} ({space.id})" for space in spaces.values() if isinstance(space, Workspace)]
    raise errors.Conflict(f"the user owns shared workspaces, which have to be deleted first: {', '.join(names)}")


def _revoke(caller: Caller, held: list[Credential]) -> None:
    """Ends all credentials, each with its event."""
    for start in range(0, len(held), removals.STEP):
        revoked = [credentials.revoked(caller, one) for one in held[start : start + removals.STEP]]
        changes.commit(Change(None, saves=[item for change in revoked for item in change.saves]))


def _withdraw(caller: Caller, own: list[Item]) -> None:
    """Takes open invitations to and from the user back, one by one; those of workspaces that are going go with them."""
    for one in own:
        if isinstance(one, Invitation) and one.state == PENDING:
            with suppress(errors.NotFound):
                changes.commit(decisions.withdrawn(caller.account, one))


def _hand_back(caller: Caller, user: User, own: list[Item]) -> None:
    """Ends open delegations by and to the user, one by one; those in workspaces that are going go with them."""
    for one in own:
        if isinstance(one, Delegation):
            with suppress(errors.NotFound):
                changes.commit(delegations.ended(caller, one, user.id))


def _leave(caller: Caller, user: User, own: list[Item]) -> None:
    """Ends all memberships, and following and being followed."""
    joined = [one for one in own if isinstance(one, Membership) and one.role == MEMBER]
    places = [[one, Member.at(caller.account, one.workspace, user.id)] for one in joined]
    removals.drop([*places, *(follows.sides(caller, one) for one in own if isinstance(one, Follow))])
