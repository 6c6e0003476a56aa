"""Remove a user from the account: end the user's credentials, memberships, invitations, delegations and follows.

Everything that the user created remains, and still shows the user's name.

Offboarding takes several commits. The first one marks the user as leaving, and from then on nobody finds the user any
more. The last one frees the e-mail address and the slug. If a request is cut off, repeating it finishes the rest.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import MEMBER, OWNER, Caller
from chalicelib.domain.accounts import audit, credentials, user_management
from chalicelib.domain.activities import delegations, deletion
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.people import follows, invitation_responses
from chalicelib.domain.people.invitations import PENDING
from chalicelib.storage import table
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition, Steps

LEAVING, LEFT = "leaving", "left"


def remove_user(caller: Caller, slug_or_id: str) -> Steps[None]:
    """Remove a user from the account.

    Raises errors.NotFound, errors.Forbidden for callers who are not admins, and errors.Conflict for the caller's own
    user and for owners of shared workspaces.
    """
    admin_context, user = user_management.find_user(caller, slug_or_id, deletion_state=LEAVING)
    access.require_admin(admin_context.user)
    if user.id == caller.user:
        raise errors.Conflict("You cannot remove yourself from the account. Another admin can do so.")
    caller_unchanged = access.require_caller_unchanged(caller, admin_context.user)
    if not user.deletion_state:
        yield _plan_mark_as_leaving(caller, user, caller_unchanged)
    live_credentials, rows = _read_belongings(caller, user)
    yield from _unmark_if_owner(caller, user, rows)
    yield from _revoke_credentials(caller, live_credentials)
    yield from _withdraw_invitations(caller, rows)
    yield from _end_delegations(caller, user, rows)
    yield from _end_memberships_and_follows(caller, user, rows)
    user.deletion_state = LEFT
    event = audit.build_event(caller, "delete", audit.USER, user.id, {"email": user.email, "slug": user.slug})
    freed = [EmailAddress.at(caller.account, user.email), Slug.at(caller.account, user.slug)]
    return Change(None, save=[user, event], delete=freed, preconditions=caller_unchanged, resumes=True)


def _plan_mark_as_leaving(caller: Caller, user: User, caller_unchanged: list[Precondition]) -> Change[None]:
    """Mark the user as leaving: from then on the user cannot join or create anything.

    Raises errors.Conflict if the user owns shared workspaces.
    """
    _require_no_shared_workspaces(caller, user, _read_rows(caller, user, Membership.prefix, Membership.prefix))
    user.deletion_state = LEAVING
    return Change(None, [user], preconditions=caller_unchanged)


def _unmark_if_owner(caller: Caller, user: User, rows: list[Row]) -> Iterator[Change[None]]:
    """Let the user stay if a shared workspace was created just before the user was marked as leaving.

    Raises errors.Conflict then.
    """
    try:
        _require_no_shared_workspaces(caller, user, rows)
    except errors.Conflict:
        user.deletion_state = None
        yield Change(None, [user], resumes=True)
        raise


def _require_no_shared_workspaces(caller: Caller, user: User, rows: list[Row]) -> None:
    """Raise errors.Conflict, which names the workspaces, if there are shared workspaces of the user among the rows."""
    memberships = [row for row in rows if isinstance(row, Membership)]
    owned = [one.workspace for one in memberships if one.role == OWNER and one.workspace != user.personal]
    if not owned:
        return
    workspaces = table.get_many(Workspace.key(caller.account, workspace_id) for workspace_id in owned).values()
    names = ", ".join(f"{row.name} ({row.id})" for row in workspaces if isinstance(row, Workspace))
    raise errors.Conflict(f"The user owns shared workspaces, which must be deleted first: {names}.")


def _read_belongings(caller: Caller, user: User) -> tuple[list[Credential], list[Row]]:
    """Return the user's live credentials, and the rows of invitations, follows, memberships and open delegations."""
    live_credentials, (rows, open_delegations) = run_both(
        lambda: _read_live_credentials(caller, user),
        lambda: run_both(
            lambda: _read_rows(caller, user, Invitation.prefix, Membership.prefix),
            lambda: _read_rows(caller, user, Delegation.open_prefix, Delegation.open_prefix),
        ),
    )
    return live_credentials, [*rows, *open_delegations]


def _read_live_credentials(caller: Caller, user: User) -> list[Credential]:
    """Return the user's credentials that have not been revoked."""
    return [one for one in credentials.list_credentials(caller.account) if one.user == user.id and not one.revoked_at]


def _read_rows(caller: Caller, user: User, first_prefix: str, last_prefix: str) -> list[Row]:
    """Return the rows in the user's partition from the first prefix to the last one, both included."""
    partition = Membership.key(caller.account, user.id, 0)[0]
    rows = table.query_raw(partition, first_prefix, last_prefix + table.LAST_SORT_KEY)
    return [Row.from_raw_data(row) for row in rows]


def _revoke_credentials(caller: Caller, live_credentials: list[Credential]) -> Iterator[Change[None]]:
    """Revoke these credentials, each with its event in the audit log."""
    for start in range(0, len(live_credentials), deletion.BATCH_SIZE):
        batch = live_credentials[start : start + deletion.BATCH_SIZE]
        changes = [credentials.plan_revocation(caller, credential) for credential in batch]
        yield Change(None, save=[row for change in changes for row in change.save], resumes=True)


def _withdraw_invitations(caller: Caller, rows: list[Row]) -> Iterator[Change[None]]:
    """Delete pending invitations to and from the user, one by one.

    An invitation to a workspace that is being deleted is left to that deletion.
    """
    for row in rows:
        if isinstance(row, Invitation) and row.state == PENDING:
            with suppress(errors.NotFound):
                yield replace(invitation_responses.plan_withdrawal(caller.account, row), resumes=True)


def _end_delegations(caller: Caller, user: User, rows: list[Row]) -> Iterator[Change[PlacedActivity]]:
    """End open delegations by and to the user, one by one.

    A delegation in a workspace that is being deleted is left to that deletion.
    """
    for row in rows:
        if isinstance(row, Delegation):
            with suppress(errors.NotFound):
                yield replace(delegations.plan_end(caller, row, user.id), resumes=True)


def _end_memberships_and_follows(caller: Caller, user: User, rows: list[Row]) -> Iterator[Change[None]]:
    """Delete the user's memberships, except the one of the personal workspace, and the user's follows."""
    groups: list[list[Row]] = []
    for row in rows:
        if isinstance(row, Membership) and row.role == MEMBER:
            groups.append([row, Member.at(caller.account, row.workspace, user.id)])
        if isinstance(row, Follow):
            groups.append(follows.both_rows(caller, user.id, row))
    return deletion.delete_in_batches(groups, resumes=True)
