"""Invitations into workspaces: of users by slug, of anybody by e-mail address."""

import secrets
from datetime import timedelta
from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, credentials, times, users, workspaces
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.workspaces import PERSONAL, Found, People
from chalicelib.mail import InvitationMail
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.models import Address, Slug, User
from chalicelib.storage.spaces import Invitation, Member, Token, Workspace

PENDING, ACCEPTED, DECLINED = "pending", "accepted", "declined"
SENT, FAILED, UNSENT = "sent", "failed", "unsent"
VALID = timedelta(days=14)


@dataclass(frozen=True)
class Shown:
    """An invitation, the workspace it leads to, and the people in both."""

    invitation: Invitation
    workspace: Workspace
    people: People


@dataclass(frozen=True)
class Wanted:
    """Whom to invite, and how to tell them."""

    slugs: list[str]
    emails: list[str]
    cc: bool
    base: str  # where the link in the mail begins


@dataclass(frozen=True)
class Letter:
    """An invitation as it is kept twice, and the token of the mail that is still to be sent, if it is."""

    copies: list[Invitation]
    people: People
    token: str | None = None


def invite(caller: Caller, workspace_id: int, wanted: Wanted) -> Change[list[Shown]]:
    """Invites users and addresses. Slugs are checked first: one unknown is errors.NotFound, and nothing is sent.

    Who is a member already is left alone. Who is invited already is not invited twice, but is sent the mail again if it
    could not be sent before. Mail never undoes an invitation: `delivery` says how it went.
    """
    found = _entered(caller, workspace_id, wanted)
    known, members = _known(caller, found, wanted)
    letters = [_invited(caller, found, email) for email in _unknown(caller, found, wanted)]
    for user in known:
        member = members.get(user.id)
        if member is None:
            letters.append(_invited(caller, found, user))
        elif member.role == INVITED:
            letters.append(_repeated(caller, user, member))
    for letter in letters:
        _tell(caller, found, letter, wanted)
    return Change([Shown(letter.copies[0], found.workspace, letter.people) for letter in letters])


def _entered(caller: Caller, workspace_id: int, wanted: Wanted) -> Found:
    slugs = [slug for slug in wanted.slugs if not users.is_id(slug)]
    keys = [Slug.key(caller.account, slug) for slug in slugs]
    keys += [Address.key(caller.account, email) for email in wanted.emails]
    ids = [slug for slug in wanted.slugs if users.is_id(slug)]
    found = workspaces.enter(caller, workspace_id, "invite", people=ids, more=keys)
    if found.workspace.type == PERSONAL:
        raise errors.Invalid([{"pointer": "#/", "detail": "a personal workspace cannot be shared"}])
    return found


def _known(caller: Caller, found: Found, wanted: Wanted) -> tuple[list[User], dict[str, Member]]:
    """The users among those wanted, and the places that they have in the workspace already."""
    ids = []
    for slug in wanted.slugs:
        named: Any = found.items.get(Slug.key(caller.account, slug))
        if named is None and slug not in found.people:
            raise _gone(slug)
        ids.append(named.user if named else slug)
    addresses: list[Any] = [found.items.get(Address.key(caller.account, email)) for email in wanted.emails]
    ids += [address.user for address in addresses if address]
    keys = [User.key(caller.account, user) for user in ids]
    places = [Member.key(caller.account, found.workspace.id, user) for user in ids]
    items = table.get_many([*keys, *places]).values()
    users = [item for item in items if isinstance(item, User)]
    if any(user.ending for user in users):
        raise _gone(next(user.slug for user in users if user.ending))
    return users, {item.user: item for item in items if isinstance(item, Member)}


def _gone(slug: str) -> errors.Problem:
    return errors.NotFound(f"there is no user {slug}; nobody has been invited")


def _unknown(caller: Caller, found: Found, wanted: Wanted) -> list[str]:
    keys = {Address.key(caller.account, email): email for email in reversed(wanted.emails)}
    return [email for key, email in keys.items() if key not in found.items]


def _invited(caller: Caller, found: Found, who: User | str) -> Letter:
    """Puts a new invitation in place; an unknown address becomes an awaited user of the account with it."""
    made = users.awaited(caller, who) if isinstance(who, str) else Change(who)
    user, workspace = made.answer, found.workspace
    invitation = table.count_up(caller.account, "ids")
    member, membership = workspaces.joined(caller.account, workspace, user.id, INVITED)
    member.invitation, member.inviter = invitation, caller.user
    details = {
        "id": invitation,
        "workspace": workspace.id,
        "user": user.id,
        "email": user.email,
        "inviter": caller.user,
        "state": PENDING,
        "created_at": times.now(),
        "delivery": UNSENT,
    }
    copies = [Invitation.at(caller.account, holder, invitation, **details) for holder in (user.id, caller.user)]
    token, proof = _proof(caller, copies[0])
    changes.commit(Change(None, [*made.saves, member, membership, *copies, proof], requires=_stay(caller, found, user)))
    return Letter(copies, found.people | {user.id: user}, token)


def _stay(caller: Caller, found: Found, user: User) -> list[Requirement]:
    """The workspace, whoever invites and whoever is invited must still be there when it is committed."""
    people = [access.here(caller.account, caller.user), access.here(caller.account, user.id, _gone(user.slug))]
    return [workspaces.stays(caller, found.workspace.id), *people]


def _repeated(caller: Caller, user: User, member: Member) -> Letter:
    holders = [user.id, member.inviter]
    keys = [Invitation.key(caller.account, holder, member.invitation) for holder in holders]
    items = table.get_many([*keys, User.key(caller.account, member.inviter)]).values()
    copies = [item for item in items if isinstance(item, Invitation)]
    people = workspaces.people_in(items) | {user.id: user}
    if not copies or member.inviter not in people:
        raise errors.Stale("the invitation has just been decided")
    if copies[0].delivery == SENT:
        return Letter(copies, people)
    token, proof = _proof(caller, copies[0])
    changes.commit(Change(None, saves=[proof]))
    return Letter(copies, people, token)


def _tell(caller: Caller, found: Found, letter: Letter, wanted: Wanted) -> None:
    """Sends the mail that is still to be sent, and notes how that went."""
    if letter.token is None:
        return
    inviter, workspace = letter.people[letter.copies[0].inviter], found.workspace
    link = f"{wanted.base}/invitations/{letter.token}"
    mail = InvitationMail(letter.copies[0].email, inviter.name_or_email, workspace.name, link)
    sent = mail.send(copy_to=found.people[caller.user].email if wanted.cc else None)
    for copy in letter.copies:
        copy.delivery = SENT if sent else FAILED
    changes.commit(Change(None, saves=letter.copies))


def _proof(caller: Caller, invitation: Invitation) -> tuple[str, Token]:
    """A new token: its account, by which it is found, and 256 random bits; and what is kept of it."""
    token = f"{caller.account}-{secrets.token_urlsafe(32)}"
    about = {name: getattr(invitation, name) for name in ("workspace", "user", "inviter")}
    return token, Token.at(caller.account, credentials.hashed(token), invitation=invitation.id, ttl=VALID, **about)
