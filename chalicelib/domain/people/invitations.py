"""Invite people to a workspace: create the invitations, and mail the invited. Mail never undoes an invitation."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.accounts import link_tokens, users
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import PERSONAL, People, WorkspaceContext
from chalicelib.mail.delivery import FAILED, SENT, UNSENT, claim_mail, may_send
from chalicelib.mail.messages import InvitationMail
from chalicelib.schemas.invitations import INVITATION_STATES, MOST_PEOPLE
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition, Steps

PENDING, ACCEPTED, DECLINED = INVITATION_STATES
INVITATIONS_PER_TRANSACTION = 5  # of a hundred writes: inviting somebody new to the account takes 17


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


class InvitationDelivery(NamedTuple):
    """Both rows of an invitation, the invited user's first, and what has to be done to mail it.

    `token` is for the link in the mail, or None if there is no mail to send. `save` and `preconditions` are of the
    commit that precedes the mail.
    """

    copies: list[Invitation]
    people: People
    token: str | None = None
    save: Sequence[Row] = ()
    preconditions: Sequence[Precondition] = ()


def invite(caller: Caller, workspace_id: int, request: InviteRequest) -> Steps[list[InvitationView]]:
    """Invite users and e-mail addresses to a workspace. The answer shows the `delivery` of their mails.

    Members are skipped. Invited people are not invited again, but they get the mail if it could not be sent before.
    Raises errors.NotFound for an unknown slug before anybody is invited, errors.Forbidden, and errors.Invalid for a
    personal workspace.
    """
    if len(request.slugs) + len(request.emails) > MOST_PEOPLE:
        raise errors.Invalid(
            [{"pointer": "#/email", "detail": f"must name at most {MOST_PEOPLE} people together with slug"}]
        )
    context, ids = _enter(caller, workspace_id, request)
    known, members = _find_known_users(caller, context, request)
    addresses = _new_addresses(caller, context, request)
    deliveries = [_plan_invitation(caller, context, email, ids, request) for email in addresses]
    deliveries += [_plan_invitation(caller, context, user, ids, request) for user in known if user.id not in members]
    places = [(user, members[user.id]) for user in known if user.id in members]
    deliveries += _repeat_invitations(caller, places, request)
    for start in range(0, len(deliveries), INVITATIONS_PER_TRANSACTION):
        yield _plan_saving(caller, workspace_id, deliveries[start : start + INVITATIONS_PER_TRANSACTION])
    last_change = yield from _send_mails(caller, deliveries, context, request)
    views = [InvitationView(delivery.copies[0], context.workspace, delivery.people) for delivery in deliveries]
    return last_change.with_answer(views)


def _enter(caller: Caller, workspace_id: int, request: InviteRequest) -> tuple[WorkspaceContext, Iterator[int]]:
    """Return the workspace with what is known of the people to invite, and enough new ids.

    If the caller is refused, the new ids stay unused.
    """
    user_ids = [slug for slug in request.slugs if is_user_id(slug)]
    refs: list[Ref[Row]] = [Slug.ref(caller.account, slug) for slug in request.slugs if slug not in user_ids]
    refs += [EmailAddress.ref(caller.account, email) for email in request.emails]
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
    caller: Caller, context: WorkspaceContext, invitee: User | str, ids: Iterator[int], request: InviteRequest
) -> InvitationDelivery:
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
    token, token_row = _claim_mail(caller.account, copies, request)
    invitee_active = access.require_user_active(caller.account, user.id, _user_not_found(user.slug))
    save = [*creation.save, member, membership, *copies, token_row]
    return InvitationDelivery(copies, context.people | {user.id: user}, token, save, [invitee_active])


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


def _claim_mail(account: int, copies: list[Invitation], request: InviteRequest) -> tuple[str, LinkToken]:
    """Claim the mail of an invitation for this request.

    Return a new token with which the invited user can accept by a link, and the row that stores its hash.
    """
    for copy in copies:
        copy.mail_claim = claim_mail(request.request_id)
    invitation = copies[0]
    about = {"invitation": invitation.id, "workspace": invitation.workspace}
    return link_tokens.issue_link_token(account, invitation.user, invitation.inviter, **about)


def _repeat_invitations(
    caller: Caller, people: list[tuple[User, Member]], request: InviteRequest
) -> list[InvitationDelivery]:
    """Return the pending invitations among these people's places in the workspace, with new links for unsent mails.

    Raises errors.Stale if one has just been accepted or declined.
    """
    invited = [(user, member) for user, member in people if member.role == INVITED]
    refs = [copy_refs(caller.account, user.id, member.inviter, member.invitation) for user, member in invited]
    inviter_refs = [User.ref(caller.account, member.inviter) for _, member in invited]
    rows = table.get_many([*chain(*refs), *inviter_refs])
    inviters = workspaces.users_by_id(rows)
    deliveries = []
    for (user, member), both_refs in zip(invited, refs, strict=True):
        copies = [rows[ref] for ref in both_refs if ref in rows]
        if not copies or member.inviter not in inviters:
            raise errors.Stale("The invitation has just been decided.")
        deliveries.append(_plan_repetition(caller.account, copies, inviters | {user.id: user}, request))
    return deliveries


def _plan_repetition(
    account: int, copies: list[Invitation], people: People, request: InviteRequest
) -> InvitationDelivery:
    """Prepare the mail of an existing invitation, with a new link, unless it has been sent or is just being sent."""
    if not may_send(copies[0].delivery, copies[0].mail_claim, request.request_id):
        return InvitationDelivery(copies, people)
    token, token_row = _claim_mail(account, copies, request)
    return InvitationDelivery(copies, people, token, [*copies, token_row])


def _plan_saving(caller: Caller, workspace_id: int, deliveries: Sequence[InvitationDelivery]) -> Change[None]:
    """Save these invitations if the workspace is still open and all people still belong to the account."""
    save = [row for delivery in deliveries for row in delivery.save]
    preconditions = [
        workspaces.require_workspace_open(caller, workspace_id),
        access.require_user_active(caller.account, caller.user),
    ]
    for delivery in deliveries:
        preconditions += delivery.preconditions
    return Change(None, save, preconditions=preconditions)


def _send_mails(
    caller: Caller, deliveries: Sequence[InvitationDelivery], context: WorkspaceContext, request: InviteRequest
) -> Steps[None]:
    """Send the mails that are claimed, and record each outcome before the next mail goes out.

    Return the change that records the last one. If the request is cut off, at most one mail is sent twice when it is
    repeated.
    """
    copy_to = context.people[caller.user].email if request.cc else None
    outcome: Change[None] = Change(None)
    for delivery in deliveries:
        if delivery.token:
            yield outcome
            link_path = link_tokens.link_path(delivery.token)
            is_sent: bool = yield _build_mail(delivery, context.workspace.name, link_path, copy_to)
            outcome = _plan_outcome(delivery.copies, is_sent=is_sent)
    return outcome


def _plan_outcome(copies: list[Invitation], *, is_sent: bool) -> Change[None]:
    """Record whether the mail of an invitation was sent. If the invitation has just been decided, read it again."""
    for copy in copies:
        copy.delivery, copy.mail_claim = SENT if is_sent else FAILED, None

    def replan() -> Change[None]:
        rows = table.get_many(copy.reference for copy in copies)
        return _plan_outcome(rows.all(Invitation), is_sent=is_sent)

    return Change(None, save=copies, replan=replan)


def _build_mail(delivery: InvitationDelivery, workspace: str, link_path: str, copy_to: str | None) -> InvitationMail:
    invitation, inviter = delivery.copies[0], delivery.people[delivery.copies[0].inviter]
    return InvitationMail(invitation.email, inviter.name_or_email, workspace, link_path, copy_to)
