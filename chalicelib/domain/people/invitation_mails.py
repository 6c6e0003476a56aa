"""Mail the invited people, each at most once in ten minutes for a workspace, whoever invites.

A mail is claimed in the commit that saves the invitation, and its outcome is recorded in the next one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import link_tokens, recent_mails
from chalicelib.domain.workspaces.workspaces import People, WorkspaceContext
from chalicelib.mail.delivery import FAILED, SENT, UNSENT, claim_mail, may_send
from chalicelib.mail.messages import InvitationMail
from chalicelib.schemas.invitations import MAIL_OUTCOMES
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.recent_mails import RecentMail
from chalicelib.storage.unit_of_work import Change, Steps

SENT_RECENTLY, IN_PROGRESS = MAIL_OUTCOMES[2:]


class MailClaim(NamedTuple):
    """The mail of an invitation.

    `token` is for the link in it. Without a token there is no mail to send, and `outcome` says why. `rows` are to be
    saved in the commit that precedes the mail. `note` is one of them.
    """

    token: str | None
    outcome: str
    rows: Sequence[Row] = ()
    note: RecentMail | None = None


class MailRequest(NamedTuple):
    """Both rows of an invitation, the invited user's first, the people in it, and the claim of its mail."""

    copies: list[Invitation]
    people: People
    claim: MailClaim


def last_mail_refs(account: int, workspace: int, addresses: Iterable[str]) -> list[Ref[RecentMail]]:
    """Return references to the notes of the last mails to these addresses about a workspace."""
    return [RecentMail.ref(account, _mail_kind(workspace), address) for address in addresses]


def _mail_kind(workspace: int) -> str:
    return f"INVITATION-{workspace}"  # somebody who is invited to several workspaces gets the link to each of them


def claim_invitation_mail(
    account: int, copies: list[Invitation], last_mail: RecentMail | None, request_id: str
) -> MailClaim:
    """Claim the mail of an invitation for this request, unless there was one lately or another request is sending it.

    `last_mail` is None if there is no note of one or if the note was not read. In the latter case saving the new note
    raises errors.Stale if there was a mail lately.
    """
    invitation = copies[0]
    if recent_mails.is_too_soon(last_mail, invitation.id, invitation.delivery):
        return MailClaim(None, SENT_RECENTLY)
    if not may_send(UNSENT, invitation.mail_claim, request_id):
        return MailClaim(None, IN_PROGRESS)
    for copy in copies:
        copy.delivery, copy.mail_claim = UNSENT, claim_mail(request_id)
    about = {"invitation": invitation.id, "workspace": invitation.workspace}
    token, token_row = link_tokens.issue_link_token(account, invitation.user, invitation.inviter, **about)
    note = recent_mails.build_note(account, _mail_kind(invitation.workspace), invitation.email, invitation.id)
    return MailClaim(token, UNSENT, [token_row, note], note)


def send_mails(
    caller: Caller, requests: Sequence[MailRequest], context: WorkspaceContext, *, cc: bool
) -> Steps[list[str]]:
    """Send the mails that are claimed, and record each outcome before the next mail goes out.

    Return the change that records the last one; its answer is what happened to each mail. If the request is cut off, at
    most one mail is sent twice when it is repeated.
    """
    copy_to = context.people[caller.user].email if cc else None
    change: Change[None] = Change(None)
    outcomes = []
    for request in requests:
        outcome = request.claim.outcome
        if request.claim.token:
            yield change
            link_path = link_tokens.link_path(request.claim.token)
            is_sent: bool = yield _build_mail(request, context.workspace.name, link_path, copy_to)
            outcome = SENT if is_sent else FAILED
            change = _plan_outcome(caller.account, request.copies, request.claim.note, outcome)
        outcomes.append(outcome)
    return change.with_answer(outcomes)


def _plan_outcome(account: int, copies: list[Invitation], note: RecentMail | None, outcome: str) -> Change[None]:
    """Record whether the mail of an invitation was sent. If the invitation has just changed, read it again.

    The note of a mail that could not be sent is deleted.
    """
    for copy in copies:
        copy.delivery, copy.mail_claim = outcome, None

    def replan() -> Change[None]:
        stored, stored_note = _read_again(account, copies, note)
        return _plan_outcome(account, stored, stored_note, outcome)

    return Change(None, save=copies, delete=[note] if note and outcome == FAILED else [], replan=replan)


def _read_again(
    account: int, copies: list[Invitation], note: RecentMail | None
) -> tuple[list[Invitation], RecentMail | None]:
    """Return both rows of an invitation as they are stored now, as far as they exist, and the note of its mail.

    The invitation may have passed to another user, who has confirmed its address. The inviter's row names that user.
    """
    rows = table.get_many([*(copy.reference for copy in copies), *([note.reference] if note else [])])
    stored = rows.all(Invitation)
    moved = [copy for copy in stored if not copy.is_canonical and copy.user != copies[0].user]
    rows |= table.get_many(Invitation.ref(account, copy.user, copy.id) for copy in moved)
    return rows.all(Invitation), rows.get(note.reference) if note else None


def _build_mail(request: MailRequest, workspace: str, link_path: str, copy_to: str | None) -> InvitationMail:
    invitation = request.copies[0]
    inviter = request.people[invitation.inviter]
    return InvitationMail(invitation.email, inviter.name_or_email, workspace, link_path, copy_to)
