"""Admins: who calls as one, and that an account always has one with a credential that may write."""

from collections.abc import Callable
from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, credentials, times, users
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.storage import table
from chalicelib.storage.changes import Requirement
from chalicelib.storage.item import Item, Key
from chalicelib.storage.models import Credential, User

LAST = "the account would be left without an admin whose credential may write; nothing was changed"


@dataclass(frozen=True)
class Desk:
    """The caller's own user and credential, and what was read with them."""

    card: User
    own: Any  # the credential that the request is signed with
    items: dict[Key, Item]


def enter(caller: Caller, *keys: Key) -> Desk:
    """The caller's user and credential with other items, in one request. Raises errors.Forbidden."""
    card, own = User.key(caller.account, caller.user), Credential.key(caller.account, caller.key)
    items = table.get_many([card, own, *keys])
    return Desk(access.known(items.get(card)), items.get(own), items)


def remaining(caller: Caller, desk: Desk, ends: Callable[[Credential], bool], at: str) -> list[Requirement]:
    """That an admin has a credential that may write at that time, among those that do not end now.

    It may be the caller's own, and costs nothing then. Raises errors.Conflict where there is none.
    """
    own: Credential | None = desk.own
    if own and desk.card.role == ADMIN and not ends(own) and _serves(own, at):
        return _required(own, at)
    held, people = table.together(
        lambda: [*credentials.listing(caller.account)],
        lambda: [*users.listing(caller.account)],
    )
    admins = {user.id for user in people if user.role == ADMIN}
    serving = [one for one in held if one.user in admins and _serves(one, times.now())]
    if not any(ends(one) for one in serving):
        return []
    staying = [one for one in serving if not ends(one) and _serves(one, at)]
    if not staying:
        raise errors.Conflict(LAST)
    return _required(staying[0], at)


def _serves(credential: Credential, at: str) -> bool:
    return credential.scope == "write" and credentials.is_live(credential, at)


def _required(credential: Credential, at: str) -> list[Requirement]:
    changed = errors.Stale("the other admin's credential has just been changed")
    key = Credential.key(credential.account, credential.id)
    admin = User.key(credential.account, credential.user)
    return [
        Requirement(Credential, key, Credential.is_live(at), changed),
        Requirement(User, admin, User.is_still(ADMIN), changed),
    ]
