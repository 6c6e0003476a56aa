"""Admins: who calls as one, and that an account always has one with a credential that may write."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.accounts import credentials, users
from chalicelib.storage import table
from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Precondition

LAST_ADMIN = "the account would be left without an admin whose credential may write; nothing was changed"


@dataclass(frozen=True)
class AdminContext:
    """The caller's own user and credential, and what was read with them."""

    user: User
    credential: Any  # the credential that the request is signed with
    rows: dict[Key, Row]


def load_admin_context(caller: Caller, *keys: Key) -> AdminContext:
    """The caller's user and credential with other items, in one request. Raises errors.Forbidden."""
    card, own = User.key(caller.account, caller.user), Credential.key(caller.account, caller.key)
    items = table.get_many([card, own, *keys])
    return AdminContext(access.require_active(items.get(card)), items.get(own), items)


def require_other_admin(
    caller: Caller, desk: AdminContext, ends: Callable[[Credential], bool], at: str
) -> list[Precondition]:
    """That an admin has a credential that may write at that time, among those that do not end now.

    It may be the caller's own, and costs nothing then. Raises errors.Conflict where there is none.
    """
    own: Credential | None = desk.credential
    if own and desk.user.role == ADMIN and not ends(own) and _can_administer(own, at):
        return _require_unchanged(own, at)
    held, people = run_both(
        lambda: [*credentials.list_credentials(caller.account)],
        lambda: [*users.list_users(caller.account)],
    )
    admins = {user.id for user in people if user.role == ADMIN}
    serving = [one for one in held if one.user in admins and _can_administer(one, clock.now())]
    if not any(ends(one) for one in serving):
        return []
    staying = [one for one in serving if not ends(one) and _can_administer(one, at)]
    if not staying:
        raise errors.Conflict(LAST_ADMIN)
    return _require_unchanged(staying[0], at)


def _can_administer(credential: Credential, at: str) -> bool:
    return credential.scope == "write" and credentials.is_live(credential, at)


def _require_unchanged(credential: Credential, at: str) -> list[Precondition]:
    changed = errors.Stale("the other admin's credential has just been changed")
    key = Credential.key(credential.account, credential.id)
    admin = User.key(credential.account, credential.user)
    return [
        Precondition(Credential, key, Credential.is_live(at), changed),
        Precondition(User, admin, User.is_still(ADMIN), changed),
    ]
