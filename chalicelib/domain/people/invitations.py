"""Invite people to a workspace: create the invitations, and mail the invited. Mail never undoes an invitation."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.accounts import users
from chalicelib.domain.people.invitation_mails import (
    MailClaim,
    MailRequest,
    claim_invitation_mail,
    last_mail_refs,
    send_mails,
)
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import PERSONAL, People, WorkspaceContext
from chalicelib.mail.delivery import UNSENT
from chalicelib.schemas.invitations import INVITATION_STATES, MOST_PEOPLE
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change, Precondition, Steps

PENDING, ACCEPTED, DECLINED = INVITATION_STATES
HAS_LEFT = "The user {} has just left. Invite the others again to send their mails."
INVITATIONS_PER_TRANSACTION = 5  # of a hundred writes: inviting somebody new to the account takes 18


class InvitationView(NamedTuple):
    """An invitation, its workspace, and the people in both."""

    invitation: Invitation
    workspace: Workspace
    people: People


class InviteRequest(NamedTuple):
    """The people to invite, by slug or user id and by e-mail address. `cc` asks for copies of the mails to the caller.

    `request_id` claims the mails for this request.
    """

    slugs: list[str]
    emails: list[str]
    cc: bool
    request_id: str


class SentInvitation(NamedTuple):
    """An invitation, and what inviting did about its mail: one of MAIL_OUTCOMES."""

    view: InvitationView
    mail: str


class InvitationPlan(NamedTuple):
    """An invitation, its mail, and what the commit before the mail saves and requires."""

    mail: MailRequest
    save: Sequence[Row]
    preconditions: Sequence[Precondition] = ()


def invite(caller: Caller, workspace_id: int, request: InviteRequest) -> Steps[list[SentInvitation]]:
    """Invite users and e-mail addresses to a workspace, and mail them. The answer says what happened to each mail.

    Members are skipped. Invited people are not invited again, but they get another mail, unless they got one in the
    last ten minutes. Raises errors.NotFound for an unknown slug before anybody is invited, errors.Forbidden, and
    errors.Invalid for a personal workspace.

    If somebody leaves or the workspace is deleted at the same time, this also raises errors.NotFound. Some people may
    have been invited then, without a mail.
    """
    if len(request.slugs) + len(request.emails) > MOST_PEOPLE:
        raise errors.Invalid(
            [{"pointer": "#/email", "detail": f"must name at most {MOST_PEOPLE} people together with slug"}]
        )
    try:
        return (yield from _invite(caller, workspace_id, request, reads_last_mails=False))
    except errors.Stale:  # one of them got a mail lately, or another request was faster
        return (yield from _invite(caller, workspace_id, request, reads_last_mails=True))


def _invite(
    caller: Caller, workspace_id: int, request: InviteRequest, *, reads_last_mails: bool
) -> Steps[list[SentInvitation]]:
    """Invite people. Most have had no mail lately, so their last mails are not read unless it costs no request.

    Raises errors.Stale if somebody did. Then call it again with `reads_last_mails`.
    """
    context, ids = _enter(caller, workspace_id, request)
    known, members = _find_known_users(caller, context, request)
    last_mails = context.rows
    if reads_last_mails:
        last_mails |= table.get_many(last_mail_refs(caller.account, workspace_id, [user.email for user in known]))
    new_people: list[User | str] = [*_new_addresses(caller, context, request)]
    new_people += [user for user in known if user.id not in members]
    plans = [_plan_invitation(caller, context, person, ids, last_mails, request) for person in new_people]
    places = [(user, members[user.id]) for user in known if user.id in members]
    plans += _repeat_invitations(caller, workspace_id, places, request)
    for start in range(0, len(plans), INVITATIONS_PER_TRANSACTION):
        yield _plan_saving(caller, workspace_id, plans[start : start + INVITATIONS_PER_TRANSACTION])
    change = yield from send_mails(caller, [plan.mail for plan in plans], context, cc=request.cc)
    views = [InvitationView(plan.mail.copies[0], context.workspace, plan.mail.people) for plan in plans]
    return change.with_answer([*map(SentInvitation, views, change.answer)])


def _enter(caller: Caller, workspace_id: int, request: InviteRequest) -> tuple[WorkspaceContext, Iterator[int]]:
    """Return the workspace with what is known of the people to invite, and enough new ids.

    If the caller is refused, the new ids stay unused.
    """
    user_ids = [slug for slug in request.slugs if is_user_id(slug)]
    refs: list[Ref[Row]] = [Slug.ref(caller.account, slug) for slug in request.slugs if slug not in user_ids]
    refs += [EmailAddress.ref(caller.account, email) for email in request.emails]
    refs += last_mail_refs(caller.account, workspace_id, request.emails)
    refs += [Member.ref(caller.account, workspace_id, user_id) for user_id in user_ids]
    most_ids = len(request.slugs) + len(request.emails) * (1 + workspaces.PERSONAL_IDS)
    context, ids = run_both(
        lambda: workspaces.enter_workspace(caller, workspace_id, "invite", people=user_ids, refs=refs),
        lambda: new_ids(caller.account, most_ids),
    )
    if context.workspace.type == PERSONAL:
        raise errors.Invalid([{"pointer": errors.WHOLE_BODY, "detail": "A personal workspace cannot be shared."}])
    return context, iter(ids)


def _find_known_users(
    caller: Caller, context: WorkspaceContext, request: InviteRequest
) -> tuple[list[User], dict[str, Member]]:
    """Return the users of the account among those to invite, and the places that they have in the workspace by user id.

    Raises errors.NotFound for an unknown slug, and for a user who has left the account.
    """
    user_ids = [_find_user_id(caller, context, slug) for slug in request.slugs]
    addresses = [context.rows.get(EmailAddress.ref(caller.account, email)) for email in request.emails]
    user_ids += [address.user for address in addresses if address]
    unread = [user_id for user_id in user_ids if user_id not in request.slugs]  # the others came with the workspace
    refs: list[Ref[Row]] = [User.ref(caller.account, user_id) for user_id in unread]
    refs += [Member.ref(caller.account, context.workspace.id, user_id) for user_id in unread]
    rows = context.rows | table.get_many(refs)
    known = [rows.get(User.ref(caller.account, user_id)) for user_id in dict.fromkeys(user_ids)]
    people = [user for user in known if user]
    for user in people:
        if user.deletion_state:
            raise _user_not_found(user.slug)
    places = [rows.get(Member.ref(caller.account, context.workspace.id, user.id)) for user in people]
    return people, {member.user: member for member in places if member}


def _find_user_id(caller: Caller, context: WorkspaceContext, slug: str) -> str:
    """Return the id of the user with this slug or user id. Raises errors.NotFound."""
    row = context.rows.get(Slug.ref(caller.account, slug))
    if row:
        return row.user
    if slug in context.people:
        return slug
    raise _user_not_found(slug)


def _user_not_found(slug: str) -> errors.Problem:
    return errors.NotFound(f"There is no user {slug}. Nobody has been invited.")


def _new_addresses(caller: Caller, context: WorkspaceContext, request: InviteRequest) -> list[str]:
    """Return the e-mail addresses that belong to no user of the account, each once."""
    addresses = {EmailAddress.ref(caller.account, email): email for email in reversed(request.emails)}
    return [email for ref, email in addresses.items() if ref not in context.rows]


def _plan_invitation(
    caller: Caller,
    context: WorkspaceContext,
    invitee: User | str,
    ids: Iterator[int],
    last_mails: Rows,
    request: InviteRequest,
) -> InvitationPlan:
    """Prepare a new invitation. For an e-mail address a placeholder user is created with it."""
    invitation_id = next(ids)
    if isinstance(invitee, str):
        creation = users.create_placeholder(caller, invitee, islice(ids, workspaces.PERSONAL_IDS))
    else:
        creation = Change(invitee)
    user, workspace = creation.answer, context.workspace
    member, membership = workspaces.build_membership(caller.account, workspace, user.id, INVITED)
    member.invitation, member.inviter = invitation_id, caller.user
    copies = _build_copies(caller, invitation_id, workspace, user)
    claim = _claim_mail(caller.account, copies, last_mails, request)
    has_left = errors.NotFound(HAS_LEFT.format(user.slug))
    invitee_active = access.require_user_active(caller.account, user.id, has_left)
    save = [*creation.save, member, membership, *copies, *claim.rows]
    mail = MailRequest(copies, context.people | {user.id: user}, claim)
    return InvitationPlan(mail, save, [invitee_active])


def _build_copies(caller: Caller, invitation_id: int, workspace: Workspace, user: User) -> list[Invitation]:
    """Return both rows of a new invitation, the invited user's first."""
    attributes = {
        "id": invitation_id,
        "workspace": workspace.id,
        "user": user.id,
        "email": user.email,
        "inviter": caller.user,
        "state": PENDING,
        "created_at": clock.now(),
        "delivery": UNSENT,
    }
    return [Invitation.at(caller.account, holder, invitation_id, **attributes) for holder in (user.id, caller.user)]


