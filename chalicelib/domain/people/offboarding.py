"""Remove a user from the account: end the user's credentials, memberships, invitations, delegations and follows.

Everything that the user created remains, and still shows the user's name.

Offboarding takes several commits. The first one marks the user as leaving, and from then on nobody finds the user any
more. The last one frees the e-mail address and the slug. If a request is cut off, repeating it finishes the rest.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

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
from chalicelib.storage.models.deletion_states import DELETED, PURGING
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows
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
        yield plan_mark_as_leaving(caller, user, caller_unchanged)
    yield from end_belongings(caller, user)
    user.deletion_state = LEFT
    event = audit.build_event(caller, "delete", audit.USER, user.id, {"email": user.email, "slug": user.slug})
    freed = [EmailAddress.at(caller.account, user.email), Slug.at(caller.account, user.slug)]
    return Change(None, save=[user, event], delete=freed, preconditions=caller_unchanged, resumes=True)


def end_belongings(caller: Caller, user: User) -> Iterator[Change[Any]]:
    """End everything of a user who is leaving: credentials, invitations, delegations, memberships and follows.

    Raises errors.Conflict if the user owns shared workspaces, and lets the user stay then.
    """
    live_credentials, rows = _read_belongings(caller, user)
    yield from _unmark_if_owner(caller, user, rows.all(Membership))
    yield from _revoke_credentials(caller, live_credentials)
    yield from _withdraw_invitations(caller, rows.all(Invitation))
    yield from _end_delegations(caller, user, rows.all(Delegation))
    yield from _end_memberships_and_follows(caller, user, rows)


def plan_mark_as_leaving(caller: Caller, user: User, caller_unchanged: list[Precondition]) -> Change[None]:
    """Mark the user as leaving: from then on the user cannot join or create anything.

    Raises errors.Conflict if the user owns shared workspaces.
    """
    memberships = table.query(Membership.of_user(caller.account, user.id))
    _require_no_shared_workspaces(caller, user, list(memberships))
    user.deletion_state = LEAVING
    return Change(None, [user], preconditions=caller_unchanged)


def _unmark_if_owner(caller: Caller, user: User, memberships: list[Membership]) -> Iterator[Change[None]]:
    """Let the user stay if a shared workspace was created just before the user was marked as leaving.

    Raises errors.Conflict then.
    """
    try:
        _require_no_shared_workspaces(caller, user, memberships)
    except errors.Conflict:
        user.deletion_state = None
        yield Change(None, [user], resumes=True)
        raise


def _require_no_shared_workspaces(caller: Caller, user: User, memberships: list[Membership]) -> None:
    """Raise errors.Conflict, which names the workspaces, if the user owns shared workspaces.

    Those that were deleted do not count. Without their owner nobody can restore them, and they are purged as usual.
    """
    owned = [one.workspace for one in memberships if one.role == OWNER and one.workspace != user.personal_workspace]
    if not owned:
        return
    rows = table.get_many(Workspace.ref(caller.account, workspace_id) for workspace_id in owned)
    names = [
        f"{workspace.name} ({workspace.id})"
        for workspace in rows.all(Workspace)
        if workspace.deletion_state not in (DELETED, PURGING)
    ]
    if names:
        raise errors.Conflict(f"The user owns shared workspaces, which must be deleted first: {', '.join(names)}.")


def _read_belongings(caller: Caller, user: User) -> tuple[list[Credential], Rows]:
    """Return the user's live credentials, and the invitations, follows, memberships and open delegations."""
    live_credentials, (rows, open_delegations) = run_both(
        lambda: _read_live_credentials(caller, user),
        lambda: run_both(
            lambda: table.query_rows(Invitation.with_follows_and_memberships(caller.account, user.id)),
            lambda: table.query_rows(Delegation.open_of(caller.account, user.id)),
        ),
    )
    return live_credentials, rows | open_delegations


def _read_live_credentials(caller: Caller, user: User) -> list[Credential]:
    """Return the user's credentials that have not been revoked."""
    return [one for one in credentials.list_credentials(caller.account) if one.user == user.id and not one.revoked_at]


def _revoke_credentials(caller: Caller, live_credentials: list[Credential]) -> Iterator[Change[None]]:
    """Revoke these credentials, each with its event in the audit log."""
    for start in range(0, len(live_credentials), deletion.BATCH_SIZE):
        batch = live_credentials[start : start + deletion.BATCH_SIZE]
        changes = [credentials.plan_revocation(caller, credential) for credential in batch]
        yield Change(None, save=[row for change in changes for row in change.save], resumes=True)


def _withdraw_invitations(caller: Caller, invitations: list[Invitation]) -> Iterator[Change[None]]:
    """Delete pending invitations to and from the user, one by one.

    An invitation to a workspace that has just been purged is left out.
    """
    for invitation in invitations:
        if invitation.state == PENDING:
            with suppress(errors.NotFound):
                yield replace(invitation_responses.plan_withdrawal(caller.account, invitation), resumes=True)


def _end_delegations(
    caller: Caller, user: User, open_delegations: list[Delegation]
) -> Iterator[Change[PlacedActivity]]:
    """End open delegations by and to the user, one by one.

    A delegation in a workspace that has just been purged is left out.
    """
    for delegation in open_delegations:
        with suppress(errors.NotFound):
            yield replace(delegations.plan_end(caller, delegation, user.id), resumes=True)


def _end_memberships_and_follows(caller: Caller, user: User, rows: Rows) -> Iterator[Change[None]]:
    """Delete the user's memberships, except the one of the personal workspace, and the user's follows."""
    groups: list[list[Row]] = []
    for membership in rows.all(Membership):
        if membership.role == MEMBER:
            groups.append([membership, Member.at(caller.account, membership.workspace, user.id)])
    groups += [follows.both_rows(caller, user.id, follow) for follow in rows.all(Follow)]
    return deletion.delete_in_batches(groups, resumes=True)
