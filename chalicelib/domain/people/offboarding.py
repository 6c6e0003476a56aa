"""How somebody leaves an account: without credentials, workspaces of others, invitations and delegations.

Whoever has left is still named in what was made.

It goes in steps, as removals do. From the first on nobody finds the user any more; the last frees address and slug. Cut
off anywhere, the same request again finishes the rest.
"""

from contextlib import suppress

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import MEMBER, OWNER, Caller
from chalicelib.domain.accounts import audit, credentials, user_management
from chalicelib.domain.activities import delegations, deletion
from chalicelib.domain.people import follows, invitation_responses
from chalicelib.domain.people.invitations import PENDING
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition

LEAVING, LEFT = "leaving", "left"


def remove_user(caller: Caller, who: str) -> Change[None]:
    """Has somebody leave the account. Raises errors.Conflict for the caller, and for owners of shared workspaces."""
    desk, user = user_management.find_user(caller, who, deletion_state=LEAVING)
    access.require_admin(desk.user)
    if user.id == caller.user:
        raise errors.Conflict("you cannot remove yourself from the account; another admin can")
    acting = access.require_caller_unchanged(caller, desk.user)
    held, own = _mark_as_leaving(caller, user, acting)
    _revoke_credentials(caller, held)
    _withdraw_invitations(caller, own)
    _end_delegations(caller, user, own)
    _end_memberships(caller, user, own)
    user.deletion_state = LEFT
    event = audit.build_event(caller, "delete", audit.USER, user.id, {"email": user.email, "slug": user.slug})
    unique = [EmailAddress.at(caller.account, user.email), Slug.at(caller.account, user.slug)]
    return Change(None, [user, event], unique, acting)


def _mark_as_leaving(caller: Caller, user: User, acting: list[Precondition]) -> tuple[list[Credential], list[Row]]:
    """From now on the user joins and founds nothing. What was founded just before is found with all that has to go."""
    if not user.deletion_state:
        _require_no_shared_workspaces(caller, user, _read_rows(caller, user, Membership.prefix))
        user.deletion_state = LEAVING
        unit_of_work.commit(Change(None, [user], preconditions=acting))
    held, (own, handed) = run_both(
        lambda: _live_credentials(caller, user),
        lambda: run_both(
            lambda: _read_rows(caller, user, Invitation.prefix),
            lambda: _read_rows(caller, user, Delegation.opened, Delegation.opened),
        ),
    )
    try:
        _require_no_shared_workspaces(caller, user, own)
    except errors.Conflict:
        user.deletion_state = None
        unit_of_work.commit(Change(None, [user]))
        raise
    return held, [*own, *handed]


def _live_credentials(caller: Caller, user: User) -> list[Credential]:
    return [one for one in credentials.list_credentials(caller.account) if one.user == user.id and not one.revoked_at]


def _read_rows(caller: Caller, user: User, first: str, last: str = Membership.prefix) -> list[Row]:
    """What lies with the user under these prefixes and between them."""
    rows = table.query_raw(Membership.key(caller.account, user.id, 0)[0], first, last + table.LAST_SORT_KEY)
    return [Row.from_raw_data(row) for row in rows]


def _require_no_shared_workspaces(caller: Caller, user: User, own: list[Row]) -> None:
    memberships = [one for one in own if isinstance(one, Membership)]
    owned = [one for one in memberships if one.role == OWNER and one.workspace != user.personal]
    if not owned:
        return
    spaces = table.get_many(Workspace.key(caller.account, one.workspace) for one in owned)
    names = [f"{space.name} ({space.id})" for space in spaces.values() if isinstance(space, Workspace)]
    raise errors.Conflict(f"the user owns shared workspaces, which have to be deleted first: {', '.join(names)}")


def _revoke_credentials(caller: Caller, held: list[Credential]) -> None:
    """Ends all credentials, each with its event."""
    for start in range(0, len(held), deletion.BATCH_SIZE):
        revoked = [credentials.plan_revocation(caller, one) for one in held[start : start + deletion.BATCH_SIZE]]
        unit_of_work.commit(Change(None, save=[item for change in revoked for item in change.save]))


def _withdraw_invitations(caller: Caller, own: list[Row]) -> None:
    """Takes open invitations to and from the user back, one by one; those of workspaces that are going go with them."""
    for one in own:
        if isinstance(one, Invitation) and one.state == PENDING:
            with suppress(errors.NotFound):
                unit_of_work.commit(invitation_responses.plan_withdrawal(caller.account, one))


def _end_delegations(caller: Caller, user: User, own: list[Row]) -> None:
    """Ends open delegations by and to the user, one by one; those in workspaces that are going go with them."""
    for one in own:
        if isinstance(one, Delegation):
            with suppress(errors.NotFound):
                unit_of_work.commit(delegations.plan_end(caller, one, user.id))


def _end_memberships(caller: Caller, user: User, own: list[Row]) -> None:
    """Ends all memberships, and following and being followed."""
    joined = [one for one in own if isinstance(one, Membership) and one.role == MEMBER]
    places = [[one, Member.at(caller.account, one.workspace, user.id)] for one in joined]
    deletion.delete_in_batches([*places, *(follows.both_rows(caller, one) for one in own if isinstance(one, Follow))])