def copy_refs(account: int, user: str, inviter: str, invitation_id: int) -> list[Ref[Invitation]]:
    """Return references to both rows of an invitation, the invited user's first."""
    return [Invitation.ref(account, holder, invitation_id) for holder in (user, inviter)]


def _claim_mail(account: int, copies: list[Invitation], last_mails: Rows, request: InviteRequest) -> MailClaim:
    """Claim the mail of an invitation. `last_mails` has the note of the last mail to its address, if it was read."""
    [last_mail_ref] = last_mail_refs(account, copies[0].workspace, [copies[0].email])
    return claim_invitation_mail(account, copies, last_mails.get(last_mail_ref), request.request_id)


def _repeat_invitations(
    caller: Caller, workspace_id: int, people: list[tuple[User, Member]], request: InviteRequest
) -> list[InvitationPlan]:
    """Return the pending invitations among these people's places in the workspace, with new links for their mails.

    Raises errors.Stale if one has just been accepted or declined.
    """
    invited = [(user, member) for user, member in people if member.role == INVITED]
    refs = [copy_refs(caller.account, user.id, member.inviter, member.invitation) for user, member in invited]
    inviter_refs = [User.ref(caller.account, member.inviter) for _, member in invited]
    mail_refs = last_mail_refs(caller.account, workspace_id, [user.email for user, _ in invited])
    rows = table.get_many([*chain(*refs), *inviter_refs, *mail_refs])
    inviters = workspaces.users_by_id(rows)
    plans = []
    for (user, member), both_refs in zip(invited, refs, strict=True):
        copies = [rows[ref] for ref in both_refs if ref in rows]
        if not copies or member.inviter not in inviters:
            raise errors.Stale("The invitation has just been decided.")
        for copy in copies:
            copy.email = user.email  # it may have changed since
        claim = _claim_mail(caller.account, copies, rows, request)
        mail = MailRequest(copies, inviters | {user.id: user}, claim)
        plans.append(InvitationPlan(mail, [*copies, *claim.rows] if claim.token else []))
    return plans


def _plan_saving(caller: Caller, workspace_id: int, plans: Sequence[InvitationPlan]) -> Change[None]:
    """Save these invitations if the workspace is still open and all people still belong to the account."""
    save = [row for plan in plans for row in plan.save]
    preconditions = [
        workspaces.require_workspace_open(caller, workspace_id),
        access.require_user_active(caller.account, caller.user),
    ]
    for plan in plans:
        preconditions += plan.preconditions
    return Change(None, save, preconditions=preconditions)
