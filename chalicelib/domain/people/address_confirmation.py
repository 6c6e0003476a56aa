"""Confirm a new address of a user, who then also gets what was sent to this address before.

Somebody who was invited by this address, and has not joined yet, is a placeholder user. The placeholder's pending
invitations and delegations become those of the user, and the placeholder leaves the account. This takes several
commits. If a request is cut off, the link still works, and opening it again finishes the rest.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.accounts import address_changes, audit
from chalicelib.domain.accounts.address_changes import AddressLink
from chalicelib.domain.activities import copies, delegations, lifecycle
from chalicelib.domain.people import invitation_responses, offboarding
from chalicelib.domain.people.invitations import PENDING
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member
from chalicelib.storage.unit_of_work import Change, Precondition, Steps

ATTRIBUTES_OF_INVITATION = ("id", "workspace", "email", "inviter", "state", "created_at", "delivery")


def confirm_address(link: AddressLink) -> Steps[bool]:
    """Make the unconfirmed address that of the user. The answer is False if another user has it by now."""
    user = link.user
    address = table.get(EmailAddress.ref(user.account, link.email))
    holder = table.get(User.ref(user.account, address.user)) if address and address.user != user.id else None
    if holder is None:
        return address_changes.plan_confirmation(link, address).with_answer(True)
    if not holder.is_placeholder:
        return Change(False)
    try:
        yield from _end_placeholder(link, holder)
    except errors.Stale:
        raise
    except errors.Conflict:  # an admin has made it a user by giving it a credential, and it owns workspaces
        return Change(False)
    holder.deletion_state = offboarding.LEFT
    details = {"email": link.email, "slug": holder.slug}
    event = audit.build_event(link.caller, "delete", audit.USER, holder.id, details)
    change = address_changes.plan_confirmation(link, address).and_save(holder, event)
    return replace(change, delete=[*change.delete, Slug.at(user.account, holder.slug)]).with_answer(True)


def _end_placeholder(link: AddressLink, holder: User) -> Iterator[Change[Any]]:
    """Give the user what the placeholder was sent, and end everything else of the placeholder. Raises errors.Conflict.

    From the first commit on, nobody can send the placeholder anything more.
    """
    caller = link.caller
    steps = chain(
        _mark_as_leaving(link, holder), _move_everything(link, holder), offboarding.end_belongings(caller, holder)
    )
    for change in steps:
        yield replace(change, author=caller.as_author())


def _mark_as_leaving(link: AddressLink, holder: User) -> Iterator[Change[Any]]:
    if not holder.deletion_state:
        yield offboarding.plan_mark_as_leaving(link.caller, holder, _require_user_active(link))


def _move_everything(link: AddressLink, holder: User) -> Iterator[Change[Any]]:
    """Move the pending invitations and delegations, except those in deleted workspaces."""
    for invitation in list(table.query(Invitation.of_user(holder.account, holder.id))):
        if invitation.state == PENDING and invitation.user == holder.id:
            with suppress(errors.NotFound):
                yield _plan_moving_invitation(link, invitation)
    for delegation in table.query_rows(Delegation.open_of(holder.account, holder.id)).all(Delegation):
        if delegation.state == lifecycle.PENDING and delegation.delegator != link.user.id:  # others are ended
            with suppress(errors.NotFound):
                yield _plan_moving_delegation(link, delegation)


def _plan_moving_invitation(link: AddressLink, invitation: Invitation) -> Change[None]:
    """Make a pending invitation one of the user. If the user is in the workspace already, delete it."""
    account, user, workspace_id = link.user.account, link.user.id, invitation.workspace
    if table.get(Member.ref(account, workspace_id, user)):
        return invitation_responses.plan_withdrawal(account, invitation)
    context = invitation_responses.read_invitation(account, invitation)
    own_copy, *inviters_copy = context.copies
    attributes = {name: getattr(own_copy, name) for name in ATTRIBUTES_OF_INVITATION}
    moved = Invitation.at(account, user, invitation.id, user=user, moved_from=own_copy.user, **attributes)
    own_copy.moved_to = user
    for copy in inviters_copy:
        copy.user = user
    member, membership = workspaces.build_membership(account, context.view.workspace, user, INVITED)
    member.invitation, member.inviter = invitation.id, invitation.inviter
    workspace_open = workspaces.require_workspace_open(link.caller, workspace_id)
    save = [moved, *inviters_copy, member, membership]
    return Change(None, save, [own_copy, *context.place], [workspace_open, *_require_user_active(link)])


def _plan_moving_delegation(link: AddressLink, row: Delegation) -> Change[None]:
    """Make a pending delegation one to the user."""
    caller = link.caller
    visible = delegations.enter_open_delegation(Caller(caller.account, row.delegator, "", "write"), row, "take_back")
    activity = visible.activity
    copies_before = copies.all_copies(caller, activity)
    activity.delegation = activity.delegation | {"delegee": link.user.id}
    workspace_open = workspaces.require_workspace_open(caller, activity.workspace)
    change = copies.plan_rewrite(caller, activity, copies_before)
    return change.with_preconditions(workspace_open, *_require_user_active(link))


def _require_user_active(link: AddressLink) -> list[Precondition]:
    """Return the precondition that the user still belongs to the account. Otherwise the link is read again."""
    left = errors.Stale("The user has just left the account.")
    return [access.require_user_active(link.user.account, link.user.id, left)]
