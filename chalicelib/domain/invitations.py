"""Invitations into workspaces: of users by slug, of anybody by e-mail address."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, deliveries, times, users, workspaces
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.deliveries import UNSENT, Letter
from chalicelib.domain.workspaces import PERSONAL, Found, People
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Address, Slug, User
from chalicelib.storage.spaces import Invitation, Member, Workspace

PENDING, ACCEPTED, DECLINED = "pending", "accepted", "declined"
AT_ONCE = 5  # in one transaction of a hundred writes: whoever is new to the account takes 17


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


def invite(caller: Caller, workspace_id: int, wanted: Wanted) -> Change[list[Shown]]:
    """Invites users and addresses. Slugs are checked first: one unknown is errors.NotFound, and nothing is sent.

    Who is a member already is left alone. Who is invited already is not invited twice, but is sent the mail again if it
    could not be sent before. Mail never undoes an invitation: `delivery` says how it went.
    """
    found, ids = _entered(caller, workspace_id, wanted)
    known, members = _known(caller, found, wanted)
    invited = [_invited(caller, found, email, ids) for email in _unknown(caller, found, wanted)]
    invited += [_invited(caller, found, user, ids) for user in known if user.id not in members]
    invited += _repeated(caller, [(user, members[user.id]) for user in known if user.id in members])
    for start in range(0, len(invited), AT_ONCE):
        _put(caller, found, invited[start : start + AT_ONCE])
    copy_to = found.people[caller.user].email if wanted.cc else None
    noted = deliveries.tell(invited, found.workspace.name, wanted.base, copy_to)
    return noted.answering([Shown(letter.copies[0], found.workspace, letter.people) for letter in invited])


def _entered(caller: Caller, workspace_id: int, wanted: Wanted) -> tuple[Found, Iterator[int]]:
    """The workspace with what is known of those wanted, and new ids; these are lost where the caller is refused."""
    named = [slug for slug in wanted.slugs if users.is_id(slug)]
    keys = [Slug.key(caller.account, slug) for slug in wanted.slugs if slug not in named]
    keys += [Address.key(caller.account, email) for email in wanted.emails]
    keys += [Member.key(caller.account, workspace_id, user) for user in named]
    most = len(wanted.slugs) + len(wanted.emails) * (1 + workspaces.PERSONAL_IDS)
    found, ids = table.together(
        lambda: workspaces.enter(caller, workspace_id, "invite", people=named, more=keys),
        lambda: table.new_ids(caller.account, most),
    )
    if found.workspace.type == PERSONAL:
        raise errors.Invalid([{"pointer": "#/", "detail": "a personal workspace cannot be shared"}])
    return found, iter(ids)


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
    unread = [key for user, *both in zip(ids, keys, places, strict=True) if user not in wanted.slugs for key in both]
    items = found.items | table.get_many(unread)
    users = [item for key in dict.fromkeys(keys) if isinstance(item := items.get(key), User)]
    if any(user.ending for user in users):
        raise _gone(next(user.slug for user in users if user.ending))
    return users, {item.user: item for key in places if isinstance(item := items.get(key), Member)}


def _gone(slug: str) -> errors.Problem:
    return errors.NotFound(f"there is no user {slug}; nobody has been invited")


def _unknown(caller: Caller, found: Found, wanted: Wanted) -> list[str]:
    keys = {Address.key(caller.account, email): email for email in reversed(wanted.emails)}
    return [email for key, email in keys.items() if key not in found.items]


def _invited(caller: Caller, found: Found, who: User | str, ids: Iterator[int]) -> Letter:
    """A new invitation; an unknown address becomes an awaited user of the account with it."""
    invitation = next(ids)
    made = users.awaited(caller, who, islice(ids, workspaces.PERSONAL_IDS)) if isinstance(who, str) else Change(who)
    user, workspace = made.answer, found.workspace
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
    token, proof = deliveries.proof(caller.account, copies[0])
    stays = access.here(caller.account, user.id, _gone(user.slug))
    saves = [*made.saves, member, membership, *copies, proof]
    return Letter(copies, found.people | {user.id: user}, token, saves, [stays])


def _repeated(caller: Caller, places: list[tuple[User, Member]]) -> list[Letter]:
    """What those were sent who are invited already; what they were not is to be sent."""
    standing = [(user, member) for user, member in places if member.role == INVITED]
    sides = [
        [Invitation.key(caller.account, holder, member.invitation) for holder in (user.id, member.inviter)]
        for user, member in standing
    ]
    inviters = [User.key(caller.account, member.inviter) for _, member in standing]
    items = table.get_many([*chain(*sides), *inviters])
    people = workspaces.people_in(items.values())
    found = []
    for (user, member), keys in zip(standing, sides, strict=True):
        copies = [item for key in keys if isinstance(item := items.get(key), Invitation)]
        if not copies or member.inviter not in people:
            raise errors.Stale("the invitation has just been decided")
        found.append(deliveries.again(caller.account, copies, people | {user.id: user}))
    return found


def _put(caller: Caller, found: Found, some: Sequence[Letter]) -> None:
    """Puts invitations in place, as long as the workspace, whoever invites and whoever is invited are still there."""
    saves = [item for letter in some for item in letter.saves]
    stay = [workspaces.stays(caller, found.workspace.id), access.here(caller.account, caller.user)]
    if saves:
        changes.commit(Change(None, saves, requires=[*stay, *(one for letter in some for one in letter.requires)]))
