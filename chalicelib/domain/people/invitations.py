"""The mails that invitations bring: what proves that one was received, and how each went."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.accounts import link_tokens, users
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import PERSONAL, People, WorkspaceContext
from chalicelib.mail.delivery import FAILED, SENT, UNSENT
from chalicelib.mail.messages import InvitationMail
from chalicelib.schemas.invitations import INVITATION_STATES
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition


@dataclass(frozen=True)
class InvitationDelivery:
    """An invitation as it is kept twice, and the token of the mail that is still to be sent, if it is."""

    copies: list[Invitation]
    people: People
    token: str | None = None
    save: Sequence[Row] = ()  # before the mail may go out
    preconditions: Sequence[Precondition] = ()


def _issue_link(account: int, invitation: Invitation) -> tuple[str, LinkToken]:
    """What proves that an invitation was received, and what is kept of it."""
    about = {"invitation": invitation.id, "workspace": invitation.workspace}
    return link_tokens.issue_link_token(account, invitation.user, invitation.inviter, **about)


def _resend(account: int, copies: list[Invitation], people: People) -> InvitationDelivery:
    """Of an invitation that is in place: to be sent, under a new token, unless that has been done."""
    if copies[0].delivery == SENT:
        return InvitationDelivery(copies, people)
    token, kept = _issue_link(account, copies[0])
    return InvitationDelivery(copies, people, token, [kept])


def _send_mails(letters: Sequence[InvitationDelivery], workspace: str, base: str, copy_to: str | None) -> Change[None]:
    """Sends the mails that are still to be sent, and notes how each went before the next; the last is left to note.

    Cut off in between, no more than one is sent twice when they are invited again.
    """
    noted: Change[None] = Change(None)
    for letter in letters:
        if letter.token:
            unit_of_work.commit(noted)
            sent = _message(letter, workspace, link_tokens.link_url(base, letter.token)).send(copy_to)
            for copy in letter.copies:
                copy.delivery = SENT if sent else FAILED
            noted = Change(None, save=letter.copies)
    return noted


def _message(letter: InvitationDelivery, workspace: str, link: str) -> InvitationMail:
    inviter = letter.people[letter.copies[0].inviter]
    return InvitationMail(letter.copies[0].email, inviter.name_or_email, workspace, link)


PENDING, ACCEPTED, DECLINED = INVITATION_STATES
INVITATIONS_PER_TRANSACTION = 5  # in one transaction of a hundred writes: whoever is new to the account takes 17


@dataclass(frozen=True)
class InvitationView:
    """An invitation, the workspace it leads to, and the people in both."""

    invitation: Invitation
    workspace: Workspace
    people: People


@dataclass(frozen=True)
class InviteRequest:
    """Whom to invite, and how to tell them."""

    slugs: list[str]
    emails: list[str]
    cc: bool
    base: str  # where the link in the mail begins


def invite(caller: Caller, workspace_id: int, wanted: InviteRequest) -> Change[list[InvitationView]]:
    """Invites users and addresses. Slugs are checked first: one unknown is errors.NotFound, and nothing is sent.

    Who is a member already is left alone. Who is invited already is not invited twice, but is sent the mail again if it
    could not be sent before. Mail never undoes an invitation: `delivery` says how it went.
    """
    found, ids = _enter(caller, workspace_id, wanted)
    known, members = _known_users(caller, found, wanted)
    invited = [_plan_invitation(caller, found, email, ids) for email in _unknown_addresses(caller, found, wanted)]
    invited += [_plan_invitation(caller, found, user, ids) for user in known if user.id not in members]
    invited += _repeat_invitations(caller, [(user, members[user.id]) for user in known if user.id in members])
    for start in range(0, len(invited), INVITATIONS_PER_TRANSACTION):
        _commit(caller, found, invited[start : start + INVITATIONS_PER_TRANSACTION])
    copy_to = found.people[caller.user].email if wanted.cc else None
    noted = _send_mails(invited, found.workspace.name, wanted.base, copy_to)
    return noted.with_answer([InvitationView(letter.copies[0], found.workspace, letter.people) for letter in invited])


def _enter(caller: Caller, workspace_id: int, wanted: InviteRequest) -> tuple[WorkspaceContext, Iterator[int]]:
    """The workspace with what is known of those wanted, and new ids; these are lost where the caller is refused."""
    named = [slug for slug in wanted.slugs if is_user_id(slug)]
    keys = [Slug.key(caller.account, slug) for slug in wanted.slugs if slug not in named]
    keys += [EmailAddress.key(caller.account, email) for email in wanted.emails]
    keys += [Member.key(caller.account, workspace_id, user) for user in named]
    most = len(wanted.slugs) + len(wanted.emails) * (1 + workspaces.PERSONAL_IDS)
    found, ids = run_both(
        lambda: workspaces.enter_workspace(caller, workspace_id, "invite", people=named, more=keys),
        lambda: new_ids(caller.account, most),
    )
    if found.workspace.type == PERSONAL:
        raise errors.Invalid([{"pointer": "#/", "detail": "a personal workspace cannot be shared"}])
    return found, iter(ids)


def _known_users(
    caller: Caller, found: WorkspaceContext, wanted: InviteRequest
) -> tuple[list[User], dict[str, Member]]:
    """The users among those wanted, and the places that they have in the workspace already."""
    ids = []
    for slug in wanted.slugs:
        named: Any = found.rows.get(Slug.key(caller.account, slug))
        if named is None and slug not in found.people:
            raise no_such_user(slug)
        ids.append(named.user if named else slug)
    addresses: list[Any] = [found.rows.get(EmailAddress.key(caller.account, email)) for email in wanted.emails]
    ids += [address.user for address in addresses if address]
    keys = [User.key(caller.account, user) for user in ids]
    places = [Member.key(caller.account, found.workspace.id, user) for user in ids]
    unread = [key for user, *both in zip(ids, keys, places, strict=True) if user not in wanted.slugs for key in both]
    items = found.rows | table.get_many(unread)
    users = [item for key in dict.fromkeys(keys) if isinstance(item := items.get(key), User)]
    if any(user.deletion_state for user in users):
        raise no_such_user(next(user.slug for user in users if user.deletion_state))
    return users, {item.user: item for key in places if isinstance(item := items.get(key), Member)}


def no_such_user(slug: str) -> errors.Problem:
    return errors.NotFound(f"there is no user {slug}; nobody has been invited")


def _unknown_addresses(caller: Caller, found: WorkspaceContext, wanted: InviteRequest) -> list[str]:
    keys = {EmailAddress.key(caller.account, email): email for email in reversed(wanted.emails)}
    return [email for key, email in keys.items() if key not in found.rows]


def _plan_invitation(
    caller: Caller, found: WorkspaceContext, who: User | str, ids: Iterator[int]
) -> InvitationDelivery:
    """A new invitation; an unknown address becomes an is_placeholder user of the account with it."""
    invitation = next(ids)
    made = (
        users.create_placeholder(caller, who, islice(ids, workspaces.PERSONAL_IDS))
        if isinstance(who, str)
        else Change(who)
    )
    user, workspace = made.answer, found.workspace
    member, membership = workspaces.build_membership(caller.account, workspace, user.id, INVITED)
    member.invitation, member.inviter = invitation, caller.user
    details = {
        "id": invitation,
        "workspace": workspace.id,
        "user": user.id,
        "email": user.email,
        "inviter": caller.user,
        "state": PENDING,
        "created_at": clock.now(),
        "delivery": UNSENT,
    }
    copies = [Invitation.at(caller.account, holder, invitation, **details) for holder in (user.id, caller.user)]
    token, proof = _issue_link(caller.account, copies[0])
    stays = access.require_user_active(caller.account, user.id, no_such_user(user.slug))
    saves = [*made.save, member, membership, *copies, proof]
    return InvitationDelivery(copies, found.people | {user.id: user}, token, saves, [stays])


def _repeat_invitations(caller: Caller, places: list[tuple[User, Member]]) -> list[InvitationDelivery]:
    """What those were sent who are invited already; what they were not is to be sent."""
    standing = [(user, member) for user, member in places if member.role == INVITED]
    sides = [
        [Invitation.key(caller.account, holder, member.invitation) for holder in (user.id, member.inviter)]
        for user, member in standing
    ]
    inviters = [User.key(caller.account, member.inviter) for _, member in standing]
    items = table.get_many([*chain(*sides), *inviters])
    people = workspaces.people_among(items.values())
    found = []
    for (user, member), keys in zip(standing, sides, strict=True):
        copies = [item for key in keys if isinstance(item := items.get(key), Invitation)]
        if not copies or member.inviter not in people:
            raise errors.Stale("the invitation has just been decided")
        found.append(_resend(caller.account, copies, people | {user.id: user}))
    return found


def _commit(caller: Caller, found: WorkspaceContext, some: Sequence[InvitationDelivery]) -> None:
    """Puts invitations in place, as long as the workspace, whoever invites and whoever is invited are still there."""
    saves = [item for letter in some for item in letter.save]
    stay = [
        workspaces.require_workspace_open(caller, found.workspace.id),
        access.require_user_active(caller.account, caller.user),
    ]
    if saves:
        unit_of_work.commit(
            Change(None, saves, preconditions=[*stay, *(one for letter in some for one in letter.preconditions)])
        )
